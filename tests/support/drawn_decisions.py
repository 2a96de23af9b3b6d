"""Policies and accesses drawn at random: what properties of decisions are tried on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from gate.core.access import Access
from gate.core.decision import Level
from gate.core.headers import Headers
from gate.core.policy import (
    Denied,
    PathCase,
    Policy,
    Public,
    Required,
    Requirement,
    Rule,
    Site,
    Then,
)
from gate.core.subject import Account, AccountState, Method, Proof, Session
from tests.support.decisions import (
    NOW,
    Written,
    access,
    account,
    address,
    allowlist,
    entry,
    group,
    headers,
    policy,
    rule,
    session,
    site,
    trial,
)

MINUTE: Final = timedelta(minutes=1)
CLIENTS: Final = tuple(address(each) for each in ("203.0.113.9", "198.51.100.7", "2001:db8:10::1"))
LISTS: Final = st.sampled_from(
    [
        None,
        allowlist("203.0.113.0/24"),
        allowlist("198.51.100.0/24", "2001:db8:10::/48"),
        allowlist("0.0.0.0/0", "::/0"),
        allowlist(),
    ]
)
TRIALS: Final = st.none() | st.builds(
    lambda networks, until: trial(*networks, until=until),
    st.sampled_from([("203.0.113.0/24",), ("198.51.100.0/24", "2001:db8:10::/48")]),
    st.sampled_from([NOW - MINUTE, NOW, NOW + MINUTE]),
)
PATHS: Final = ("/", "/a", "/A", "/a/b", "/a/b/", "/c", "/c/d.css")
LEVELS: Final = st.sampled_from([Level.SIGNED_IN, Level.SECOND_FACTOR, Level.SECURITY_KEY])
SPANS: Final = st.sampled_from([None, MINUTE, 15 * MINUTE])
WINDOWS: Final = st.sampled_from(
    ["Tue 10:00-12:30 UTC", "22:00-06:00 UTC", "Mon-Fri 08:00-18:00 Europe/Paris"]
)

_LEAVES: Final = st.fixed_dictionaries(
    {},
    optional={
        "path": st.lists(
            st.sampled_from(["/a", "/a/**", "/*", "/**/b", "/c/*.css", "/"]), min_size=1, max_size=2
        ),
        "method": st.sampled_from(["GET", "POST", "OPTIONS"]),
        "query": st.just({"q": "1*"}),
        "header": st.just({"X-Kind": "*k*"}),
        "account": st.sampled_from(["alice", "bob"]),
        "group": st.sampled_from(["staff", "admins"]),
        "network": st.sampled_from(["office", "198.51.100.0/24"]),
        "time": WINDOWS,
    },
).filter(bool)
WHENS: Final[st.SearchStrategy[Written]] = st.one_of(
    st.just("any"),
    _LEAVES,
    st.tuples(_LEAVES, _LEAVES).map(lambda both: both[0] | {"not": both[1]}),
)
REQUIREMENTS: Final = st.builds(Requirement, level=LEVELS, within=SPANS)
THENS: Final[st.SearchStrategy[Then]] = st.one_of(
    st.builds(Public, identity_optional=st.booleans()),
    st.builds(Denied),
    st.builds(Required, requirement=REQUIREMENTS),
)


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    drawn = draw(st.lists(st.tuples(WHENS, THENS, st.integers(0, 5)), max_size=7))
    return tuple(
        rule(f"rule {place}", when, then, report=luck == 0)
        for place, (when, then, luck) in enumerate(drawn)
    )


@st.composite
def sites(draw: st.DrawFn) -> Site:
    options = draw(
        st.fixed_dictionaries(
            {"refuse_cross_site": st.booleans()},
            optional={
                "observe_until": st.sampled_from([NOW - MINUTE, NOW + MINUTE]),
                "case": st.sampled_from(PathCase),
            },
        )
    )
    return site(*draw(rules()), **options)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    names = draw(st.lists(st.sampled_from(["*", "alice", "bob"]), unique=True))
    entries = [entry(name, draw(st.none() | LEVELS), draw(LISTS)) for name in names]
    enrol_by = draw(st.sampled_from([None, NOW - MINUTE, NOW + MINUTE]))
    groups = [group("staff", "alice", "bob", enrol_by=enrol_by), group("admins", "alice")]
    return policy(draw(sites()), entries=entries, groups=groups)


ACCOUNTS: Final[st.SearchStrategy[Account]] = st.builds(
    account,
    st.sampled_from(["alice", "bob", "carol"]),
    state=st.sampled_from([*[AccountState.ENABLED] * 5, *AccountState]),
    networks=LISTS,
    trial=TRIALS,
    has_totp=st.booleans(),
    has_security_key=st.booleans(),
    key_counts=st.booleans(),
    key_counts_from=st.sampled_from([None, NOW - MINUTE, NOW, NOW + MINUTE]),
    always_second_factor=st.booleans(),
)
AGES: Final = st.sampled_from([-2, 0, 1, 3, 20, 200]).map(lambda minutes: minutes * MINUTE)
PROOFS: Final[st.SearchStrategy[Proof]] = st.builds(
    lambda method, age, verified, counts: Proof(
        method=method, at=NOW - age, user_verified=verified, counts_as_key=counts
    ),
    st.sampled_from(Method),
    AGES,
    st.booleans(),
    st.booleans(),
)
SESSIONS: Final[st.SearchStrategy[Session]] = st.builds(
    lambda of, proofs, idle: session(of, *proofs, last_seen=NOW - idle),
    ACCOUNTS,
    st.lists(PROOFS, max_size=4),
    st.sampled_from([0, 1, 59, 60]).map(lambda minutes: minutes * MINUTE),
)
SENT: Final[st.SearchStrategy[Headers]] = st.fixed_dictionaries(
    {"Host": st.just("wiki.example.com")},
    optional={
        "Sec-Fetch-Site": st.sampled_from(["same-origin", "cross-site"]),
        "Origin": st.sampled_from(["https://wiki.example.com", "https://evil.example"]),
        "Access-Control-Request-Method": st.just("PUT"),
    },
).map(headers)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Give what of an access the client chooses, with one reading of the path or several."""
    readings = draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3, unique=True))
    return {
        "path": readings[0],
        "readings": tuple(readings),
        "method": draw(st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"])),
        "headers": draw(SENT),
        "query": {"q": draw(st.sampled_from([None, "1", "12", "2"]))},
        "read": {"x-kind": draw(st.sampled_from([None, "k", "other"]))},
    }


@st.composite
def accesses(draw: st.DrawFn, of: Policy) -> Access:
    (home,) = of.sites.values()
    return access(
        home,
        who=draw(st.none() | SESSIONS),
        client=draw(st.sampled_from(CLIENTS)),
        now=NOW + draw(st.sampled_from([0, 1, 45])) * MINUTE,
        **draw(requests()),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Policy, Access]:
    """Give a policy and an access to its site."""
    found = draw(policies())
    return found, draw(accesses(found))

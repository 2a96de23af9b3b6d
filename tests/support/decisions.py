"""Short ways to write policies, sessions and accesses in tests of decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from gate.core.access import Access, Seen
from gate.core.address import Address, Unusable, canonical
from gate.core.allowlist import Allowlist
from gate.core.conditions import Condition, Names, parse_when
from gate.core.conditions.path import fold
from gate.core.decision import Level, RuleRef
from gate.core.headers import Headers
from gate.core.located import Entries, Items, Location, Node, Null, Problems, Text
from gate.core.network import NetworkProblem, parse_network
from gate.core.policy import (
    EVERYBODY,
    AccountEntry,
    Group,
    Policy,
    Public,
    Required,
    Requirement,
    Rule,
    Site,
    SiteOptions,
    Then,
    Upstream,
)
from gate.core.subject import (
    Account,
    AccountId,
    Method,
    Proof,
    Session,
    SessionHash,
    SessionId,
    SessionLimits,
    Trial,
)
from gate.core.target import Target

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
HERE: Final = Location(file="wiki.yaml", line=1, column=1)
UPSTREAM: Final = Upstream(scheme="http", host="127.0.0.1", port=8000)
HOME: Final = "203.0.113.9"

# A node of a policy as Python writes it.
type Written = str | list[Any] | dict[str, Any] | None


def node(written: Written, at: Location = HERE) -> Node:
    """Give the node of a text, list, mapping or None; each text stands on a line of its own."""
    return _node(written, at.file, count(at.line))


def _node(written: Written, file: str, lines: count[int]) -> Node:
    at = Location(file=file, line=next(lines), column=1)
    match written:
        case None:
            return Null(at=at)
        case str():
            return Text(value=written, at=at)
        case list():
            return Items(values=tuple(_node(each, file, lines) for each in written), at=at)
        case dict():
            pairs = tuple(
                (Text(value=key, at=at), _node(value, file, lines))
                for key, value in written.items()
            )
            return Entries(pairs=pairs, at=at)


def conditions(written: Written, names: Names | None = None) -> tuple[Condition, ...]:
    """Give the conditions of a `when`; a problem in it is a mistake of the test."""
    found = parse_when(node(written), names or Names())
    assert not isinstance(found, Problems), str(found)
    return found


def complaints(written: Written, names: Names | None = None) -> list[str]:
    """Give the messages about a `when`."""
    found = parse_when(node(written), names or Names())
    assert isinstance(found, Problems), found
    return [each.message for each in found.items]


def address(text: str) -> Address:
    found = canonical(text)
    assert not isinstance(found, Unusable)
    return found


def allowlist(*networks: str) -> Allowlist:
    found = [parse_network(each) for each in networks]
    return Allowlist.of(each for each in found if not isinstance(each, NetworkProblem))


# --- policies ------------------------------------------------------------------------------


def group(name: str, *members: str, enrol_by: datetime | None = None) -> Group:
    return Group(name=name, at=HERE, members=frozenset(members), enrol_by=enrol_by)


STAFF: Final = group("staff", "alice", "bob")
ADMINS: Final = group("admins", "alice")
OFFICE: Final = allowlist("203.0.113.0/24", "2001:db8:10::/48")
NAMES: Final = Names(networks={"office": OFFICE}, groups={"staff": STAFF, "admins": ADMINS})


def ref(name: str, line: int = 1) -> RuleRef:
    return RuleRef(name=name, at=Location(file="wiki.yaml", line=line, column=1))


def rule(
    name: str, when: Written, then: Then, *, names: Names = NAMES, report: bool = False
) -> Rule:
    """Give a rule; its paths compare as they do in a policy (G12)."""
    exact = names.exact_paths or isinstance(then, Public)
    found = conditions(when, replace(names, exact_paths=exact))
    return Rule(ref=ref(name), when=found, then=then, report=report)


def required(level: Level = Level.SIGNED_IN, within: timedelta | None = None) -> Required:
    return Required(requirement=Requirement(level=level, within=within))


def site(*rules: Rule, **options: Any) -> Site:
    return Site(
        name="wiki",
        at=HERE,
        hosts=("wiki.example.com",),
        upstream=UPSTREAM,
        rules=rules,
        options=SiteOptions(**options),
    )


def policy(
    *sites: Site,
    entries: Iterable[AccountEntry] = (),
    groups: Iterable[Group] = (STAFF, ADMINS),
    **more: Any,
) -> Policy:
    return Policy(
        sites={each.name: each for each in sites},
        accounts={each.name: each for each in entries},
        groups={each.name: each for each in groups},
        **more,
    )


def entry(
    name: str = EVERYBODY, level: Level | None = None, networks: Allowlist | None = None
) -> AccountEntry:
    require = None if level is None else Requirement(level=level)
    return AccountEntry(name=name, at=HERE, networks=networks, require=require)


# --- people and what they ask for ----------------------------------------------------------


def account(name: str = "alice", **more: Any) -> Account:
    return Account(id=AccountId(f"id-{name}"), name=name, **more)


def trial(*networks: str, until: datetime) -> Trial:
    """Give a list that is tried."""
    return Trial(
        id="trial", networks=allowlist(*networks), until=until, session=SessionId("session-alice")
    )


def proof(method: Method, age: timedelta = timedelta(0), **more: Any) -> Proof:
    return Proof(method=method, at=NOW - age, **more)


def session(of: Account, *proofs: Proof | Method, **more: Any) -> Session:
    """Give a session of an account; a bare method was proved a minute ago."""
    minute = timedelta(minutes=1)
    values: dict[str, Any] = {
        "hash": SessionHash(f"hash-{of.name}"),
        "id": SessionId(f"session-{of.name}"),
        "host": "wiki.example.com",
        "created_at": NOW - minute,
        "last_seen": NOW - minute,
        "limits": SessionLimits(),
        "address": address(HOME),
    }
    given = tuple(each if isinstance(each, Proof) else proof(each, minute) for each in proofs)
    return Session(account=of, proofs=given, **values | more)


def access(of: Site, path: str = "/", *, who: Session | None = None, **more: Any) -> Access:
    """Give a GET from home; `readings` other than the path itself can be given."""
    readings: tuple[str, ...] = more.pop("readings", (path,))
    target = Target(raw=path.encode(), path=path, readings=readings)
    values: dict[str, Any] = {"method": "GET", "client": address(HOME), "now": NOW}
    return Access(site=of, target=target, session=who, **values | more)


def headers(written: Mapping[str, str]) -> Headers:
    return tuple((name.encode(), value.encode()) for name, value in written.items())


def seen(path: str = "/", *, name: str | None = None, wide: bool = False, **more: Any) -> Seen:
    """Give what conditions see of a GET, of nobody unless `name` says whose."""
    return Seen(access(site(), path, **more), path, fold(path), name, wide)

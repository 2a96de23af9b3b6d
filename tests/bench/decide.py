"""Measures `decide` over a large policy: 1,000 rules, 10,000 accounts, 100,000 CIDR lines.

Run as `python tests/bench/decide.py`; prints one line a case, in microseconds.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from time import perf_counter_ns

from gate.core.access import Access
from gate.core.conditions import Condition
from gate.core.conditions.group import Groups
from gate.core.conditions.method import Methods
from gate.core.conditions.network import Networks
from gate.core.conditions.path import Path, Pattern
from gate.core.decide import access_class, decide
from gate.core.decision import Level, RuleRef
from gate.core.located import Location
from gate.core.network import Allowlist
from gate.core.policy import (
    EVERYBODY,
    AccountEntry,
    Denied,
    Group,
    Policy,
    Public,
    Required,
    Requirement,
    Rule,
    Site,
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
)
from gate.core.target import Target

RULES, ACCOUNTS, CIDRS, ROUNDS = 1_000, 10_000, 100_000, 20_000
AREAS = RULES // 4
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HERE = Location(file="large.yaml", line=1, column=1)
SECOND = Requirement(level=Level.SECOND_FACTOR)
NAMES = tuple(f"person{number}" for number in range(ACCOUNTS))


def cidrs(count: int, start: int) -> Allowlist:
    """Give separate networks, every second /28."""
    return Allowlist.of(IPv4Network((start + 32 * number, 28)) for number in range(count))


def rule(name: str, when: tuple[Condition, ...], then: Then) -> Rule:
    return Rule(ref=RuleRef(name=name, at=HERE), when=when, then=then)


def rules_of(area: int, team: Group, office: Networks) -> Iterator[Rule]:
    """Give four rules of one area: static files, administration, the rest of it, its team."""

    def path(pattern: str) -> Path:
        return Path(patterns=(Pattern(text=f"/area{area}{pattern}", at=HERE),))

    members = Groups(groups=(team,))
    fresh = Requirement(level=Level.SECOND_FACTOR, within=timedelta(minutes=15))
    get = Methods(methods=frozenset({"GET", "HEAD"}))
    yield rule(f"static {area}", (path("/static/**"), get), Public())
    yield rule(f"admin {area}", (path("/admin/**"), members, office), Required(requirement=fresh))
    yield rule(f"no admin {area}", (path("/admin/**"),), Denied())
    yield rule(f"team {area}", (path("/**"), members), Required(requirement=SECOND))


def large_policy() -> Policy:
    """Give a policy with one site, each account with an entry and a list of its own."""
    each, lines = ACCOUNTS // AREAS, CIDRS // (2 * ACCOUNTS)
    office = cidrs(CIDRS // 2, 10 << 24)
    groups = {
        f"team{area}": Group(
            name=f"team{area}", at=HERE, members=frozenset(NAMES[area * each : (area + 1) * each])
        )
        for area in range(AREAS)
    }
    network = Networks(written=("office",), lists=(office,))
    rules = [
        found for area in range(AREAS) for found in rules_of(area, groups[f"team{area}"], network)
    ]
    entries = {
        name: AccountEntry(name=name, at=HERE, networks=cidrs(lines, (10 << 24))) for name in NAMES
    }
    entries[EVERYBODY] = AccountEntry(name=EVERYBODY, at=HERE, require=SECOND)
    upstream = Upstream(scheme="http", host="127.0.0.1", port=8000)
    site = Site(name="app", at=HERE, hosts=("app",), upstream=upstream, rules=tuple(rules))
    return Policy(sites={"app": site}, accounts=entries, groups=groups)


def session_of(name: str, address: IPv4Address) -> Session:
    proofs = tuple(Proof(method=each, at=NOW) for each in (Method.PASSWORD, Method.TOTP))
    account = Account(id=AccountId(name), name=name, has_totp=True, networks=cidrs(5, 10 << 24))
    return Session(
        hash=SessionHash("0"),
        id=SessionId("0"),
        account=account,
        host="app",
        proofs=proofs,
        created_at=NOW,
        last_seen=NOW,
        limits=SessionLimits(),
        address=address,
    )


def measured(call: Callable[[], object]) -> tuple[float, float]:
    """Give median and 99th percentile of one call in microseconds."""
    for _ in range(1_000):
        call()
    taken = []
    for _ in range(ROUNDS):
        begin = perf_counter_ns()
        call()
        taken.append(perf_counter_ns() - begin)
    return statistics.median(taken) / 1000, statistics.quantiles(taken, n=100)[98] / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one case took, in microseconds."""

    name: str
    said: str
    median: float
    p99: float
    class_median: float  # of finding the class alone, which a remembered permit costs


def cases() -> dict[str, tuple[str, Session | None]]:
    """Give what is asked, and who asks."""
    session = session_of(NAMES[5_000], IPv4Address("10.0.0.1"))
    area = 5_000 // (ACCOUNTS // AREAS)
    return {
        "public": (f"/area{area}/static/site.css", None),
        "stranger": (f"/area{area}/page", None),
        "team": (f"/area{area}/page", session),
        "admin, fresh": (f"/area{area}/admin/users", session),
        "no rule": ("/elsewhere", session),
    }


def access_of(site: Site, path: str, who: Session | None) -> Access:
    """Give a request for a path."""
    return Access(
        site=site,
        method="GET",
        target=Target(raw=path.encode(), path=path, readings=(path,)),
        client=IPv4Address("10.0.0.1"),
        now=NOW,
        session=who,
    )


def decisions() -> Iterator[Taken]:
    """Measure each case over the large policy."""
    policy = large_policy()
    gc.collect()
    gc.freeze()
    for name, (path, who) in cases().items():
        access = access_of(policy.sites["app"], path, who)
        median, p99 = measured(partial(decide, policy, access))
        yield Taken(
            name=name,
            said=decide(policy, access).outcome,
            median=median,
            p99=p99,
            class_median=measured(partial(access_class, policy, access))[0],
        )


def main() -> None:
    """Print one line a case."""
    for taken in decisions():
        print(
            f"{taken.name:14} {taken.said:8} median {taken.median:6.2f} us   "
            f"p99 {taken.p99:7.2f} us   class {taken.class_median:6.2f} us"
        )


if __name__ == "__main__":
    main()

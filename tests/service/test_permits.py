"""The permits cache: complete keys, both clocks, counted repeats."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from gate.core.decide import access_class, decide
from gate.core.decision import Permit, Reason
from gate.core.ports import AuditRecord
from gate.core.subject import Method, SessionHash
from gate.service.permits import MOST, PermitKey, Permits
from tests.support.decisions import NOW, access, account, address, headers, session
from tests.support.enforcing import POLICY
from tests.support.policies import policy_of

START = timedelta(hours=5)
RECORD = AuditRecord(at=NOW, kind="decision")
KEY = PermitKey(
    policy=1,
    settings=0,
    site="wiki",
    session=SessionHash("h"),
    client=address("203.0.113.9"),
    access_class=(False,),
)
WIKI = policy_of(POLICY)


def permit(until: timedelta | None = timedelta(minutes=1)) -> Permit:
    return Permit(reason=Reason.PERMITTED, until=None if until is None else NOW + until)


def kept(until: timedelta | None = timedelta(minutes=1)) -> Permits:
    permits = Permits()
    permits.keep(KEY, permit(until), RECORD, (NOW, START))
    return permits


@pytest.mark.parametrize(
    ("wall", "monotonic", "found"),
    [(0, 0, True), (59, 59, True), (60, 0, False), (0, 60, False), (-3600, 60, False)],
)
def test_g1_either_clock_ends_a_permit(wall: int, monotonic: int, *, found: bool) -> None:
    now, passed = NOW + timedelta(seconds=wall), START + timedelta(seconds=monotonic)
    assert (kept().find(KEY, now, passed) is not None) is found


def test_g1_a_permit_without_an_end_holds_until_it_is_dropped() -> None:
    permits = kept(None)
    far = timedelta(days=999)
    assert permits.find(KEY, NOW + far, START + far) == permit(None)
    permits.drop()
    assert permits.find(KEY, NOW, START) is None
    assert len(permits) == 0


@pytest.mark.parametrize(
    "other",
    [
        KEY._replace(policy=2),
        KEY._replace(settings=1),
        KEY._replace(site="shop"),
        KEY._replace(session=None),
        KEY._replace(session=SessionHash("other")),
        KEY._replace(client=address("203.0.113.8")),
        KEY._replace(client=address("::1")),
        KEY._replace(access_class=(True,)),
        KEY._replace(access_class=()),
    ],
    ids=str,
)
def test_g1_every_part_of_the_key_counts(other: PermitKey) -> None:
    assert kept().find(other, NOW, START) is None


PATHS = st.sampled_from(["/", "/notes", "/guests/a", "/closed/a", "/fresh/a", "/feed/a"])
METHODS = st.sampled_from([(), (Method.PASSWORD,), (Method.PASSWORD, Method.TOTP)])
REQUESTS = st.tuples(
    PATHS, st.sampled_from(["GET", "POST"]), st.booleans(), st.sampled_from(["same", "cross"])
)


@given(first=REQUESTS, second=REQUESTS, proved=METHODS)
def test_g1_equal_keys_give_equal_decisions(
    first: tuple[str, str, bool, str],
    second: tuple[str, str, bool, str],
    proved: tuple[Method, ...],
) -> None:
    who = session(account("alice", has_totp=True), *proved) if proved else None
    found = []
    for path, method, robot, where in (first, second):
        asked = access(
            WIKI.sites["wiki"],
            path,
            who=who,
            method=method,
            headers=headers({"Host": "wiki.example.com", "Sec-Fetch-Site": f"{where}-site"}),
            read={"x-robot": "yes" if robot else None},
        )
        found.append((access_class(WIKI, asked), decide(WIKI, asked)))
    assert found[0][0] != found[1][0] or found[0][1] == found[1][1]


def test_repeats_are_counted_once_each() -> None:
    permits = kept()
    assert permits.take_repeats() == []
    for _ in range(3):
        permits.find(KEY, NOW, START)
    assert permits.take_repeats() == [(RECORD, 3)]
    assert permits.take_repeats() == []


def test_what_was_counted_is_not_lost_when_a_permit_is_decided_again() -> None:
    permits = kept()
    permits.find(KEY, NOW, START)
    permits.keep(KEY, permit(), RECORD, (NOW, START))
    assert permits.take_repeats() == [(RECORD, 1)]
    permits.keep(KEY, permit(), RECORD, (NOW, START))
    assert permits.take_repeats() == []


def test_a_full_cache_is_emptied_and_loses_no_count() -> None:
    permits = kept()
    permits.find(KEY, NOW, START)
    for number in range(MOST):
        permits.keep(KEY._replace(policy=number + 2), permit(), RECORD, (NOW, START))
    assert len(permits) == 1
    assert permits.take_repeats() == [(RECORD, 1)]

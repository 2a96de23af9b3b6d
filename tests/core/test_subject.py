"""Accounts and sessions as decisions see them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gate.core.levels import worth_of
from gate.core.subject import ADMIN_LIMITS, Method, SessionLimits
from tests.support.decisions import NOW, account, session

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("totp", "key", "expected"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_a_code_app_or_a_key_is_a_second_factor(totp: bool, key: bool, expected: bool) -> None:
    assert account(has_totp=totp, has_security_key=key).has_second_factor is expected


@pytest.mark.parametrize(
    ("created", "seen", "expected"),
    [
        pytest.param(2 * HOUR, HOUR / 2, HOUR / 2, id="idle"),
        pytest.param(23.5 * HOUR, 0 * HOUR, HOUR / 2, id="absolute"),
    ],
)
def test_a_session_ends_by_whichever_limit_comes_first(
    created: timedelta, seen: timedelta, expected: timedelta
) -> None:
    found = session(account(), Method.PASSWORD, created_at=NOW - created, last_seen=NOW - seen)
    assert found.ends_at == NOW + expected
    assert found.worth == worth_of(found.proofs)


@pytest.mark.parametrize(
    ("idle", "absolute", "expected"),
    [
        pytest.param(HOUR, 24 * HOUR, (HOUR / 4, 12 * HOUR), id="longer than an admin's"),
        pytest.param(HOUR / 12, 24 * HOUR, (HOUR / 12, 12 * HOUR), id="shorter idle"),
        pytest.param(HOUR, 8 * HOUR, (HOUR / 4, 8 * HOUR), id="shorter absolute"),
    ],
)
def test_limits_tighten_each_other_and_never_widen(
    idle: timedelta, absolute: timedelta, expected: tuple[timedelta, timedelta]
) -> None:
    limits = SessionLimits(idle=idle, absolute=absolute)
    both = (limits.tightened(ADMIN_LIMITS), ADMIN_LIMITS.tightened(limits))
    assert [(one.idle, one.absolute) for one in both] == [expected, expected]


@pytest.mark.parametrize(
    ("counts_from", "counts"),
    [(None, False), (NOW + HOUR, False), (NOW, True), (NOW - HOUR, True)],
    ids=["never", "later", "now", "since"],
)
def test_g6_a_key_that_has_waited_counts(counts_from: datetime | None, counts: bool) -> None:
    waiting = account(has_security_key=True, key_counts=False, key_counts_from=counts_from)
    found = session(waiting, Method.PASSWORD).as_of(NOW)
    assert found.account.key_counts is counts
    assert found.account.key_counts_from == (None if counts else counts_from)

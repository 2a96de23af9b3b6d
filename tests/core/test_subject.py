"""Accounts and sessions as decisions see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.subject import Method
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

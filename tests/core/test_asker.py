"""Who asks, and what keeps an account out whatever it proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from gate.core.asker import Asker, asker, barred
from gate.core.decision import Reason
from gate.core.policy import Demand
from gate.core.subject import AccountState, Method
from tests.support.decisions import HOME, NOW, access, account, allowlist, policy, session, site

PASSWORD, TOTP = Method.PASSWORD, Method.TOTP
MINUTE: Final = timedelta(minutes=1)
SITE = site()
POLICY = policy(SITE)
NONE, TOTP_ONLY = account(), account(has_totp=True)


def test_a_stranger_is_nobody() -> None:
    asked = access(SITE)
    assert asker(POLICY, asked) == Asker(POLICY, asked, None, None, Demand(), ended=False)
    assert asker(POLICY, asked).name is None


@pytest.mark.parametrize(
    ("more", "ended"),
    [
        pytest.param({"last_seen": NOW - 60 * MINUTE}, True, id="idle"),
        pytest.param({"last_seen": NOW - 59 * MINUTE}, False, id="not yet idle"),
        pytest.param({"created_at": NOW - timedelta(hours=24)}, True, id="absolute"),
        pytest.param({"created_at": NOW - timedelta(hours=23)}, False, id="not yet at its end"),
    ],
)
def test_a_session_that_time_has_ended_is_nobodys(more: dict[str, Any], ended: bool) -> None:
    who = asker(POLICY, access(SITE, who=session(NONE, PASSWORD, **more)))
    assert who.ended is ended
    assert who.name == (None if ended else "alice")


def test_g8_a_partial_session_has_no_name_yet() -> None:
    who = asker(POLICY, access(SITE, who=session(TOTP_ONLY, PASSWORD)))
    assert (who.name, who.session) == (None, who.access.session)


@pytest.mark.parametrize(
    ("counts_from", "counts"),
    [
        pytest.param(NOW + MINUTE, False, id="waits"),
        pytest.param(NOW, True, id="from now on"),
        pytest.param(NOW - MINUTE, True, id="since a minute ago"),
        pytest.param(None, False, id="never"),
    ],
)
def test_g6_a_waiting_key_counts_from_its_moment_on(
    counts_from: datetime | None, counts: bool
) -> None:
    waiting = account(has_security_key=True, key_counts=False, key_counts_from=counts_from)
    who = asker(POLICY, access(SITE, who=session(waiting, PASSWORD)))
    assert who.session is not None
    expected = replace(waiting, key_counts=True, key_counts_from=None) if counts else waiting
    assert who.session == session(expected, PASSWORD)


@pytest.mark.parametrize(
    ("state", "networks", "expected"),
    [
        (AccountState.ENABLED, None, None),
        (AccountState.ENABLED, (HOME,), None),
        (AccountState.ENABLED, ("192.0.2.1",), Reason.IP_NOT_ALLOWED),
        (AccountState.ENABLED, (), Reason.IP_NOT_ALLOWED),
        (AccountState.DISABLED, (), Reason.ACCOUNT_DISABLED),
        (AccountState.LOCKED, (HOME,), Reason.ACCOUNT_LOCKED),
    ],
)
def test_an_account_is_barred_by_its_state_or_by_where_it_is(
    state: AccountState, networks: tuple[str, ...] | None, expected: Reason | None
) -> None:
    own = None if networks is None else allowlist(*networks)
    who = session(account(state=state, networks=own), PASSWORD)
    assert barred(asker(POLICY, access(SITE, who=who)), who) is expected

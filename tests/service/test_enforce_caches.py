"""Enforcement: what is cached, and when it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import ADMIN_LIMITS, Account, AccountState, SessionLimits
from gate.service.answer import Forward, Respond
from gate.service.tokens import token_hash
from tests.support.decisions import allowlist
from tests.support.enforcing import (
    ABROAD,
    BOTH,
    FETCH,
    NAVIGATION,
    NOON,
    POLICY,
    SOCKET,
    Gate,
    forwarded,
    outcome,
    responded,
)


def test_g1_a_permit_is_used_again_and_counted() -> None:
    gate = Gate()
    token = gate.signed_in()
    for _ in range(4):
        assert isinstance(gate.ask("/notes", token), Forward)
    gate.enforcer.close()
    assert len(gate.records()) == 1
    assert [record.repeats for record in gate.records("repeats")] == [3]


def test_g1_the_repeats_are_recorded_while_the_gate_goes_on() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/notes", token)
    gate.ask("/notes", token)
    gate.clock.advance(timedelta(seconds=9))
    gate.enforcer.moved()
    assert gate.records("repeats") == []
    gate.clock.advance(timedelta(seconds=1))
    gate.enforcer.moved()
    assert [record.repeats for record in gate.records("repeats")] == [1]


@pytest.mark.parametrize("token", [None, "other"])
def test_g1_another_session_does_not_use_the_permit(token: str | None) -> None:
    gate = Gate()
    gate.ask("/notes", gate.signed_in())
    assert outcome(gate.ask("/notes", token)) == ("Respond", 401)


def test_g1_another_address_does_not_use_the_permit() -> None:
    gate = Gate()
    token = gate.signed_in(networks=("203.0.113.0/24",))
    assert isinstance(gate.ask("/notes", token), Forward)
    assert responded(gate.ask("/notes", token, peer=ABROAD)).reason is Reason.IP_NOT_ALLOWED


def test_g1_another_header_does_not_use_the_permit() -> None:
    gate = Gate()
    token = gate.signed_in()
    assert isinstance(gate.ask("/feed/x", token), Forward)
    assert outcome(gate.ask("/feed/x", token, ("X-Robot", "yes"))) == ("Respond", 403)
    assert outcome(gate.ask("/feed/x", token, ("X-Robot", "yes"))) == ("Respond", 403)


def test_t07_a_header_does_not_choose_the_address() -> None:
    gate = Gate()
    token = gate.signed_in(networks=("203.0.113.0/24",))
    spoofed = gate.ask("/notes", token, ("X-Forwarded-For", "203.0.113.9"), peer=ABROAD)
    assert responded(spoofed).reason is Reason.IP_NOT_ALLOWED


def test_g18_a_cached_permit_ends_when_its_proof_is_stale() -> None:
    gate = Gate()
    token = gate.signed_in()
    assert isinstance(gate.ask("/fresh/x", token), Forward)
    gate.clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    assert isinstance(gate.ask("/fresh/x", token), Forward)
    gate.clock.advance(timedelta(seconds=1))
    assert responded(gate.ask("/fresh/x", token)).reason is Reason.FACTOR_TOO_OLD


def test_f7_a_wall_clock_that_is_set_back_does_not_lengthen_a_cached_permit() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/fresh/x", token)
    gate.clock.advance(timedelta(minutes=10))
    gate.clock.set_wall(gate.clock.now() - timedelta(minutes=10, seconds=1))
    assert responded(gate.ask("/fresh/x", token)).reason is Reason.FACTOR_TOO_OLD


REVOCATIONS: dict[str, Callable[[Gate, Account], object]] = {
    "sign-out": lambda gate, alice: gate.kept.sessions.end_all(alice.id),
    "disabled": lambda gate, alice: gate.kept.accounts.set_state(alice.id, AccountState.DISABLED),
    "deleted": lambda gate, alice: gate.kept.accounts.delete(alice.id),
    "own list": lambda gate, alice: gate.kept.accounts.set_networks(
        alice.id, allowlist("10.9.9.0/24")
    ),
    "policy": lambda gate, _: gate.publish(POLICY.replace("staff: [alice, bob]", "staff: [bob]")),
}


@pytest.mark.parametrize("how", REVOCATIONS)
def test_t43_a_revocation_counts_on_the_next_request_and_on_open_streams(how: str) -> None:
    gate = Gate()
    alice = gate.add()
    token = gate.sign_in(alice, *BOTH)
    exchange = forwarded(gate.ask("/notes", token)).exchange
    gate.enforcer.moved()
    assert not gate.enforcer.moved()
    REVOCATIONS[how](gate, alice)
    assert gate.enforcer.moved()
    assert not gate.enforcer.still_permitted(exchange)
    assert outcome(gate.ask("/notes", token))[0] == "Respond"


def test_t43_widening_a_list_counts_on_the_next_request() -> None:
    gate = Gate()
    alice = gate.add(networks=("10.9.9.0/24",))
    token = gate.sign_in(alice, *BOTH)
    assert outcome(gate.ask("/notes", token)) == ("Respond", 403)
    gate.kept.accounts.set_networks(alice.id, None)
    assert isinstance(gate.ask("/notes", token), Forward)


def test_g2_a_new_session_is_found_though_its_cookie_was_unknown_before() -> None:
    gate = Gate()
    alice = gate.add()
    assert outcome(gate.ask("/notes", "later")) == ("Respond", 401)
    gate.sign_in(alice, *BOTH, token="later")
    assert isinstance(gate.ask("/notes", "later"), Forward)


def test_g2_activity_seen_by_another_process_keeps_a_session_alive() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/notes", token)
    gate.clock.advance(timedelta(minutes=59))
    gate.kept.sessions.touch({token_hash(Secret(token)): gate.clock.now()})
    gate.clock.advance(timedelta(minutes=1))
    assert isinstance(gate.ask("/notes", token), Forward)


def test_g19_navigation_keeps_a_session_alive_and_a_fetch_does_not() -> None:
    gate = Gate()
    token = gate.signed_in()
    for headers, lives in ((NAVIGATION, True), (FETCH, False)):
        gate.clock.advance(timedelta(minutes=40))
        assert isinstance(gate.ask("/notes", token, *headers), Forward)
        gate.clock.advance(timedelta(minutes=19))
        gate.ask("/notes", token, *FETCH)
        gate.clock.advance(timedelta(minutes=2))
        assert isinstance(gate.ask("/notes", token, *NAVIGATION), Forward) is lives


def test_r14_activity_does_not_outlive_the_absolute_end() -> None:
    gate = Gate(limits=SessionLimits(absolute=timedelta(hours=2)))
    token = gate.signed_in()
    for _ in range(3):
        gate.clock.advance(timedelta(minutes=39))
        assert isinstance(gate.ask("/notes", token, *NAVIGATION), Forward)
    gate.clock.advance(timedelta(minutes=3))
    assert outcome(gate.ask("/notes", token)) == ("Respond", 401)


@pytest.mark.parametrize("strict", [False, True])
def test_g19_within_counts_at_opening_unless_streams_are_strict(*, strict: bool) -> None:
    text = POLICY.replace("within: 10m}}", "within: 10m}, streams: strict}") if strict else POLICY
    gate = Gate(policy=text)
    exchange = forwarded(gate.ask("/fresh/live", gate.signed_in(), *SOCKET)).exchange
    gate.clock.advance(timedelta(minutes=11))
    assert gate.enforcer.still_permitted(exchange) is not strict


def test_g19_idle_time_ends_a_stream() -> None:
    gate = Gate()
    exchange = forwarded(gate.ask("/live", gate.signed_in(), *SOCKET)).exchange
    gate.clock.advance(timedelta(hours=1))
    assert not gate.enforcer.still_permitted(exchange)


def test_g19_a_stream_of_a_site_that_is_gone_or_is_another_ends() -> None:
    gate = Gate()
    exchange = forwarded(gate.ask("/", None, *SOCKET)).exchange
    assert gate.enforcer.still_permitted(exchange)
    gate.publish(POLICY.replace("  wiki:\n", "  wiki2:\n"))
    assert not gate.enforcer.still_permitted(exchange)
    gate.publish(POLICY.replace("wiki.example.com", "other.example.com"))
    assert not gate.enforcer.still_permitted(exchange)


def test_r14_who_becomes_an_administrator_gets_the_shorter_limits_on_the_next_request() -> None:
    gate = Gate(
        admin_limits=ADMIN_LIMITS, policy=POLICY.replace("admins: [alice]", "admins: [bob]")
    )
    token = gate.signed_in()
    gate.clock.advance(ADMIN_LIMITS.idle)
    assert isinstance(gate.ask("/notes", token, *FETCH), Forward)
    gate.publish(POLICY)
    refused = gate.ask("/notes", token, *FETCH)
    assert isinstance(refused, Respond)
    assert refused.reason is Reason.SESSION_ENDED


def test_f7_a_wall_clock_that_is_set_back_keeps_no_session_alive() -> None:
    gate = Gate()
    token = gate.signed_in()
    assert isinstance(gate.ask("/notes", token, *FETCH), Forward)
    gate.clock.advance(gate.limits.idle)
    gate.clock.set_wall(NOON)
    refused = gate.ask("/notes", token, *FETCH)
    assert isinstance(refused, Respond)
    assert refused.reason is Reason.SESSION_ENDED


def test_f7_a_session_that_ended_on_the_monotonic_clock_uses_no_permit_that_was_kept() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/closed/x", token, *FETCH)
    gate.clock.set_wall(NOON - timedelta(hours=1))  # the wall clock alone would wait two hours
    assert isinstance(gate.ask("/notes", token, *FETCH), Forward)
    gate.clock.advance(gate.limits.idle)
    assert responded(gate.ask("/notes", token, *FETCH)).reason is Reason.SESSION_ENDED

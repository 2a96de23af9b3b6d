"""The enforcement point: what passes, what it carries, and what never passes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.errors import StoreError, StoreUnavailable
from gate.core.secret_text import Secret
from gate.core.subject import Method, SessionLimits
from gate.service.answer import Forward, Respond, ToPages
from gate.service.tokens import token_hash
from tests.support.broken_store import BrokenStore
from tests.support.enforcing import (
    BOTH,
    NAVIGATION,
    POLICY,
    SOCKET,
    Gate,
    forwarded,
    outcome,
    responded,
    sent,
)

OBSERVED = POLICY.replace(
    "upstream: http://127.0.0.1:8000\n",
    "upstream: http://127.0.0.1:8000\n    mode: observe\n    observe_until: 2026-12-24\n",
)


def test_g13_a_rule_that_reads_a_header_is_enforced_as_it_is_explained() -> None:
    gate = Gate()
    token = gate.signed_in()
    assert isinstance(gate.ask("/feed/x", token), Forward)
    robot = responded(gate.ask("/feed/x", token, ("X-Robot", "yes")))
    assert (robot.status, robot.reason) == (403, Reason.RULE_DENIES)


def test_g19_an_open_exchange_is_decided_with_its_own_headers() -> None:
    gate = Gate()
    token = gate.signed_in()
    exchange = forwarded(gate.ask("/feed/x", token, ("X-Agent", "yes"))).exchange
    gate.publish(POLICY.replace("X-Robot", "X-Agent"))
    assert not gate.enforcer.still_permitted(exchange)


def test_r14_an_idle_session_is_not_revived_by_a_public_page() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.clock.advance(SessionLimits().idle)
    assert isinstance(gate.ask("/", token, *NAVIGATION), Forward)
    assert responded(gate.ask("/notes", token)).reason is Reason.SESSION_ENDED


def test_r14_an_idle_session_is_not_revived_by_the_sign_in_page() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.clock.advance(SessionLimits().idle)
    assert isinstance(gate.ask("/-/gate/sign-in", token, *NAVIGATION), ToPages)
    assert responded(gate.ask("/notes", token)).reason is Reason.SESSION_ENDED


def test_r16_a_stream_that_carried_identity_ends_with_the_session() -> None:
    gate = Gate()
    token = gate.signed_in()
    exchange = forwarded(gate.ask("/guests/live", token, *SOCKET)).exchange
    assert gate.enforcer.still_permitted(exchange)
    gate.store.sessions.end(token_hash(Secret(token)))
    assert not gate.enforcer.still_permitted(exchange)


def test_r16_a_stream_of_an_observing_site_ends_with_the_session_that_opened_it() -> None:
    gate = Gate(policy=OBSERVED)
    token = gate.signed_in()
    exchange = forwarded(gate.ask("/live", token, *SOCKET)).exchange
    gate.store.sessions.end(token_hash(Secret(token)))
    assert not gate.enforcer.still_permitted(exchange)


def test_f4_with_a_required_audit_every_permit_is_recorded_before_it_is_given() -> None:
    gate = Gate(audit_required=True)
    token = gate.signed_in()
    for _ in range(3):
        assert isinstance(gate.ask("/notes", token), Forward)
    assert len(gate.records()) == 3


def test_g20_the_token_of_a_link_is_not_recorded() -> None:
    gate = Gate()
    assert isinstance(gate.ask("/-/gate/enrol/s3cr3t-t0ken", None, *NAVIGATION), ToPages)
    assert isinstance(gate.ask("/-/gate/enrol/s3cr3t%0At0ken"), Respond)
    written = repr([*gate.records(), *gate.records("refusal")])
    assert "t0ken" not in written


def test_g3_a_denied_frame_gets_no_page_of_the_gate() -> None:
    gate = Gate()
    frame = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))
    answer = responded(gate.ask("/closed/x", gate.signed_in(), *frame))
    assert answer.status == 403
    assert answer.personal is None
    assert sent(answer.headers, "content-type") == ["application/json"]


# --- nothing passes without a permit -------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "who", "expected"),
    [
        ("/", None, ("Forward", 0)),
        ("/notes", None, ("Respond", 401)),
        ("/notes", "junk", ("Respond", 401)),
        ("/notes", "partial", ("Respond", 401)),
        ("/notes", "stranger to the policy", ("Respond", 403)),
        ("/notes", "full", ("Forward", 0)),
        ("/closed/x", "full", ("Respond", 403)),
        ("/fresh/x", "full", ("Forward", 0)),
        ("/fresh/x", "stale", ("Respond", 401)),
        ("/a//b", "full", ("Respond", 400)),
        ("/-/gate/sign-in", None, ("ToPages", 0)),
        ("/-/gate/step-up", None, ("Respond", 401)),
        ("/-/gate/step-up", "partial", ("ToPages", 0)),
        ("/-/gate/account/", "partial", ("Respond", 401)),
        ("/-/gate/account/", "full", ("ToPages", 0)),
        ("/-/gate/admin/", "full", ("ToPages", 0)),
        ("/-/gate/admin/", "not an admin", ("Respond", 403)),
        ("/-/gate/nothing", "full", ("Respond", 404)),
        ("/-/gate/refusal", "full", ("Respond", 404)),
    ],
    ids=str,
)
def test_g8_g14_who_reaches_what(path: str, who: str | None, expected: tuple[str, int]) -> None:
    gate = Gate()
    alice, bob, eve = gate.add("alice"), gate.add("bob"), gate.add("eve")
    tokens = {
        "junk": "junk",
        "partial": gate.sign_in(alice, Method.PASSWORD, token="partial"),
        "full": gate.sign_in(alice, *BOTH, token="full"),
        "not an admin": gate.sign_in(bob, *BOTH, token="bob"),
        "stranger to the policy": gate.sign_in(eve, *BOTH, token="eve"),
        "stale": gate.sign_in(
            alice, *BOTH, token="stale", ages={Method.TOTP: timedelta(minutes=10)}
        ),
    }
    assert outcome(gate.ask(path, tokens[who] if who else None)) == expected


@pytest.mark.parametrize("call", range(1, 12))
@pytest.mark.parametrize("path", ["/notes", "/", "/-/gate/account/"])
def test_f6_a_store_that_fails_at_any_call_permits_nothing(path: str, call: int) -> None:
    gate = Gate(audit_required=True)
    token = gate.signed_in()
    gate.store = broken = BrokenStore(gate.kept, fail_on={"*"}, from_call=call)
    gate.rebuild()
    try:
        answer = gate.ask(path, token)
    except StoreError:
        assert len(broken.calls) == call
    else:
        assert outcome(answer)[0] in {"Forward", "ToPages"}
        assert len(broken.calls) < call


def test_f6_a_gate_that_lost_its_store_permits_nothing_that_it_knew() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.store = broken = BrokenStore(gate.kept)
    gate.rebuild()
    exchange = forwarded(gate.ask("/notes", token)).exchange
    broken.fail_on = {"epoch"}
    with pytest.raises(StoreUnavailable):
        gate.ask("/notes", token)
    with pytest.raises(StoreUnavailable):
        gate.enforcer.still_permitted(exchange)
    with pytest.raises(StoreUnavailable):
        gate.enforcer.moved()
    broken.mend()
    assert isinstance(gate.ask("/notes", token), Forward)


def test_g2_a_policy_that_can_not_be_loaded_permits_nothing_until_it_can() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.store = broken = BrokenStore(gate.kept)
    gate.rebuild()
    gate.ask("/notes", token)
    gate.publish(POLICY.replace("group: staff", "group: admins"))
    broken.fail_on = {"policies.version"}
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            gate.ask("/notes", token)
    broken.mend()
    assert isinstance(gate.ask("/notes", token), Forward)


def test_f26_a_broken_log_stops_nothing_unless_records_are_required() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.store = BrokenStore(gate.kept, fail_on={"audit.append"})
    gate.rebuild()
    assert isinstance(gate.ask("/notes", token), Forward)
    gate.audit.stop()
    assert gate.audit.dropped == 1

"""The enforcement point: what passes, what it carries, and what never passes."""

from __future__ import annotations

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import SessionLimits
from gate.service.answer import Forward, Respond, ToPages
from gate.service.tokens import token_hash
from tests.support.enforcing import (
    NAVIGATION,
    POLICY,
    SOCKET,
    Gate,
    forwarded,
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

"""Enforcement: what the pages are told, and what is recorded."""

from __future__ import annotations

from dataclasses import replace

from gate.core.decision import Obligation, Reason
from gate.core.handoff import REFUSAL, decode_refusal
from gate.core.ports import AuditFilter
from gate.service.answer import ToPages
from tests.support.decisions import allowlist
from tests.support.enforcing import (
    FORGED,
    HOST,
    NAVIGATION,
    POLICY,
    WORKER_SECRET,
    Gate,
    forwarded,
    handed,
    outcome,
    responded,
    sent,
    wire,
)


def test_g22_the_pages_get_the_word_of_the_plane_alone() -> None:
    gate = Gate()
    token = gate.signed_in()
    answer = handed(gate.ask("/-/gate/account/", token, *FORGED, ("X-Gate-CSRF", "its own")))
    named = {
        name: sent(answer.headers, f"x-gate-{name}")
        for name in ("handoff", "client", "scheme", "host", "site", "request", "csrf", "refusal")
    }
    assert named == {
        "handoff": [WORKER_SECRET.reveal()],
        "client": ["203.0.113.9"],
        "scheme": ["https"],
        "host": [HOST],
        "site": ["wiki"],
        "request": [answer.request],
        "csrf": ["its own"],
        "refusal": [],
    }
    assert "forged" not in repr(answer.headers)


def test_g22_a_personal_refusal_carries_what_the_plane_says() -> None:
    gate = Gate()
    answer = responded(
        gate.ask("/closed/x?y=1", gate.signed_in(), *NAVIGATION, *FORGED, method="GET")
    )
    (value,) = [value for name, value in answer.personal_headers if name == REFUSAL]
    refusal = decode_refusal(value)
    assert refusal == answer.personal
    assert refusal is not None
    assert (refusal.status, refusal.account, refusal.text, refusal.wanted) == (
        403,
        "alice",
        "This is closed.",
        "/closed/x?y=1",
    )
    assert "forged" not in repr(answer.personal_headers)


def test_g5_a_host_of_the_pages_own_begins_at_the_account() -> None:
    gate = Gate(pages_host="id.example.com")
    first = responded(gate.ask("/", host="id.example.com"))
    assert (first.status, sent(first.headers, "location")) == (303, ["/-/gate/account/"])
    assert isinstance(gate.ask("/-/gate/sign-in", host="id.example.com"), ToPages)
    assert outcome(gate.ask("/notes", host="id.example.com")) == ("Respond", 404)
    assert outcome(gate.ask("/", host="other.example.com")) == ("Respond", 421)


# --- records -------------------------------------------------------------------------------


def test_a_refusal_is_recorded_and_ends_the_connection() -> None:
    gate = Gate()
    answer = responded(gate.ask("/a//b", None, *NAVIGATION))
    assert answer.close
    assert answer.body == f"<p>refused {answer.request}".encode()
    (record,) = gate.records("refusal")
    assert (record.request, record.path, record.reason) == (
        answer.request,
        "/a//b",
        Reason.UNCLEAN_REQUEST,
    )


def test_every_decision_is_recorded_with_the_version_that_made_it() -> None:
    gate = Gate()
    gate.ask("/closed/x")
    number = gate.publish(POLICY.replace("/closed/**", "/shut/**"))
    gate.ask("/shut/x")
    second, first = gate.records()
    assert (first.version, second.version) == (number - 1, number)
    assert (second.rule, second.outcome) == ("closed", "deny")


def test_what_fails_outside_a_decision_has_a_request_of_its_own() -> None:
    gate = Gate()
    first = gate.enforcer.failed(Reason.UPSTREAM_DOWN, 502, html=False)
    second = gate.enforcer.failed(Reason.UPSTREAM_SILENT, 504, html=True, close=True)
    assert (first.status, second.status, first.close, second.close) == (502, 504, False, True)
    assert first.request != second.request
    assert gate.kept.audit.search(AuditFilter()) == ()


def test_g1_a_report_is_kept_with_the_permit_and_counted_with_it() -> None:
    text = POLICY.replace(
        "      - {name: staff,",
        "      - {name: trial, mode: report, when: {path: /notes}, then: {deny: soon}}\n"
        "      - {name: staff,",
    )
    gate = Gate(policy=text)
    token = gate.signed_in()
    gate.ask("/notes", token)
    gate.ask("/notes", token)
    gate.enforcer.close()
    (repeats,) = gate.records("repeats")
    assert repeats.details["reports"] == [{"rule": "trial", "would": "deny"}]


def test_g19_obligations_that_were_given_have_to_hold() -> None:
    gate = Gate()
    exchange = forwarded(gate.ask("/", None)).exchange
    assert gate.enforcer.still_permitted(exchange)
    told = replace(exchange, obligations=frozenset({Obligation.SET_IDENTITY}))
    assert not gate.enforcer.still_permitted(told)


def test_t05_the_address_that_asks_is_the_one_behind_a_trusted_proxy() -> None:
    gate = Gate(trusted_proxies=allowlist("192.0.2.1/32"))
    token = gate.signed_in(networks=("203.0.113.0/24",))
    through = ("X-Forwarded-For", "10.0.0.1, 203.0.113.9")
    forward = forwarded(gate.ask("/notes", token, through, peer="192.0.2.1"))
    assert sent(forward.headers, "x-forwarded-for") == ["203.0.113.9"]


def test_an_answer_is_given_to_the_bytes_of_a_request() -> None:
    gate = Gate()
    broken = replace(wire("/"), version=b"HTTP/2")
    assert outcome(gate.enforcer.answer(broken)) == ("Respond", 505)

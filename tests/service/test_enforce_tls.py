"""Enforcement where TLS ends at the gate: what comes in the clear is sent on and decided never."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.decision import Reason
from gate.service.answer import Forward, Respond, ToPages
from tests.support.enforcing import HOST, NAVIGATION, Gate, sent, wire

HSTS = "strict-transport-security"


@pytest.mark.parametrize("path", ["/", "/notes?x=1", "/closed/x", "/-/gate/sign-in"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_g1_t25_plain_http_is_answered_before_any_decision(path: str, method: str) -> None:
    gate = Gate(ends_tls=True)
    token = gate.signed_in()
    answer = gate.enforcer.answer(wire(path, token, *NAVIGATION, method=method))
    assert isinstance(answer, Respond)
    assert (answer.status, answer.body) == (308, b"")
    assert sent(answer.headers, "location") == [f"https://{HOST}{path}"]
    assert sent(answer.headers, HSTS) == []
    assert gate.records() == []


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("/", "other.example.com", 421), ("/a//b", HOST, 400), ("/-/GATE/x", HOST, 404)],
)
def test_t25_only_clean_requests_for_known_hosts_are_sent_on(
    path: str, host: str, status: int
) -> None:
    answer = Gate(ends_tls=True).enforcer.answer(wire(path, host=host))
    assert isinstance(answer, Respond)
    assert answer.status == status
    assert sent(answer.headers, "location") == []
    assert sent(answer.headers, HSTS) == []


def test_over_tls_requests_are_decided_and_every_own_answer_asks_for_tls() -> None:
    gate = Gate(ends_tls=True)
    token = gate.signed_in()

    def ask(path: str, who: str | None, host: str = HOST) -> object:
        return gate.enforcer.answer(replace(wire(path, who, host=host), secure=True, sni=host))

    assert isinstance(ask("/notes", token), Forward)
    assert isinstance(ask("/-/gate/sign-in", token), ToPages)
    for path, who, host in (("/notes", None, HOST), ("/a//b", None, HOST), ("/", None, "x.test")):
        answer = ask(path, who, host)
        assert isinstance(answer, Respond)
        assert sent(answer.headers, HSTS) == ["max-age=63072000"]


def test_t24_a_host_that_is_not_the_server_of_the_handshake_is_refused() -> None:
    gate = Gate(ends_tls=True)
    asked = replace(wire("/notes", gate.signed_in()), secure=True, sni="shop.example.com")
    answer = gate.enforcer.answer(asked)
    assert isinstance(answer, Respond)
    assert answer.status == 421


def test_what_fails_before_a_request_was_read_promises_no_tls() -> None:
    enforcer = Gate(ends_tls=True).enforcer
    for html, close, told in (
        (False, True, []),
        (False, False, ["max-age=63072000"]),
        (True, True, ["max-age=63072000"]),
    ):
        answer = enforcer.failed(Reason.UPSTREAM_DOWN, 502, html=html, close=close)
        assert sent(answer.headers, HSTS) == told

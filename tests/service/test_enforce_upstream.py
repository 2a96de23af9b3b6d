"""Enforcement: whose session counts, and what the upstream sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.subject import Method
from gate.service.answer import Forward
from tests.support.enforcing import (
    BOTH,
    FORGED,
    HOST,
    POLICY,
    SOCKET,
    Gate,
    forwarded,
    outcome,
    sent,
)

OBSERVED = POLICY.replace(
    "upstream: http://127.0.0.1:8000\n",
    "upstream: http://127.0.0.1:8000\n    mode: observe\n    observe_until: 2026-12-24\n",
)


def test_g5_a_session_of_another_host_is_none() -> None:
    gate = Gate()
    token = gate.sign_in(gate.add(), *BOTH, host="shop.example.com")
    assert outcome(gate.ask("/notes", token)) == ("Respond", 401)
    assert isinstance(gate.ask("/notes", token, host="shop.example.com"), Forward)


@pytest.mark.parametrize(
    "cookie",
    [
        "__Host-gate=T; __Host-gate=T",
        '__Host-gate="T"',
        "__host-gate=T",
        "__Host-gate=T\t;",
        "__Host-gate",
        "__Host-gate=" + "x" * 8000,
        "__Host-gate-form=T",
    ],
    ids=lambda text: text[:32],
)
def test_t45_a_junk_cookie_is_no_cookie(cookie: str) -> None:
    gate = Gate()
    token = gate.signed_in()
    answer = gate.ask("/notes", None, ("Cookie", cookie.replace("=T", f"={token}")))
    if cookie.endswith("\t;"):
        assert outcome(answer)[0] in {"Forward", "Respond"}
    else:
        assert outcome(answer) == ("Respond", 401)


# --- what the upstream sees ----------------------------------------------------------------


def test_t01_the_upstream_sees_identity_of_the_gate_alone() -> None:
    gate = Gate()
    headers = forwarded(gate.ask("/notes", gate.signed_in(), *FORGED)).headers
    assert sent(headers, "remote-user") == ["alice"]
    assert sent(headers, "remote-groups") == ["admins,staff"]
    assert len(sent(headers, "x-gate-assertion")) == 1
    assert sent(headers, "x-forwarded-for") == ["203.0.113.9"]
    assert sent(headers, "x-forwarded-host") == [HOST]
    assert sent(headers, "x-forwarded-port") == ["443"]
    assert "forged" not in repr(headers)
    assert "10.0.0.1" not in repr(headers)


@pytest.mark.parametrize("who", [None, "partial", "full"])
def test_g7_public_tells_nobodys_name(who: str | None) -> None:
    gate = Gate()
    alice = gate.add()
    tokens = {
        "partial": gate.sign_in(alice, Method.PASSWORD, token="partial"),
        "full": gate.sign_in(alice, *BOTH, token="full"),
    }
    forward = forwarded(gate.ask("/", tokens[who] if who else None, *FORGED))
    assert sent(forward.headers, "remote-user") == []
    assert sent(forward.headers, "x-gate-assertion") == []
    assert not forward.private


@pytest.mark.parametrize(("who", "told"), [("partial", []), ("full", ["alice"]), ("", [])])
def test_g7_optional_identity_is_told_of_a_full_session_alone(who: str, told: list[str]) -> None:
    gate = Gate()
    alice = gate.add()
    gate.sign_in(alice, Method.PASSWORD, token="partial")
    gate.sign_in(alice, *BOTH, token="full")
    forward = forwarded(gate.ask("/guests/x", who or None))
    assert sent(forward.headers, "remote-user") == told
    assert forward.private is bool(told)


@pytest.mark.parametrize(("who", "told"), [("partial", []), ("full", ["alice"]), ("", [])])
def test_g7_an_observing_site_tells_identity_on_a_real_permit_alone(
    who: str, told: list[str]
) -> None:
    gate = Gate(policy=OBSERVED)
    alice = gate.add()
    gate.sign_in(alice, Method.PASSWORD, token="partial")
    gate.sign_in(alice, *BOTH, token="full")
    headers = forwarded(gate.ask("/notes", who or None, *FORGED)).headers
    assert sent(headers, "remote-user") == told
    assert len(sent(headers, "x-gate-assertion")) == len(told)


def test_g7_observing_ends_on_its_day_and_errors_are_enforced_before() -> None:
    gate = Gate(policy=OBSERVED)
    assert isinstance(gate.ask("/closed/x"), Forward)
    assert outcome(gate.ask("/a//b")) == ("Respond", 400)
    gate.clock.advance(timedelta(days=31))
    assert outcome(gate.ask("/closed/x")) == ("Respond", 403)


def test_t46_cookies_of_the_gate_never_reach_the_upstream() -> None:
    gate = Gate()
    token = gate.signed_in()
    mixed = ("Cookie", f"a=1; __Host-gate={token}; __Host-gate-form=x; b=2")
    headers = forwarded(gate.ask("/notes", None, mixed)).headers
    assert sent(headers, "cookie") == ["a=1; b=2"]


def test_g1_the_headers_of_a_repeat_are_its_own() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/notes", token, ("X-Mine", "one"))
    second = forwarded(gate.ask("/notes", token, ("X-Mine", "two")))
    assert sent(second.headers, "x-mine") == ["two"]
    assert second.exchange.request != ""


def test_g30_the_answer_to_a_permit_is_private_and_a_101_is_asked_for() -> None:
    gate = Gate()
    forward = forwarded(gate.ask("/live", gate.signed_in(), *SOCKET))
    shown = gate.enforcer.response_headers(
        forward, ((b"Cache-Control", b"public"), (b"Set-Cookie", b"__Host-gate=x")), 101
    )
    assert sent(shown, "cache-control") == ["private"]
    assert sent(shown, "upgrade") == ["websocket"]
    assert sent(shown, "set-cookie") == []
    assert sent(shown, "permissions-policy") != []
    assert sent(gate.enforcer.response_headers(forward, (), 200), "upgrade") == []


def test_a_location_of_the_upstream_becomes_one_of_the_site() -> None:
    rewriting = POLICY.replace(
        "upstream: http://127.0.0.1:8000\n",
        "upstream: http://127.0.0.1:8000\n    rewrite: [Location]\n",
    )
    gate = Gate(policy=rewriting)
    forward = forwarded(gate.ask("/"))
    shown = gate.enforcer.response_headers(
        forward, ((b"Location", b"http://127.0.0.1:8000/x"),), 302
    )
    assert sent(shown, "location") == [f"https://{HOST}/x"]

"""Answers: refusals, waits and cookies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from tests.ui.test_ask import ask
from ui.answers import lead_on, refuse, with_session, with_wait, without_session
from ui.redirects import Target

TOKEN = Secret("s" * 43)


@pytest.mark.parametrize(("seconds", "header"), [(0, "1"), (0.2, "1"), (61.5, "62")])
def test_a_wait_is_told_to_programs(seconds: float, header: str) -> None:
    response = with_wait(Response(), timedelta(seconds=seconds))
    assert response.headers["retry-after"] == header


def test_without_a_wait_nothing_is_told() -> None:
    assert "retry-after" not in with_wait(Response(), None).headers


def test_a_session_takes_the_place_of_the_cookie_before_it() -> None:
    planted = with_session(Response(), ask(), TOKEN).headers.getlist("set-cookie")
    assert [each.partition(";")[0] for each in planted] == [
        f"__Host-gate={'s' * 43}",
        "__Host-gate-form=",
    ]


def test_a_known_browser_stays_known_after_sign_out() -> None:
    taken = without_session(Response(), ask()).headers.getlist("set-cookie")
    assert [each.partition("=")[0] for each in taken] == ["__Host-gate", "__Host-gate-form"]


def test_a_local_target_is_a_redirect_that_drops_the_method() -> None:
    local = Target(url="/x", host="wiki.example.com", path="/x", is_local=True)
    response = lead_on(ask(), local)
    assert (response.status_code, response.headers["location"]) == (303, "/x")


def test_another_origin_is_a_page_with_a_link() -> None:
    url = "https://shop.example.com/x"
    origin = "https://shop.example.com"
    away = Target(url=url, host="shop.example.com", path="/x", is_local=False)
    response = lead_on(ask(), away)
    assert response.status_code == 200
    assert f'href="{origin}/-/gate/sign-in?next=/x"'.encode() in bytes(response.body)


def test_a_refusal_carries_status_and_wait() -> None:
    response = refuse(ask(), Reason.RATE_LIMITED, status=429, wait=timedelta(minutes=1))
    assert response.status_code == 429
    assert response.headers["retry-after"] == "60"

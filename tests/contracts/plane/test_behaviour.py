"""How the gate behaves as a whole: unknown hosts, broken upstreams, its own pages meanwhile."""

from __future__ import annotations

import pytest

from tests.contracts.plane.conftest import House


def test_a_permitted_request_reaches_the_site_and_its_answer_comes_back(house: House) -> None:
    answer = house.gate.ask("/hello?x=1", "echo.test", token=house.token("alice"))
    assert answer.status == 200
    assert answer.json()["line"] == "GET /hello?x=1 HTTP/1.1"
    assert answer.values("x-app") == [b"echo"]


def test_t84_an_unknown_host_is_421(house: House) -> None:
    answer = house.gate.ask("/", "evil.test", page=True)
    assert (answer.status, answer.reason) == (421, "unknown_host")


def test_f8_an_upstream_that_is_down_gives_502_with_a_page_of_the_gate(house: House) -> None:
    answer = house.gate.ask("/", "down.test", page=True)
    assert (answer.status, answer.reason) == (502, "upstream_down")
    assert "text/html" in answer.header("content-type")
    assert b"127.0.0.1" not in answer.body


def test_f9_a_silent_upstream_gives_504_while_the_pages_work(house: House) -> None:
    answer = house.gate.ask("/", "silent.test", page=True)
    assert (answer.status, answer.reason) == (504, "upstream_silent")
    assert house.gate.ask("/-/gate/sign-in", "localhost", page=True).status == 200


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/never/x", "rule_denies"), ("/admin/x", "rule_denies")],
)
def test_what_a_rule_denies_is_403_with_its_words(house: House, path: str, reason: str) -> None:
    answer = house.gate.ask(path, "echo.test", token=house.token("bob"), page=True)
    assert (answer.status, answer.reason) == (403, reason)
    assert "closed for good" in answer.text or "administration is for admins" in answer.text


def test_a_stranger_is_sent_to_sign_in_and_back(house: House) -> None:
    answer = house.gate.ask("/a/b?c=d&e=%20f", "echo.test", page=True)
    assert (answer.status, answer.reason) == (303, "needs_sign_in")
    assert answer.header("location") == "/-/gate/sign-in?next=/a/b%3Fc%3Dd%26e%3D%2520f"


def test_a_script_gets_401_with_where_to_sign_in(house: House) -> None:
    answer = house.gate.ask("/data", "echo.test", headers=[("Sec-Fetch-Mode", "cors")])
    assert answer.status == 401
    assert answer.json()["error"] == "needs_sign_in"
    assert answer.json()["sign_in"].startswith("/-/gate/sign-in?next=")


def test_a_frame_gets_a_link_that_leaves_it(house: House) -> None:
    headers = [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")]
    answer = house.gate.ask("/", "echo.test", headers=headers)
    assert answer.status == 401
    assert b'target="_top"' in answer.body


def test_a_stopped_post_says_that_nothing_was_delivered(house: House) -> None:
    before = len(house.upstream.asked)
    answer = house.gate.ask("/form", "echo.test", method="POST", body=b"a=1", page=True)
    assert answer.status == 401
    assert "not delivered" in answer.text or "nothing was sent" in answer.text.lower()
    assert len(house.upstream.asked) == before


def test_carol_is_told_from_where_she_came_and_what_to_do(house: House) -> None:
    answer = house.gate.ask("/", "echo.test", token=house.token("carol"), page=True)
    assert (answer.status, answer.reason) == (403, "ip_not_allowed")
    assert "127.0.0.1" in answer.text
    assert "the help desk" in answer.text


def test_g7_an_observed_site_lets_pass_and_tells_no_identity(house: House) -> None:
    answer = house.gate.ask("/x", "watched.test", headers=[("Remote-User", "root")])
    assert answer.status == 200
    assert "remote-user" not in str(answer.json()["headers"]).lower()


def test_g7_optional_identity_is_told_only_of_a_full_session(house: House) -> None:
    def user(token: str | None) -> list[str]:
        headers = house.gate.ask("/open/x", "echo.test", token=token).json()["headers"]
        return [value for name, value in headers if name.lower() == "remote-user"]

    assert user(house.token("bob")) == ["bob"]
    assert user(house.partial("bob")) == []
    assert user(house.token("carol")) == []
    assert user(None) == []

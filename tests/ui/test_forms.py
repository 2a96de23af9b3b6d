"""Forms are read within bounds and taken only from the gate's own pages (T50, T91, G3, G17)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st
from starlette.requests import Request
from starlette.types import Message

from gate.core.secret_text import Secret
from tests.ui.browser import Browser
from tests.ui.house import PASSWORD, House
from ui.forms import (
    LARGEST_BODY,
    MOST_FIELDS,
    BadForm,
    binding,
    csrf_token,
    is_own_token,
    parse_fields,
    read_form,
)

SIGN_IN = "/-/gate/sign-in"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    return house


def attempt(house: House, headers: Mapping[str, str], **changed: str) -> tuple[int, bool]:
    """Post a sign-in that is right but for some headers; give the status and whether it counted."""
    browser = Browser(house.app)
    fields = browser.get(SIGN_IN).hidden | {"account": "alice", "password": PASSWORD} | changed
    answer = browser.post(SIGN_IN, fields, headers)
    return answer.status, "__Host-gate" in browser.cookies


def test_t50_a_form_of_this_origin_is_taken(house: House) -> None:
    assert attempt(house, {}) == (303, True)


def test_g17_a_program_without_a_browser_names_the_origin(house: House) -> None:
    plain = dict.fromkeys(("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"), "(absent)")
    assert attempt(house, plain) == (303, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "(absent)"},
        {"origin": "(absent)", "sec-fetch-site": "(absent)"},
        {"origin": ""},
        {"origin": "http://wiki.example.com"},
        {"origin": "https://wiki.example.com:8443"},
        {"origin": "https://a.wiki.example.com"},
        {"origin": "https://example.com"},
        {"origin": "https://wiki.example.com.evil.example"},
        {"origin": "https://wiki.example.com, https://evil.example"},
        {"origin": "https://wiki.example.com/"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": ""},
        {"origin": "(absent)", "referer": "https://wiki.example.com/-/gate/sign-in"},
    ],
    ids=str,
)
def test_t50_g17_a_form_from_elsewhere_is_refused(house: House, headers: Mapping[str, str]) -> None:
    assert attempt(house, headers) == (403, False)


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data", ""])
def test_t50_other_kinds_of_bodies_are_refused(house: House, kind: str) -> None:
    assert attempt(house, {"content-type": kind}) == (415, False)


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_t50_a_wrong_token_is_refused(house: House, token: str) -> None:
    assert attempt(house, {}, csrf=token) == (403, False)


def test_t50_login_csrf_with_the_token_of_another_browser_is_refused(house: House) -> None:
    theirs = Browser(house.app).get(SIGN_IN).hidden["csrf"]
    assert attempt(house, {}, csrf=theirs) == (403, False)


def test_g24_without_the_cookie_before_sign_in_no_token_is_right(house: House) -> None:
    browser = Browser(house.app)
    fields = browser.get(SIGN_IN).hidden | {"account": "alice", "password": PASSWORD}
    browser.cookies.clear()
    assert browser.post(SIGN_IN, fields).status == 403
    assert browser.cookies == {}


def test_t50_a_token_is_worth_nothing_for_another_form(house: House) -> None:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    token = browser.get("/-/gate/sign-out").hidden["csrf"]
    assert browser.post("/-/gate/account/security/sessions/others", {"csrf": token}).status == 403


def test_t50_a_token_is_worth_nothing_in_another_session(house: House) -> None:
    first, second = Browser(house.app), Browser(house.app)
    first.sign_in(house, "alice")
    second.sign_in(house, "alice")
    theirs = first.get("/-/gate/sign-out").hidden
    assert second.post("/-/gate/sign-out", theirs).status == 403
    assert second.get("/-/gate/account/security").status == 200


@pytest.mark.parametrize("spelling", ["X-HTTP-Method-Override", "X-Method-Override"])
def test_t50_a_method_can_not_be_overridden(house: House, spelling: str) -> None:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    answer = browser.get("/-/gate/sign-out?_method=POST", {spelling: "POST"})
    assert answer.status == 200
    assert browser.get("/-/gate/account/security").status == 200


# --- size ---------------------------------------------------------------------------------------


def test_t91_a_body_of_ten_megabytes_is_refused(house: House) -> None:
    assert attempt(house, {}, password="x" * 10_000_000) == (413, False)


def test_t91_a_declared_length_is_refused_before_it_is_read(house: House) -> None:
    assert attempt(house, {"content-length": str(LARGEST_BODY + 1)}) == (413, False)


def test_t91_too_many_fields_are_refused(house: House) -> None:
    many = {f"field-{number}": "" for number in range(10_000)}
    assert attempt(house, {}, **dict.fromkeys(list(many)[:MOST_FIELDS], "")) == (400, False)


def test_t91_a_long_password_does_no_harm(house: House) -> None:
    assert attempt(house, {}, password="x" * 60_000) == (422, False)


def test_a_field_may_come_once() -> None:
    assert parse_fields(b"a=1&b=2") == {"a": "1", "b": "2"}
    assert parse_fields(b"a=1&a=1") == BadForm(status=400)


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff", b"a=%ed%a0%80"])
def test_a_field_is_valid_text(body: bytes) -> None:
    assert parse_fields(body) == BadForm(status=400)


@given(st.binary(max_size=300))
def test_t95_any_bytes_are_fields_or_refused(body: bytes) -> None:
    parsed = parse_fields(body)
    assert isinstance(parsed, dict | BadForm)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=5))
def test_what_a_browser_encodes_is_read_back(fields: dict[str, str]) -> None:
    assert parse_fields(urlencode(fields).encode()) == fields


def _request(messages: list[Message], headers: dict[str, str]) -> Request:
    async def receive() -> Message:
        return messages.pop(0)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


def test_t91_a_stream_without_end_is_cut() -> None:
    piece: Message = {"type": "http.request", "body": b"x" * 1024, "more_body": True}
    messages = [piece] * 1000
    assert asyncio.run(read_form(_request(messages, {"content-type": FORM}))) == BadForm(status=413)
    assert len(messages) > 900


def test_a_client_that_leaves_is_a_bad_form() -> None:
    gone: list[Message] = [{"type": "http.disconnect"}]
    assert asyncio.run(read_form(_request(gone, {"content-type": FORM}))) == BadForm(status=400)


def test_an_odd_content_length_is_a_bad_form() -> None:
    headers = {"content-type": FORM, "content-length": "+5"}
    whole: list[Message] = [{"type": "http.request", "body": b"a=1", "more_body": False}]
    assert asyncio.run(read_form(_request(whole, headers))) == BadForm(status=400)


# --- tokens -------------------------------------------------------------------------------------


def test_t74_tokens_compare_whole() -> None:
    token = csrf_token(b"key", binding(session=Secret("s")), "form")
    assert is_own_token(token, token)
    for wrong in (token[:-1], token + "0", token.upper(), "", "\ud800"):
        assert not is_own_token(wrong, token)


def test_a_token_depends_on_key_browser_and_form() -> None:
    tokens = {
        csrf_token(key, binding(**bound), form)
        for key in (b"one", b"two")
        for bound in ({"session": Secret("s")}, {"form_cookie": Secret("s")})
        for form in ("sign-in", "sign-out")
    }
    assert len(tokens) == 8


def test_t71_a_token_does_not_hold_the_cookie() -> None:
    assert "cookie-value" not in binding(session=Secret("cookie-value"))
    assert binding() == ""

"""The gate's cookies: one name a listener, flags, and junk that counts for nothing."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from gate.core.secret_text import Secret
from gate.service.tokens import new_token
from tests.ui.browser import Browser
from tests.ui.house import House
from ui.cookies import CookieNames, cookie, cookie_names, deleted, read_token

TOKEN = Secret("a" * 43)
SECURE = CookieNames(
    session="__Host-gate",
    form="__Host-gate-form",
    device="__Host-gate-device",
    enrolment="__Host-gate-enrol",
    ticket="__Host-gate-ticket",
)


def test_g24_on_https_names_are_bound_to_the_host() -> None:
    assert cookie_names("https://wiki.example.com") == SECURE
    assert cookie_names("https://wiki.example.com:8443") == SECURE


def test_g24_on_loopback_names_hold_the_port() -> None:
    assert cookie_names("http://localhost:8080") == CookieNames(
        session="gate-8080",
        form="gate-form-8080",
        device="gate-device-8080",
        enrolment="gate-enrol-8080",
        ticket="gate-ticket-8080",
    )
    assert cookie_names("http://localhost").session == "gate-80"


def test_t46_flags_on_https() -> None:
    planted = cookie("__Host-gate", TOKEN, scheme="https")
    assert planted == f"__Host-gate={'a' * 43}; Path=/; HttpOnly; SameSite=Lax; Secure"


def test_t46_a_cookie_is_taken_back_with_the_attributes_it_was_set_with() -> None:
    taken = deleted("__Host-gate", scheme="https")
    assert taken == "__Host-gate=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"
    assert "Secure" not in deleted("gate-8080", scheme="http")


def test_a_device_is_kept_no_longer_than_browsers_allow() -> None:
    planted = cookie("gate-device-80", TOKEN, scheme="http", age=timedelta(days=400))
    assert planted.endswith("; Max-Age=34560000")


def test_t47_a_token_of_ours_is_read() -> None:
    token = new_token()
    sent = ((b"cookie", b"a=b; __Host-gate=" + token.reveal().encode()),)
    assert read_token(sent, "__Host-gate") == token


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"x",
        b"a" * 42,
        b"a" * 44,
        b"a" * 42 + b".",
        b"a" * 42 + b"\0",
        b'"' + b"a" * 43 + b'"',
        b"a" * 8192,
        b"a" * 42 + b"\xff",
    ],
)
def test_t45_junk_is_no_cookie(value: bytes) -> None:
    assert read_token(((b"cookie", b"__Host-gate=" + value),), "__Host-gate") is None


def test_t45_a_cookie_that_comes_twice_is_none() -> None:
    pair = b"__Host-gate=" + b"a" * 43
    assert read_token(((b"cookie", pair + b"; " + pair),), "__Host-gate") is None
    assert read_token(((b"cookie", pair), (b"cookie", pair)), "__Host-gate") is None


@pytest.mark.parametrize("name", ["gate", "gate-8080", "__Host-gate-form", "__Secure-gate"])
def test_g24_other_names_are_no_session(name: str) -> None:
    assert read_token(((b"cookie", name.encode() + b"=" + b"a" * 43),), "__Host-gate") is None


@pytest.mark.parametrize("junk", ["x", "a" * 43, "a" * 5000, "..", '"quoted"'])
def test_t45_junk_leads_to_sign_in_and_never_to_an_error(junk: str) -> None:
    browser = Browser(House().app, cookies={"__Host-gate": junk, "__Host-gate-form": junk})
    answer = browser.get("/-/gate/account/security")
    assert answer.status == 303
    assert answer.location.startswith("/-/gate/sign-in")
    assert browser.get("/-/gate/sign-in").status == 200


def test_t47_one_changed_bit_makes_a_stranger() -> None:
    house = House()
    house.add("alice")
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    token = browser.cookies["__Host-gate"]
    browser.cookies["__Host-gate"] = ("B" if token[0] == "A" else "A") + token[1:]
    assert browser.get("/-/gate/account/security").status == 303


def test_g24_a_session_of_another_listener_is_none() -> None:
    house = House(public_url="http://localhost:8080")
    house.add("alice")
    browser = Browser(house.app, scheme="http", host="localhost:8080")
    browser.sign_in(house, "alice")
    assert browser.get("/-/gate/account/security").status == 200
    browser.cookies["__Host-gate"] = browser.cookies.pop("gate-8080")
    assert browser.get("/-/gate/account/security").status == 303


def test_t46_no_name_is_left_out_of_those_that_sites_never_see() -> None:
    names = [getattr(SECURE, field.name) for field in fields(SECURE)]
    assert sorted(SECURE.all) == sorted(names)

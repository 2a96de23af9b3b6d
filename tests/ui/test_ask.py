"""What a page is asked: cookies, query and session, looked at once."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from tests.ui.browser import FIREFOX, Browser
from tests.ui.house import House
from ui.ask import Ask, ask_of
from ui.handoff import read_handoff

TOKEN = "t" * 43


def ask(
    query: str = "",
    form: dict[str, str] | None = None,
    host: str = "wiki.example.com",
    public_url: str = "https://wiki.example.com",
) -> Ask:
    house = House(public_url=public_url)
    browser = Browser(house.app, host=host)
    cookies = f"__Host-gate={TOKEN}; __Host-gate-device={TOKEN}; app=1"
    handed = read_handoff(Headers(browser.handed()))
    if handed is None:
        raise ValueError(host)
    headers = {"cookie": cookies, "user-agent": FIREFOX}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/-/gate/x",
        "query_string": query.encode(),
        "headers": raw,
    }
    return ask_of(house.services, handed, Request(scope), form or {})


def test_the_visitor_is_who_the_data_plane_saw() -> None:
    visitor = ask().visitor
    assert str(visitor.client) == "203.0.113.9"
    assert (visitor.host, visitor.scheme, visitor.site) == ("wiki.example.com", "https", "wiki")
    assert (visitor.request, visitor.browser) == ("boot-1", FIREFOX)
    assert visitor.device is not None
    assert visitor.device.reveal() == TOKEN


def test_g5_a_session_belongs_to_a_host_without_its_port() -> None:
    assert ask(host="wiki.example.com:8443").visitor.host == "wiki.example.com"


def test_t45_a_cookie_that_nobody_issued_is_no_session() -> None:
    found = ask()
    assert found.token is not None
    assert found.session is None
    assert found.form_cookie is None


@pytest.mark.parametrize(
    ("host", "public_url", "expected"),
    [
        ("wiki.example.com", "https://wiki.example.com", True),
        ("wiki.example.com:8443", "https://wiki.example.com:8443", True),
        ("shop.example.com", "https://wiki.example.com", False),
        ("wiki.example.com:8443", "https://wiki.example.com", False),
        ("203.0.113.7", "https://203.0.113.7", False),
        ("[2001:db8::7]:8443", "https://[2001:db8::7]:8443", False),
    ],
)
def test_g5_keys_work_on_the_pages_origin_and_at_no_bare_address(
    *, host: str, public_url: str, expected: bool
) -> None:
    assert ask(host=host, public_url=public_url).takes_keys is expected


@pytest.mark.parametrize(
    ("query", "form", "url"),
    [
        ("next=/a", {}, "/a"),
        ("next=/a", {"next": "/b"}, "/b"),
        ("", {}, "/"),
        ("next=/a&next=/b", {}, "/"),
        ("&".join(f"f{number}=" for number in range(30)) + "&next=/a", {}, "/"),
        ("next=//evil.example", {}, "/"),
    ],
    ids=["query", "form first", "none", "twice", "too many", "evil"],
)
def test_t80_the_target_is_checked(query: str, form: dict[str, str], url: str) -> None:
    assert ask(query, form).target.url == url


def test_t71_a_secret_field_does_not_show() -> None:
    found = ask(form={"password": "my password"})
    assert found.secret("password").reveal() == "my password"
    assert found.secret("nothing").reveal() == ""
    assert "my password" not in repr(found)
    assert TOKEN not in repr(found)

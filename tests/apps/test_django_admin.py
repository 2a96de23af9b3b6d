"""Django's admin pages behind the gate: sign-in with CSRF and Origin checks, forms, cookies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx
import pytest

from tests.apps.applications import NAME, PASSWORD
from tests.apps.clients import Way, curl
from tests.apps.compare import compare
from tests.apps.ways import Ways

LOGIN: Final = "/admin/login/"
TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')
MASKS: Final = (
    r'(?<=csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}',
    r"(?<=csrftoken=)[A-Za-z0-9]{32}",
    r"(?<=sessionid=)[a-z0-9]{32}",
)
COOKIES: Final = 'a=1; b="x, y"; c=%20%; d; =e; f=g=h; a=2; j=[1]|{"k":2}'
SPELLINGS: Final = (
    "Remote-User",
    "Remote_User",
    "REMOTE-USER",
    "Remote.User",
    "remote-user",
    "Remote-Groups",
    "Remote-Email",
    "X-Remote-User",
    "X-Forwarded-User",
    "X-Gate-Assertion",
)


def _posted(
    browser: httpx.Client, page: httpx.Response, fields: Mapping[str, str], **headers: str
) -> httpx.Response:
    """Submit a page's form as a browser does: with the token, an Origin and a Referer."""
    found = TOKEN.search(page.text)
    assert found, page.text
    origin = f"http://{browser.headers['Host']}"
    sent = {"Origin": origin, "Referer": f"{origin}{page.url.path}", **headers}
    form = {"csrfmiddlewaretoken": found[1], **fields}
    return browser.post(page.url.path, data=form, headers=sent)


def _sign_in(browser: httpx.Client, password: str = PASSWORD, **headers: str) -> httpx.Response:
    fields = {"username": NAME, "password": password, "next": "/admin/"}
    return _posted(browser, browser.get(LOGIN), fields, **headers)


def _signing_in_and_out(browser: httpx.Client) -> Iterator[httpx.Response]:
    yield browser.get("/admin/")
    yield browser.get(LOGIN)
    wrong = _sign_in(browser, "wrong")
    assert wrong.status_code == 200
    yield wrong
    right = _sign_in(browser)
    assert (right.status_code, right.headers["location"]) == (302, "/admin/")
    yield right
    yield browser.get("/admin/")
    by_get = browser.get("/admin/logout/")
    assert by_get.status_code == 405
    yield by_get
    out = browser.post("/admin/logout/", data=_token_of(browser.get("/admin/")))
    assert out.status_code == 200
    yield out
    yield browser.get("/admin/")


def _token_of(page: httpx.Response) -> dict[str, str]:
    found = TOKEN.search(page.text)
    assert found, page.text
    return {"csrfmiddlewaretoken": found[1]}


def test_signing_in_and_out_is_the_same_behind_the_gate(ways: Ways) -> None:
    compare(_signing_in_and_out, *ways.both("django"), *MASKS)


def _without_a_token(browser: httpx.Client) -> Iterator[httpx.Response]:
    browser.get(LOGIN)
    sent = {"Origin": f"http://{browser.headers['Host']}"}
    refused = browser.post(LOGIN, data={"username": NAME, "password": PASSWORD}, headers=sent)
    assert refused.status_code == 403
    yield refused


def test_a_form_without_its_token_is_refused_by_the_application_itself(ways: Ways) -> None:
    compare(_without_a_token, *ways.both("django"), *MASKS)


def test_g30_a_form_of_another_origin_is_refused_on_both_ways(ways: Ways) -> None:
    refused = []
    for way in ways.both("django"):
        with way.browser() as browser:
            refused.append(_sign_in(browser, Origin="http://elsewhere.test"))
    assert [each.status_code for each in refused] == [403, 403]
    assert [each.headers.get("x-gate-reason") for each in refused] == [None, "cross_site"]


def _a_group_comes_and_goes(browser: httpx.Client) -> Iterator[httpx.Response]:
    _sign_in(browser)
    page = browser.get("/admin/auth/group/add/")
    yield page
    yield _posted(browser, page, {"name": ""})
    made = _posted(browser, page, {"name": "Büro & Lager", "_save": "Save"})
    assert made.status_code == 302
    yield made
    listed = browser.get("/admin/auth/group/", params={"q": "Büro & Lager"})
    yield listed
    found = re.search(r"/admin/auth/group/\d+/", listed.text)
    assert found, listed.text
    sure = browser.get(f"{found[0]}delete/")
    yield sure
    yield _posted(browser, sure, {"post": "yes"})


def test_forms_lists_and_searches_are_the_same_behind_the_gate(ways: Ways) -> None:
    number = r"(?<=/group/)\d+|(?<=value=\")\d+(?=\")"
    compare(_a_group_comes_and_goes, *ways.both("django"), *MASKS, number, r"(?<=messages=)[^;]+")


# --- what arrives ---------------------------------------------------------------------------


def _head(way: Way, *options: str) -> dict[str, Any]:
    """Give the request as the application saw it."""
    response = curl(way, "/arrived", *options)
    head, _, body = response.stdout.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), response.stdout
    shown: dict[str, Any] = json.loads(body)["head"]
    shown.pop("REMOTE_PORT")
    return shown


def test_the_application_sees_the_request_as_it_came_and_what_the_gate_adds(ways: Ways) -> None:
    straight, gated = ways.both("django")
    options = ("--header", "X-Odd: caf\u00e9 \t;,", "--header", "Accept;", "--user", "a:b:c")
    direct, through = _head(straight, *options), _head(gated, *options)
    assertion = through.pop("HTTP_X_GATE_ASSERTION")
    assert assertion.count(".") == 2
    assert through == direct | {
        "HTTP_REMOTE_USER": "django",
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "HTTP_X_FORWARDED_HOST": gated.host,
        "HTTP_X_FORWARDED_PORT": gated.host.partition(":")[2],
        "HTTP_X_FORWARDED_PROTO": "http",
    }


def test_g24_its_own_cookies_arrive_byte_for_byte_without_the_gates(ways: Ways) -> None:
    straight, gated = ways.both("django")
    first, _, others = COOKIES.partition("; ")
    direct = _head(straight, "--header", f"Cookie: {COOKIES}")
    through = _head(gated, "--header", f"Cookie: {gated.cookies(first, others)}")
    assert direct["HTTP_COOKIE"] == COOKIES
    assert through["HTTP_COOKIE"] == COOKIES


def test_a_session_alone_leaves_no_cookie_header(ways: Ways) -> None:
    assert "HTTP_COOKIE" not in _head(ways.gated("django"))


@pytest.mark.parametrize("name", SPELLINGS)
def test_g10_an_identity_that_the_client_claims_never_arrives(name: str, ways: Ways) -> None:
    way = ways.gated("django")
    told = _head(way, "--header", f"{name}: mallory", "--header", f"{name}: root")
    assert told["HTTP_REMOTE_USER"] == "django"
    assert "mallory" not in json.dumps(told)
    assert not [key for key, value in told.items() if value == "root"]

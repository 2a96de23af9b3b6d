"""Where a page leads: a path of this host or the exact origin of a site, and nowhere else (T80)."""

from __future__ import annotations

from itertools import product
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, strategies as st
from starlette.datastructures import Headers

from tests.ui.browser import Browser
from tests.ui.house import PASSWORD, House, policy_of
from ui.handoff import HandOff, read_handoff
from ui.redirects import ACCOUNT_START, Target, safe_next, sign_in_link, start

POLICY = policy_of()
ORIGINS = {"https://wiki.example.com", "https://shop.example.com", "https://127.0.0.1:8443"}
EVIL = "evil.example"


def handed_of(
    host: str = "wiki.example.com", *, scheme: str = "https", site: str = "wiki"
) -> HandOff:
    browser = Browser(House().app, host=host, scheme=scheme, site=site)
    handed = read_handoff(Headers(browser.handed()))
    if handed is None:
        raise ValueError(host)
    return handed


HERE = handed_of()


def lead(wanted: str) -> Target:
    return safe_next(wanted, HERE, POLICY)


@pytest.mark.parametrize(
    "wanted",
    [
        "/",
        "/wiki/Start",
        "/wiki/Start?action=edit&section=2",
        "/a%20b/%C3%A9?q=%2F%2F",
        "/a//b",
        "/a/./b/../c",
        "/a;b=c/d,e/(f)/'g'/!h*",
        "/search?q=http://evil.example/",
        "/?next=//evil.example",
        "/-/gate/account/security",
        "/-/gate/account/security/networks",
        "/-/gate/account/security?x=1",
        "/-/gatx",
    ],
)
def test_t80_a_path_of_here_is_kept_exactly(wanted: str) -> None:
    assert lead(wanted).url == wanted
    assert lead(wanted).is_local


@pytest.mark.parametrize(
    ("wanted", "url"),
    [
        ("https://wiki.example.com/x?y", "/x?y"),
        ("https://WIKI.example.com/x", "/x"),
        ("https://shop.example.com/x?y", "https://shop.example.com/x?y"),
        ("https://shop.example.com", "https://shop.example.com/"),
        ("https://127.0.0.1:8443/", "https://127.0.0.1:8443/"),
        ("/x#fragment", "/x"),
        ("https://shop.example.com/#/x", "https://shop.example.com/"),
    ],
)
def test_t80_a_site_of_the_policy_is_written_anew(wanted: str, url: str) -> None:
    assert lead(wanted).url == url


@pytest.mark.parametrize(
    "wanted",
    [
        "http://wiki.example.com/",
        "http://shop.example.com/",
        "https://shop.example.com:8443/",
        "https://shop.example.com:443/",
        "https://127.0.0.1/",
        "https://127.0.0.1:9000/",
        "https://example.com/",
        "https://a.shop.example.com/",
        "https://shop.example.com./",
    ],
)
def test_t80_an_origin_counts_exactly(wanted: str) -> None:
    assert lead(wanted) == start(HERE)


@pytest.mark.parametrize(
    "page",
    [
        "sign-in",
        "sign-out",
        "SIGN-OUT",
        "sign%2Dout",
        "step-up",
        "static/x",
        "refusal",
        "enrol/token",
        "arrive",
        "",
        "account/../sign-out",
        "account/%2e%2e/sign-out",
        "account//",
        "account/security/sessions/others;x",
    ],
)
def test_t80_own_pages_are_no_target_but_the_account(page: str) -> None:
    for prefix in ("/-/gate/", "/-/GATE/", "/%2D/gate/", "/-/%67ate/"):
        assert lead(prefix + page) == start(HERE)


# --- a corpus -----------------------------------------------------------------------------------

SCHEMES = [
    "http:",
    "https:",
    "HTTPS:",
    "ftp:",
    "javascript:",
    "data:",
    "vbscript:",
    "file:",
    "",
    "//",
]
JOINTS = [
    "",
    "/",
    "//",
    "///",
    "\\",
    "\\\\",
    "/\\",
    "\\/",
    "/\t/",
    "/%09/",
    "/%5c",
    "/%2f",
    "/ /",
    "/./",
    "/../",
]
HOSTS = [
    EVIL,
    f"wiki.example.com@{EVIL}",
    f"wiki.example.com:x@{EVIL}",
    f"{EVIL}#wiki.example.com",
    f"{EVIL}\\@wiki.example.com",
    f"{EVIL}%23.wiki.example.com",
    f"wiki.example.com.{EVIL}",
]
SPECIAL = [
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://wiki.example.com",
    "data:text/html,<script>alert(1)</script>",
    "https:evil.example",
    "https:/evil.example",
    "https://",
    "https:///evil.example",
    "https://[evil.example]/",
    "https://[::1/",
    "https://[::ffff:203.0.113.9]/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\r\nLocation: https://evil.example",
    "/x\r",
    "/\u560aset-cookie:x",
    "/\u010d\u010aset-cookie:x",
    "/\u2028x",
    "https://wiki.example.com\u3002evil.example/",
    "https://evil。example/",
    "https://wiki.example.com:443@evil.example/",
    "https://wiki.example.com\x00.evil.example/",
    "https://wiki.example.com:99999/",
    "https://wiki.example.com:-1/",
    "https://wiki.example.com:port/",
    "?next=https://evil.example",
    "evil.example",
    "evil.example/path",
    "..//evil.example",
    "./evil.example",
    " https://evil.example",
    "https://evil.example ",
    "\x00/",
    "/\x7f",
    "/" + "a" * 5000,
    "*",
    "",
]
CORPUS = sorted(
    {
        *SPECIAL,
        *(s + j + h for s, j, h in product(SCHEMES, JOINTS, HOSTS)),
        *(quote(s + j + h, safe="") for s, j, h in product(SCHEMES, JOINTS, HOSTS[:2])),
    }
)


def is_safe(location: str) -> bool:
    """Say whether a browser that reads the location stays with us; a second reader, not ours."""
    cleaned = location.replace("\\", "/")
    if cleaned != location or not location.isprintable() or not location.isascii():
        return False
    if location.startswith("/"):
        return not location.startswith("//")
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.netloc}" in ORIGINS and "@" not in parts.netloc


def test_t80_the_corpus_is_large() -> None:
    assert len(CORPUS) > 1000


def test_t80_no_payload_leads_away() -> None:
    assert [payload for payload in CORPUS if not is_safe(lead(payload).url)] == []


@given(st.text(max_size=80))
def test_t80_no_text_leads_away(wanted: str) -> None:
    assert is_safe(lead(wanted).url)


@given(st.text(alphabet="/\\:@.?#%&;htps-evlxamcowiki \t", max_size=40))
def test_t80_no_text_of_dangerous_signs_leads_away(wanted: str) -> None:
    assert is_safe(lead(wanted).url)
    assert is_safe(lead("https://shop.example.com" + wanted).url)


@pytest.mark.parametrize("payload", SPECIAL, ids=ascii)
def test_t80_t82_a_whole_sign_in_leads_nowhere_else(payload: str) -> None:
    house = House()
    house.add("carol", has_app=False)
    browser = Browser(house.app)
    fields = {"account": "carol", "password": PASSWORD, "next": payload}
    answer = browser.post("/-/gate/sign-in", browser.get("/-/gate/sign-in").hidden | fields)
    assert answer.status == 303
    assert is_safe(answer.location)
    assert all("\r" not in value and "\n" not in value for _, value in answer.headers)


def test_without_a_site_the_account_is_the_start() -> None:
    assert start(handed_of("login.example.com", site="")).url == ACCOUNT_START
    assert start(HERE).url == "/"


def test_a_site_without_a_port_is_on_the_port_of_here() -> None:
    here = handed_of("wiki.example.com:8443")
    wanted = "https://shop.example.com:8443/x"
    assert safe_next(wanted, here, POLICY).url == wanted
    assert safe_next("https://shop.example.com/x", here, POLICY) == start(here)


def test_a_link_to_sign_in_holds_the_whole_target() -> None:
    assert sign_in_link("/a?b=c&d") == "/-/gate/sign-in?next=/a%3Fb%3Dc%26d"
    assert sign_in_link() == "/-/gate/sign-in"
    assert sign_in_link("/", "step-up") == "/-/gate/step-up?next=/"


def test_own_pages_are_told_from_others() -> None:
    assert lead("/-/gate/account/security").is_own_page
    assert not lead("/wiki").is_own_page


@pytest.mark.parametrize(
    ("wanted", "local"),
    [
        ("/wiki?x=1", "/wiki?x=1"),
        ("https://shop.example.com/a?b=shop.example.com/", "/a?b=shop.example.com/"),
        ("https://127.0.0.1:8443", "/"),
    ],
)
def test_a_target_tells_what_a_request_line_would_have(wanted: str, local: str) -> None:
    assert lead(wanted).local == local

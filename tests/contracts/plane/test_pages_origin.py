"""The gate's pages beside a hostile application: forms, fetches and headers (T50, G3, G17)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import pytest

from gate.core.handoff import PREFIX
from tests.contracts.plane.conftest import House
from tests.support.browser_client import FORM, SIGN_IN, SIGN_OUT, Browser, Lines
from tests.support.gate_process import PASSWORD, Answer

NETWORKS: Final = f"{PREFIX}account/security/networks"
OTHERS: Final = f"{PREFIX}account/security/sessions/others"
SAME: Final = ("Sec-Fetch-Site", "same-origin")
ELSEWHERE: Final[dict[str, Lines]] = {
    "foreign": [("Origin", "https://evil.test"), ("Sec-Fetch-Site", "cross-site")],
    "foreign, says same": [("Origin", "https://evil.test"), SAME],
    "null": [("Origin", "null"), ("Sec-Fetch-Site", "cross-site")],
    "null, says same": [("Origin", "null"), SAME],
    "no origin": [SAME],
    "nothing": [],
    "sub-domain": [("Origin", "http://sub.localhost:1"), ("Sec-Fetch-Site", "same-site")],
    "other port": [("Origin", "http://localhost:1"), ("Sec-Fetch-Site", "same-site")],
    "no port": [("Origin", "http://localhost"), SAME],
    "two origins": [("Origin", "http://localhost"), ("Origin", "http://evil.test"), SAME],
}


@pytest.mark.parametrize("said", ELSEWHERE)
def test_t50_g17_a_form_that_comes_from_elsewhere_is_refused(house: House, said: str) -> None:
    browser = house.browser()
    browser.open(SIGN_IN)
    typed = {"account": "alice", "password": PASSWORD}
    answer = browser.submit(SIGN_IN, typed, said=ELSEWHERE[said])
    assert answer.status in {400, 403}
    assert browser.token == ""


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "Same-Origin", "x"])
def test_t50_the_own_origin_with_another_sec_fetch_site_is_refused(house: House, site: str) -> None:
    browser = house.browser()
    browser.open(SIGN_IN)
    said = [("Origin", browser.origin), ("Sec-Fetch-Site", site)]
    typed = {"account": "alice", "password": PASSWORD}
    assert browser.submit(SIGN_IN, typed, said=said).status == 403
    assert browser.token == ""


def test_t50_a_form_without_its_own_token_is_refused(house: House) -> None:
    mine, other = house.browser(), house.browser()
    mine.open(SIGN_IN)
    other.open(SIGN_IN)
    typed = {"account": "alice", "password": PASSWORD}
    for token in ("", "0" * 64, other.hidden(SIGN_IN)["csrf"]):
        answer = mine.submit(SIGN_IN, {**typed, "csrf": token})
        assert (answer.status, mine.token) == (403, "")
    mine.cookies.clear()  # login CSRF: the form's cookie is not there
    assert mine.submit(SIGN_IN, typed).status == 403


def test_t50_a_token_is_good_for_its_own_form_and_session(house: House) -> None:
    mine, others = signed(house, "bob"), signed(house, "dave")
    mine.open(OTHERS)
    others.open(NETWORKS)
    wrong = [mine.hidden(SIGN_OUT), mine.hidden(OTHERS), others.hidden(NETWORKS)]
    for fields in wrong:
        typed = {"networks": "127.0.0.0/8", "proof": "000000", "csrf": fields.get("csrf", "")}
        assert mine.submit(NETWORKS, typed, hidden=False).status == 403


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/json", "multipart/form-data; boundary=x", "", "application/xml"],
)
def test_t50_a_body_of_another_kind_is_no_form(house: House, kind: str) -> None:
    browser = signed(house, "bob")
    browser.open(SIGN_OUT)
    body = urlencode(browser.hidden(SIGN_OUT)).encode()
    here = [("Origin", browser.origin), SAME, ("Content-Type", kind)]
    assert browser.send("POST", SIGN_OUT, here, body).status == 415
    assert house.gate.ask("/x", "localhost", token=browser.token).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_t50_only_a_post_changes_anything(house: House, method: str) -> None:
    browser = signed(house, "bob")
    browser.open(SIGN_OUT)
    fields = urlencode({**browser.hidden(SIGN_OUT), "_method": "POST"})
    here = [("Origin", browser.origin), SAME, ("X-HTTP-Method-Override", "POST")]
    answer = browser.send(method, f"{SIGN_OUT}?{fields}", here)
    assert answer.status in {200, 400, 401, 403, 405}
    assert house.gate.ask("/x", "localhost", token=browser.token).status == 200


def signed(house: House, name: str) -> Browser:
    """Give a browser in which an account is signed in."""
    browser = house.browser()
    browser.cookies[house.gate.cookie_name] = house.fresh(name, "localhost")
    return browser


# --- scripts of the application (G3) -------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "dest"),
    [
        ("cors", "empty"),
        ("same-origin", "empty"),
        ("no-cors", "image"),
        ("navigate", "iframe"),
        ("navigate", "object"),
        ("navigate", "embed"),
    ],
)
@pytest.mark.parametrize("path", [SIGN_IN, NETWORKS, SIGN_OUT])
def test_g3_a_script_or_a_frame_reads_no_page(
    house: House, path: str, mode: str, dest: str
) -> None:
    headers = [("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest), ("Accept", "text/html")]
    token = house.token("bob", "localhost")
    answer = house.gate.ask(path, "localhost", token=token, headers=headers)
    assert answer.status == 401
    assert "csrf" not in answer.text
    assert answer.json()["error"]


def test_g3_a_client_without_sec_fetch_is_served(house: House) -> None:
    answer = house.gate.ask(SIGN_IN, "localhost", headers=[("Accept", "text/html")])
    assert (answer.status, 'name="csrf"' in answer.text) == (200, True)


def asked(house: House) -> dict[str, Answer]:
    """Give answers of every kind that the gate itself makes below its prefix."""
    bob = house.token("bob", "localhost")
    static = next(
        part.partition('"')[0]
        for part in house.gate.ask(SIGN_IN, "localhost", page=True).text.split('href="')
        if part.startswith(f"{PREFIX}static/")
    )
    long = b"a=" + b"x" * 70_000
    return {
        "page": house.gate.ask(SIGN_IN, "localhost", page=True),
        "account page": house.gate.ask(
            NETWORKS, f"localhost:{house.gate.port}", token=bob, page=True
        ),
        "redirect": house.gate.ask(NETWORKS, "localhost", page=True),
        "static": house.gate.ask(static, "localhost"),
        "keys": house.gate.ask(f"{PREFIX}jwks.json", "localhost"),
        "no page": house.gate.ask(f"{PREFIX}x", "localhost", page=True),
        "no page, in": house.gate.ask(f"{PREFIX}static/x", "localhost", page=True),
        "script": house.gate.ask(NETWORKS, "localhost", headers=[("Sec-Fetch-Mode", "cors")]),
        "cross-site": house.gate.ask(SIGN_IN, "localhost", method="POST", page=True, body=b"a=b"),
        "method": house.gate.ask(SIGN_IN, "localhost", method="DELETE", page=True),
        "too long": house.gate.ask(SIGN_IN, "localhost", method="POST", page=True, body=long),
    }


def test_g3_every_answer_below_the_prefix_keeps_others_away(house: House) -> None:
    for name, answer in asked(house).items():
        assert answer.header("cross-origin-opener-policy") == "same-origin", name
        assert answer.header("cross-origin-resource-policy") == "same-origin", name
        assert "frame-ancestors 'none'" in answer.header("content-security-policy"), name
        assert "unsafe-inline" not in answer.header("content-security-policy"), name
        assert answer.header("x-content-type-options") == "nosniff", name
        assert answer.header("x-frame-options") == "DENY", name
        assert answer.header("server") == "", name


def test_g17_pages_keep_the_origin_in_what_they_refer_to(house: House) -> None:
    for name, answer in asked(house).items():
        assert answer.header("referrer-policy") == "strict-origin", name


def test_g3_what_is_saved_needs_its_proof_in_the_same_request(house: House, person: str) -> None:
    browser = house.browser()
    browser.enter(person)
    for proof in ({}, {"proof": ""}, {"proof": "000000"}, {"proof": PASSWORD}):
        browser.open(NETWORKS)
        answer = browser.submit(NETWORKS, {"networks": "127.0.0.0/8", **proof})
        assert answer.status == 422
    assert house.gate.command("account", "networks", person).count("127.0.0.0") == 0


def test_t91_a_form_is_bounded(house: House) -> None:
    many = "&".join(f"f{number}=x" for number in range(10_000)).encode()
    huge = b"a=" + b"x" * 1_000_000
    # A client that goes on sending what nobody wants is cut, and may miss the answer.
    for body, answers in ((many, {400, 413}), (huge, {0, 400, 413})):
        browser = house.browser()
        browser.open(SIGN_IN)
        here = [("Origin", browser.origin), SAME, FORM]
        assert browser.send("POST", SIGN_IN, here, body).status in answers
        assert browser.token == ""


def test_t91_a_field_that_comes_twice_is_refused(house: House) -> None:
    browser = house.browser()
    browser.open(SIGN_IN)
    fields = [*browser.hidden(SIGN_IN).items(), ("account", "bob"), ("account", "alice")]
    body = urlencode([*fields, ("password", PASSWORD)]).encode()
    here = [("Origin", browser.origin), SAME, FORM]
    assert browser.send("POST", SIGN_IN, here, body).status == 400
    assert browser.token == ""

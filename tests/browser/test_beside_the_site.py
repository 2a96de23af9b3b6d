"""The gate's pages share an origin with the old site, whose scripts and frames get none of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import Console
from tests.browser.person import ACCOUNT, PREFIX, SIGN_IN, SIGN_OUT, STEP_UP, Person

FETCH = """async ([path, method]) => {
  const body = method === "POST" ? new URLSearchParams({networks: "", csrf: "guessed"}) : undefined;
  const answer = await fetch(path, {method, body, headers: {Accept: "text/html"}});
  const type = answer.headers.get("content-type");
  return {status: answer.status, type, text: await answer.text(), redirected: answer.redirected};
}"""
FRAME = """(path) => {
  const frame = document.createElement("iframe");
  frame.name = "inner";
  frame.src = path;
  document.body.append(frame);
}"""
SANDBOX = """(action) => {
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-forms allow-top-navigation";
  frame.srcdoc = `<form method="post" action="${location.origin}${action}" target="_top"></form>
    <script>document.forms[0].submit()</` + "script>";
  document.body.append(frame);
}"""
REGISTER = """() => navigator.serviceWorker.register("/stock").then(
  () => "registered", error => error.message)"""
OPEN = """(path) => {
  const opened = window.open(path);
  return new Promise(done => setTimeout(() => {
    let seen;
    try { seen = opened.closed ? "closed" : opened.document.body.innerText; }
    catch (error) { seen = error.name; }
    done(seen);
  }, 1500));
}"""


def fetched(page: Page, path: str, method: str = "GET") -> dict[str, Any]:
    """Fetch as a script of the page does."""
    answer: dict[str, Any] = page.evaluate(FETCH, [path, method])
    return answer


@pytest.mark.parametrize(
    "path", [SIGN_IN, STEP_UP, SIGN_OUT, f"{PREFIX}account/", ACCOUNT, f"{ACCOUNT}/networks"]
)
def test_g3_a_script_of_the_site_can_not_read_a_page_of_the_gate(person: Person, path: str) -> None:
    person.is_signed_in()
    person.opens("/orders")
    answer = fetched(person.page, path)
    assert answer["status"] == 401
    assert answer["type"].startswith("application/json")
    assert "csrf" not in answer["text"]
    assert "<" not in answer["text"]


def test_g3_a_script_of_the_site_can_not_look_into_a_window_of_the_gate(person: Person) -> None:
    person.is_signed_in()
    person.opens("/orders")
    assert person.page.evaluate(OPEN, ACCOUNT) in {"closed", "SecurityError"}


def test_g3_a_script_of_the_site_can_not_send_the_forms_of_the_gate(person: Person) -> None:
    person.is_signed_in()
    person.opens("/orders")
    assert fetched(person.page, f"{ACCOUNT}/sessions/others", "POST")["status"] == 401
    assert fetched(person.page, f"{ACCOUNT}/networks/check", "POST")["status"] == 403
    assert fetched(person.page, SIGN_OUT, "POST")["status"] == 401
    person.opens("/orders")
    assert person.heading == "Orders"


def test_t52_a_frame_of_the_site_does_not_show_a_page_of_the_gate(
    person: Person, console: Console
) -> None:
    console.forgive("frame")
    person.is_signed_in()
    person.opens("/orders")
    with person.page.expect_event("requestfailed") as failed:
        person.page.evaluate(FRAME, ACCOUNT)
    assert failed.value.failure == "net::ERR_BLOCKED_BY_RESPONSE"
    assert "Security" not in person.page.frames[-1].locator("body").inner_text()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_script_of_the_site_learns_that_the_session_is_over(person: Person, method: str) -> None:
    person.is_signed_in()
    person.opens("/orders")
    person.page.context.clear_cookies(name=person.home.gate.cookie_name)
    answer = fetched(person.page, "/orders", method)
    assert answer["status"] == 401
    assert not answer["redirected"]
    said = person.page.evaluate("text => JSON.parse(text)", answer["text"])
    assert said["error"] == "needs_sign_in"
    assert said["sign_in"] == f"{SIGN_IN}?next=/orders"
    assert re.fullmatch(r"[\w-]{6,}", said["request"])


def test_a_frame_of_the_site_shows_a_link_that_leaves_it(person: Person) -> None:
    person.is_signed_in()
    person.opens("/orders")
    person.page.context.clear_cookies(name=person.home.gate.cookie_name)
    person.page.evaluate(FRAME, "/stock")
    link = person.page.frame_locator("iframe").get_by_role("link", name="Sign in")
    link.click()
    person.page.wait_for_url(f"{person.home.origin}{SIGN_IN}?next=/stock")
    expect(person.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_g17_a_form_of_the_gate_says_where_it_comes_from(person: Person) -> None:
    person.opens(SIGN_IN)
    with person.page.expect_request(lambda sent: sent.method == "POST") as posted:
        person.enters("not the password")
    headers = posted.value.all_headers()
    assert headers["origin"] == person.home.origin
    assert headers["referer"] == f"{person.home.origin}/"


def test_g17_a_form_without_an_origin_is_refused(person: Person) -> None:
    person.is_signed_in()
    person.opens("/orders")
    person.page.evaluate(SANDBOX, SIGN_OUT)
    expect(person.page.get_by_role("heading", name="This came from another place")).to_be_visible()
    person.opens("/orders")
    assert person.heading == "Orders"


def test_g4_the_site_can_not_put_a_worker_before_the_pages(
    person: Person, console: Console
) -> None:
    console.forgive("ServiceWorker")
    console.forgive("bad HTTP response code (403)")
    person.is_signed_in()
    person.opens("/orders")
    assert "bad HTTP response code (403)" in person.page.evaluate(REGISTER)

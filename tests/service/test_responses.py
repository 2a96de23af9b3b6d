"""What the gate answers in place of a site: who gets which form, and what every one carries."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from gate.core.arrival import Arrival
from gate.core.decision import Decision, Deny, Level, Permit, Reason, SignIn, StepUp
from gate.core.front_door import FrontDoor, arrive
from gate.core.handoff import PersonalRefusal
from gate.core.policy import Policy
from gate.core.site import Site
from gate.service.answer import Respond
from gate.service.responses import ALWAYS, Responses
from tests.support.decisions import policy, site
from tests.support.enforcing import FETCH, NAVIGATION, SOCKET, STATIC, sent, wire

RESPONSES = Responses(static=STATIC)
SIGN_IN = SignIn(reason=Reason.NEEDS_SIGN_IN)
STEP_UP = StepUp(reason=Reason.NEEDS_SECOND_FACTOR, level=Level.SECOND_FACTOR)
DENY = Deny(reason=Reason.RULE_DENIES, text="Not you.")
FRAME = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))
SITES: Policy = policy(site())


def arrival(*more: tuple[str, str], path: str = "/a?b=c", method: str = "GET") -> Arrival[Site]:
    arrived = arrive(wire(path, None, *more, method=method), SITES, FrontDoor())
    assert isinstance(arrived, Arrival)
    return arrived


def answer(
    decision: Decision, *more: tuple[str, str], path: str = "/a?b=c", method: str = "GET"
) -> Respond:
    return RESPONSES.to_decision(decision, arrival(*more, path=path, method=method), "r-1", "alice")


def said(respond: Respond) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(respond.body)
    return found


@pytest.mark.parametrize(("decision", "page"), [(SIGN_IN, "sign-in"), (STEP_UP, "step-up")])
def test_a_navigation_is_sent_to_the_page_and_comes_back_to_the_exact_url(
    decision: Decision, page: str
) -> None:
    found = answer(decision, *NAVIGATION)
    assert found.status == 303
    assert sent(found.headers, "location") == [f"/-/gate/{page}?next=/a%3Fb%3Dc"]
    assert found.body == b""


@pytest.mark.parametrize(
    "path", ["/a?x=%0d%0aSet-Cookie:y", "/a?u=//evil.test/", "/a?q=&next=//evil.test"]
)
def test_t82_what_was_asked_for_can_not_break_out_of_the_redirect(path: str) -> None:
    (location,) = sent(answer(SIGN_IN, *NAVIGATION, path=path).headers, "location")
    assert location.startswith("/-/gate/sign-in?next=/a%3F")
    assert not set("\r\n&#") & set(location)


@pytest.mark.parametrize("decision", [SIGN_IN, STEP_UP])
def test_a_stopped_post_gets_a_page_that_knows_nothing_was_delivered(decision: Decision) -> None:
    found = answer(decision, *NAVIGATION, method="POST")
    assert found.status == 401
    assert found.personal is not None
    assert found.personal.undelivered


@pytest.mark.parametrize("form", [FETCH, SOCKET, ()], ids=["fetch", "socket", "program"])
@pytest.mark.parametrize(
    ("decision", "status", "error"),
    [
        (SIGN_IN, 401, "needs_sign_in"),
        (STEP_UP, 401, "needs_second_factor"),
        (DENY, 403, "rule_denies"),
    ],
)
def test_scripts_and_programs_get_json(
    form: tuple[tuple[str, str], ...], decision: Decision, status: int, error: str
) -> None:
    found = answer(decision, *form)
    assert found.status == status
    assert sent(found.headers, "content-type") == ["application/json"]
    assert (said(found)["error"], said(found)["request"]) == (error, "r-1")
    assert ("sign_in" in said(found)) is (status == 401)
    assert found.personal is None


def test_a_frame_gets_a_link_that_leaves_it() -> None:
    found = answer(SIGN_IN, *FRAME, path="/a?b=%22c")
    assert found.status == 401
    assert b'target="_top"' in found.body
    assert b'href="/-/gate/sign-in?next=/a%3Fb%3D%2522c"' in found.body
    assert sent(found.headers, "x-frame-options") == []
    assert "frame-ancestors 'self'" in sent(found.headers, "content-security-policy")[0]


def test_a_denied_navigation_gets_a_page_for_the_person() -> None:
    found = answer(DENY, *NAVIGATION)
    assert found.status == 403
    assert found.personal == PersonalRefusal(
        status=403,
        reason="rule_denies",
        wanted="/a?b=c",
        text="Not you.",
        account="alice",
        undelivered=False,
    )
    assert found.body == b"<p>denied r-1"


@pytest.mark.parametrize(
    ("reason", "status"),
    [(Reason.RATE_LIMITED, 429), (Reason.NOT_FOUND, 404), (Reason.IP_NOT_ALLOWED, 403)],
)
def test_the_status_follows_from_the_reason(reason: Reason, status: int) -> None:
    assert answer(Deny(reason=reason)).status == status


def test_f9_a_permit_that_gets_here_is_a_bug_and_denies() -> None:
    found = answer(Permit(reason=Reason.PERMITTED))
    assert (found.status, found.reason) == (503, Reason.GATE_UNAVAILABLE)


@pytest.mark.parametrize("form", [NAVIGATION, FETCH, FRAME], ids=["page", "data", "frame"])
@pytest.mark.parametrize("decision", [SIGN_IN, STEP_UP, DENY], ids=["sign-in", "step-up", "deny"])
def test_t52_every_answer_keeps_scripts_away_and_says_its_reason(
    form: tuple[tuple[str, str], ...], decision: Decision
) -> None:
    found = answer(decision, *form)
    framed = form is FRAME and not isinstance(decision, Deny)
    expected = {header for header in ALWAYS if header[0] != b"X-Frame-Options" or not framed}
    assert expected <= set(found.headers)
    assert "frame-ancestors" in sent(found.headers, "content-security-policy")[0]
    assert sent(found.headers, "x-gate-reason") == [found.reason.value]
    assert sent(found.headers, "x-gate-request") == ["r-1"]


@pytest.mark.parametrize("html_page", [True, False])
def test_a_plain_answer_depends_on_nobody(*, html_page: bool) -> None:
    found = RESPONSES.plain(502, Reason.UPSTREAM_DOWN, "r-2", html_page=html_page, close=True)
    assert (found.status, found.close, found.personal) == (502, True, None)
    assert (found.body == b"<p>refused r-2") is html_page


def test_t25_what_came_in_the_clear_is_sent_to_the_same_url_on_https() -> None:
    asked = arrival(path="/a?b=c%20d", method="POST")
    secure = Responses(static=STATIC, hsts=True)
    for port, at in ((443, ""), (8443, ":8443")):
        found = secure.to_https(asked, port, "r-1")
        assert (found.status, found.reason, found.body) == (308, Reason.PLAIN_HTTP, b"")
        assert sent(found.headers, "location") == [f"https://{asked.host.name}{at}/a?b=c%20d"]
        assert sent(found.headers, "strict-transport-security") == []


def test_answers_that_travel_by_tls_alone_say_so_for_two_years() -> None:
    secure = Responses(static=STATIC, hsts=True)
    for responses, told in ((secure, ["max-age=63072000"]), (secure.sent(in_the_clear=True), [])):
        for lines in (NAVIGATION, FETCH, FRAME):
            for decision in (SIGN_IN, DENY):
                found = responses.to_decision(decision, arrival(*lines), "r-1", "alice")
                assert sent(found.headers, "strict-transport-security") == told

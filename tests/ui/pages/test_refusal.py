"""The refusal that a data plane asks for."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from gate.core import handoff
from gate.core.decision import Reason
from gate.core.handoff import PersonalRefusal, encode_refusal
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import House


@pytest.fixture(scope="module")
def house() -> House:
    return House()


def refused(house: House, reason: str, **more: object) -> Answer:
    """Ask as a data plane asks: nothing of the browser comes along."""
    plain = {"status": 403, "reason": reason, "wanted": "/admin?x=1", "account": "bob"} | more
    refusal = PersonalRefusal(**plain)  # type: ignore[arg-type]  # a table of keywords
    headers = {handoff.REFUSAL.decode(): encode_refusal(refusal).decode()}
    return Browser(house.app).send("GET", handoff.REFUSAL_PATH, headers)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_page_with_a_way_on(house: House, reason: Reason) -> None:
    answer = refused(house, reason, status=418)
    assert answer.status == 200
    assert answer.header("content-type").startswith("text/html")
    assert "boot-1" in answer.text
    assert f"<code>{reason}</code>" in answer.text
    assert "<h1>" in answer.text
    assert "rule" not in answer.text.replace("rule_denies", "").replace("no_rule_matched", "")


@pytest.mark.parametrize("undelivered", [False, True])
@pytest.mark.parametrize("name", ["", "bob"])
@pytest.mark.parametrize("reason", [each for each in Reason if each is not Reason.UNKNOWN_HOST])
def test_no_refusal_is_a_dead_end(
    house: House, reason: Reason, name: str, undelivered: bool
) -> None:
    text = refused(house, reason, account=name, undelivered=undelivered).text
    assert 'class="button ' in text.partition("<h1>")[2]


def test_a_name_that_is_not_served_leaves_somebody_to_ask(house: House) -> None:
    assert "help@example.com" in refused(house, Reason.UNKNOWN_HOST).text


def test_a_restricted_address_is_named_with_what_to_do(house: House) -> None:
    text = refused(house, Reason.IP_NOT_ALLOWED).text
    assert "You came from 203.0.113.9" in text
    assert "Connect from a network that you normally use" in text
    assert "help@example.com" in text
    assert "Signed in as <strong>bob</strong>" in text


def test_the_policys_own_text_is_shown(house: House) -> None:
    text = refused(house, Reason.RULE_DENIES, text="For admins\nin the office.").text
    assert '<blockquote class="said">For admins\nin the office.</blockquote>' in text


@pytest.mark.parametrize(
    ("reason", "page"),
    [(Reason.NEEDS_SIGN_IN, "sign-in"), (Reason.FACTOR_TOO_OLD, "step-up")],
)
def test_what_was_wanted_follows_the_missing_proof(house: House, reason: Reason, page: str) -> None:
    text = refused(house, reason).text
    assert f'href="/-/gate/{page}?next={quote("/admin?x=1", safe="/")}"' in text


@pytest.mark.parametrize("reason", [Reason.NEEDS_SIGN_IN, Reason.NEEDS_SECOND_FACTOR])
def test_a_stopped_post_is_said_to_be_undelivered(house: House, reason: Reason) -> None:
    text = refused(house, reason, undelivered=True).text
    assert "What you sent was not delivered." in text
    assert "go back one page, and send it again" in text
    assert 'target="_blank"' in text
    assert "next=" not in text


def test_a_stopped_post_is_not_tried_again_by_a_link(house: House) -> None:
    text = refused(house, Reason.UPSTREAM_DOWN, undelivered=True).text
    assert "What you sent was not delivered." in text
    assert "Try again</a>" not in text


@pytest.mark.parametrize(
    "reason", [Reason.NO_RULE_MATCHED, Reason.ACCOUNT_DISABLED, Reason.NOT_ENROLLED]
)
def test_another_account_is_offered_to_whoever_is_signed_in(house: House, reason: Reason) -> None:
    assert "Use another account" in refused(house, reason).text
    assert "Use another account" not in refused(house, reason, account="").text


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/-/gate/sign-out"]
)
def test_t80_no_link_leads_away(house: House, wanted: str) -> None:
    for reason in (Reason.NEEDS_SIGN_IN, Reason.UPSTREAM_DOWN, Reason.IP_NOT_ALLOWED):
        text = refused(house, reason, wanted=wanted).text
        assert "evil" not in text
        assert "alert" not in text


def test_t81_whatever_a_plane_hands_over_is_inert(house: House) -> None:
    bad = "<script>alert(1)</script>"
    text = refused(house, bad, wanted=f"/{bad}", text=bad, account=bad).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_an_unknown_reason_is_a_closed_page(house: House) -> None:
    assert "You have no access to it." in refused(house, "from a newer version").text


@pytest.mark.parametrize("value", ["", "x", "e30="])
def test_without_a_refusal_there_is_nothing_here(house: House, value: str) -> None:
    headers = {handoff.REFUSAL.decode(): value} if value else {}
    assert Browser(house.app).send("GET", handoff.REFUSAL_PATH, headers).status == 404

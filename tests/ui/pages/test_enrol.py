"""The start of a one-time link: a cookie for a token, and a page that says what will happen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Level
from gate.core.policy import AccountEntry
from gate.core.ports import LinkPurpose
from gate.core.rules import Requirement
from gate.core.subject import AccountState
from tests.ui.browser import Browser
from tests.ui.house import AT, House, allowlist, policy_of
from tests.ui.travelling import ENROL, NEW_PASSWORD, Travelling

COOKIE = "__Host-gate-enrol"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def erin(house: House) -> Travelling:
    return Travelling(house)


def test_g20_a_link_becomes_a_cookie_and_an_address_without_the_token(erin: Travelling) -> None:
    answer = erin.browser.get(f"{ENROL}/{erin.token.reveal()}")
    assert (answer.status, answer.location) == (303, ENROL)
    (planted,) = answer.set_cookies
    assert planted.startswith(f"{COOKIE}=")
    assert "HttpOnly" in planted
    assert erin.token.reveal() not in planted
    page = erin.browser.follow(answer)
    assert page.status == 200
    assert erin.token.reveal() not in page.text


def test_g20_opening_a_link_uses_nothing_up(erin: Travelling) -> None:
    for _ in range(3):
        erin.browser.cookies.clear()
        assert erin.opens().status == 200
    assert erin.goes_all_the_way().status == 303


def test_the_page_says_for_whom_it_is_and_what_will_happen(erin: Travelling) -> None:
    page = erin.opens()
    assert page.title == "Set up your account · Gate"
    assert "erin" in page.text
    assert "wiki.example.com" in page.text
    for words in ("Choose a password", "Add a second proof", "Store recovery codes"):
        assert words in page.text
    assert "the help desk" in page.text


def test_without_the_link_the_journey_goes_on_where_it_stopped(erin: Travelling) -> None:
    assert "If you open the link again, you begin anew." in erin.opens().text
    erin.gives()
    page = erin.browser.get(ENROL)
    assert 'href="/-/gate/enrol/factor"' in page.text
    assert "Go on where you stopped" in page.text


def test_t64_opened_again_the_journey_begins_anew_whoever_planted_a_cookie(
    erin: Travelling,
) -> None:
    thief = Browser(erin.house.app)
    thief.follow(thief.get(f"{ENROL}/{erin.token.reveal()}"))
    erin.browser.cookies[COOKIE] = thief.cookies[COOKIE]
    assert "Begin" in erin.opens().text
    assert erin.browser.cookies[COOKIE] != thief.cookies[COOKIE]
    erin.gives()
    assert thief.get(f"{ENROL}/factor").location == f"{ENROL}/password"


def test_t64_another_browser_with_the_same_link_sees_nothing_of_it(erin: Travelling) -> None:
    erin.opens()
    erin.gives()
    seed = erin.seed_on(erin.sees_app())
    thief = Browser(erin.house.app)
    thief.follow(thief.get(f"{ENROL}/{erin.token.reveal()}"))
    assert thief.cookies[COOKIE] != erin.browser.cookies[COOKIE]
    hidden = thief.get(f"{ENROL}/password").hidden
    thief.post(f"{ENROL}/password", hidden | {"password": NEW_PASSWORD})
    shown = thief.post(f"{ENROL}/code-app", thief.get(f"{ENROL}/factor").hidden)
    assert erin.seed_on(shown) != seed


def refused(answer_reason: str, erin: Travelling) -> None:
    answer = erin.browser.get(f"{ENROL}/{erin.token.reveal()}")
    assert f"<code>{answer_reason}</code>" in answer.text
    assert "the help desk" in answer.text
    assert answer.set_cookies == []
    assert answer.status in {403, 410}


def test_g20_a_link_ends_after_a_day(erin: Travelling) -> None:
    erin.house.clock.advance(timedelta(hours=23, minutes=59))
    assert erin.opens().status == 200
    erin.house.clock.advance(timedelta(minutes=1))
    refused("link_expired", erin)


def test_g20_a_link_works_once(erin: Travelling) -> None:
    erin.goes_all_the_way()
    erin.browser = Browser(erin.house.app)
    refused("link_used", erin)


def test_g20_a_newer_link_takes_its_place(erin: Travelling) -> None:
    erin.new_link()
    refused("link_void", erin)


def test_g20_a_change_of_factors_voids_it(erin: Travelling) -> None:
    erin.house.store.accounts.reset_factors(erin.account.id)
    refused("link_void", erin)


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.LOCKED])
def test_g20_disabling_voids_it_for_good(erin: Travelling, state: AccountState) -> None:
    erin.house.store.accounts.set_state(erin.account.id, state)
    refused("link_void", erin)
    erin.house.store.accounts.set_state(erin.account.id, AccountState.ENABLED)
    refused("link_void", erin)


def test_a_token_that_nobody_was_given_is_as_void_as_any(erin: Travelling) -> None:
    answer = erin.browser.get(f"{ENROL}/{'a' * 43}")
    assert answer.status == 410
    assert "link_void" in answer.text


@pytest.mark.parametrize("word", ["a", "a" * 42, "a" * 44, "%2e", "a" * 42 + "$"])
def test_what_is_no_token_is_no_page(erin: Travelling, word: str) -> None:
    assert erin.browser.get(f"{ENROL}/{word}").status == 404


def test_g20_a_link_obeys_the_networks_of_its_account(house: House) -> None:
    house.add("frank", networks="198.51.100.0/24")
    frank = Travelling(house, "frank", LinkPurpose.RESET)
    refused("ip_not_allowed", frank)
    frank.browser.client = "198.51.100.4"
    assert frank.opens().status == 200
    frank.browser.client = "203.0.113.9"
    assert "ip_not_allowed" in frank.browser.get(f"{ENROL}/password").text


def test_g20_a_link_obeys_the_networks_of_the_policy() -> None:
    entry = AccountEntry(name="erin", at=AT, networks=allowlist("198.51.100.0/24"))
    refused("ip_not_allowed", Travelling(House(policy=policy_of(entry))))


def test_g25_a_link_can_not_be_used_by_the_session_that_made_it(house: House) -> None:
    house.add("alice")
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    (session,) = house.store.sessions.all()
    erin = Travelling(house)
    erin.token = house.links.make(erin.account, LinkPurpose.NEW, issuer=session.id).token
    erin.browser, other = browser, erin.browser
    answer = browser.get(f"{ENROL}/{erin.token.reveal()}")
    assert answer.status == 403
    assert "link_not_here" in answer.text
    erin.browser = other
    assert erin.goes_all_the_way().status == 303


def test_g5_on_another_host_it_leads_to_where_the_pages_live(erin: Travelling) -> None:
    erin.browser.host = "shop.example.com"
    path = f"{ENROL}/{erin.token.reveal()}"
    assert erin.browser.get(path).location == f"https://wiki.example.com{path}"
    assert erin.browser.get(f"{ENROL}/password").location == (
        "https://wiki.example.com/-/gate/enrol/password"
    )


def test_without_the_cookie_a_step_asks_for_the_link(house: House) -> None:
    browser = Browser(house.app)
    for page in ("", "/password", "/factor", "/recovery-codes"):
        answer = browser.get(ENROL + page)
        assert answer.status == 403
        assert "needs_link" in answer.text


def test_a_journey_that_was_left_for_an_hour_begins_anew(erin: Travelling) -> None:
    erin.opens()
    erin.gives()
    erin.house.clock.advance(timedelta(hours=1))
    assert "needs_link" in erin.browser.get(f"{ENROL}/factor").text
    assert "Begin" in erin.opens().text


def test_somebody_else_who_is_signed_in_here_is_told(house: House) -> None:
    house.add("alice")
    erin = Travelling(house)
    erin.browser.sign_in(house, "alice")
    assert "In this browser <strong>alice</strong> is signed in." in erin.opens().text


def test_g20_at_a_first_sign_in_the_password_leads_into_the_journey() -> None:
    entry = AccountEntry(name="*", at=AT, require=Requirement(level=Level.SECOND_FACTOR))
    house = House(policy=policy_of(entry), first_sign_in_from=allowlist("203.0.113.0/24"))
    house.add("frank", has_app=False)
    frank = Travelling(house, "frank", LinkPurpose.ADD)
    answer = frank.browser.enter("frank")
    assert (answer.status, answer.location) == (303, ENROL)
    assert "__Host-gate" not in frank.browser.cookies
    page = frank.browser.follow(answer)
    assert page.title.startswith("One thing before you go on")
    assert "link" not in page.text.partition("<main")[2].partition("</main")[0]
    assert 'href="/-/gate/enrol/factor"' in page.text
    frank.sets_up_app()
    frank.sees_codes()
    assert frank.finishes().status == 303
    assert frank.browser.get("/-/gate/account/security").status == 200


def test_g20_from_elsewhere_a_first_sign_in_is_refused_as_before() -> None:
    entry = AccountEntry(name="*", at=AT, require=Requirement(level=Level.SECOND_FACTOR))
    house = House(policy=policy_of(entry), first_sign_in_from=allowlist("198.51.100.0/24"))
    house.add("frank", has_app=False)
    browser = Browser(house.app)
    answer = browser.enter("frank")
    assert answer.status == 403
    assert "not_enrolled" in answer.text
    assert COOKIE not in browser.cookies

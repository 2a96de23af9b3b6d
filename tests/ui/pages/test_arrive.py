"""Arriving by a ticket: the cookie, the exact page, and what is said when it is not good."""

from __future__ import annotations

import pytest

from tests.ui.house import House
from tests.ui.two_hosts import COOKIE, NONCE, PAGES, SHOP, SIGN_IN, Traveller

ARRIVE = "/-/gate/arrive"
SECURE = "; Path=/; HttpOnly; SameSite=Lax; Secure"


@pytest.fixture
def alice(house: House) -> Traveller:
    alice = Traveller(house)
    alice.at(PAGES).sign_in(house, "alice")
    return alice


def ticket(alice: Traveller, wanted: str = "/orders") -> str:
    """Give the address with a ticket that the pages' host gives out."""
    return alice.open(alice.open(f"{SHOP}{SIGN_IN}?next={wanted}").location).location


def test_t46_arriving_plants_the_session_and_takes_the_nonce_back(alice: Traveller) -> None:
    answer = alice.open(ticket(alice))
    assert (answer.status, answer.location) == (303, "/orders")
    token = alice.token()
    assert answer.set_cookies == [
        f"{COOKIE}={token}{SECURE}",
        f"__Host-gate-form={SECURE}; Max-Age=0",
        f"{NONCE}={SECURE}; Max-Age=0",
    ]
    assert answer.header("cache-control") == "no-store"
    assert answer.header("referrer-policy") == "strict-origin"


def test_g5_a_ticket_that_comes_again_leads_a_live_session_to_the_start(alice: Traveller) -> None:
    led = ticket(alice)
    alice.open(led)
    token = alice.token()
    again = alice.open(led)
    assert (again.status, again.location, again.set_cookies) == (303, "/", [])
    assert alice.token() == token


def test_without_the_nonce_a_page_says_what_to_do_and_leads_to_the_wanted_page(
    alice: Traveller,
) -> None:
    led = ticket(alice, "/stock")
    alice.at(SHOP).cookies.clear()
    answer = alice.open(led)
    assert answer.status == 403
    assert "ticket_void" in answer.text
    assert 'href="/-/gate/sign-in?next=/stock"' in answer.text
    assert COOKIE not in alice.at(SHOP).cookies
    assert alice.wants("/stock") == f"{SHOP}/stock"


@pytest.mark.parametrize("query", ["", "?ticket=", "?ticket=junk", "?ticket=a&ticket=b", "?x=%00"])
def test_t45_junk_is_no_ticket(alice: Traveller, query: str) -> None:
    alice.open(f"{SHOP}{SIGN_IN}?next=/")
    answer = alice.open(f"{SHOP}{ARRIVE}{query}")
    assert (answer.status, NONCE in alice.at(SHOP).cookies) == (403, False)


def test_a_ticket_opens_nothing_on_the_host_of_the_pages(alice: Traveller) -> None:
    led = ticket(alice)
    other = Traveller(alice.house)
    other.open(f"{PAGES}{SIGN_IN}")
    answer = other.open(led.replace(SHOP, PAGES))
    assert (answer.status, COOKIE in other.at(PAGES).cookies) == (403, False)


def test_g3_a_ticket_is_taken_from_a_window_alone(alice: Traveller) -> None:
    led = ticket(alice).removeprefix(SHOP)
    for mode, dest in (("cors", "empty"), ("navigate", "iframe"), ("no-cors", "image")):
        fetched = alice.at(SHOP).get(led, {"sec-fetch-mode": mode, "sec-fetch-dest": dest})
        assert fetched.status == 401
    assert alice.open(SHOP + led).location == "/orders"


def test_only_a_get_arrives(alice: Traveller) -> None:
    assert alice.at(SHOP).post(ARRIVE, {"ticket": "x"}).status == 405

"""The pages live on one host: how the other ones lead there, and how a ticket leads back (G5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from gate.core.subject import Method, Proof
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import PASSWORD, House, site
from tests.ui.two_hosts import (
    COOKIE,
    NONCE,
    PAGES,
    SHOP,
    SIGN_IN,
    SIGN_OUT,
    STEP_UP,
    Traveller,
)
from ui.redirects import LONGEST, Target

ACCOUNT = "/-/gate/account/security"
SECURE = "; Path=/; HttpOnly; SameSite=Lax; Secure"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    house.add("carol", has_app=False)
    return house


@pytest.fixture
def alice(house: House) -> Traveller:
    return Traveller(house)


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


# --- sign-in ------------------------------------------------------------------------------------


def test_g5_another_host_plants_a_nonce_and_leads_to_sign_in_with_its_seal(
    alice: Traveller,
) -> None:
    answer = alice.open(f"{SHOP}{SIGN_IN}?next=/orders%3Fpage%3D2")
    assert answer.status == 303
    assert answer.location.startswith(f"{PAGES}{SIGN_IN}?")
    asked = query(answer.location)
    assert asked["next"] == f"{SHOP}/orders?page=2"
    nonce = alice.at(SHOP).cookies[NONCE]
    assert len(asked["seal"]) == 64
    assert nonce not in answer.location
    assert answer.set_cookies == [f"{NONCE}={nonce}{SECURE}; Max-Age=3600"]


def test_g5_one_sign_in_opens_the_exact_page_of_the_other_host(alice: Traveller) -> None:
    assert alice.signs_in("/a%20b/%C3%A9?q=%2F&x") == f"{SHOP}/a%20b/%C3%A9?q=%2F&x"
    assert alice.token(PAGES)
    assert alice.token(SHOP) not in {"", alice.token(PAGES)}
    assert NONCE not in alice.at(SHOP).cookies


def test_g5_who_is_signed_in_there_is_asked_for_nothing(house: House, alice: Traveller) -> None:
    alice.at(PAGES).sign_in(house, "alice")
    assert alice.wants("/orders") == f"{SHOP}/orders"
    paths = [urlsplit(each).path for each in alice.trail]
    assert paths == [SIGN_IN, SIGN_IN, "/-/gate/arrive", "/orders"]


def test_g5_two_windows_of_one_browser_both_arrive(house: House, alice: Traveller) -> None:
    first = alice.open(f"{SHOP}{SIGN_IN}?next=/one")
    second = alice.open(f"{SHOP}{SIGN_IN}?next=/two")
    assert "set-cookie" in dict(second.headers)
    alice.at(PAGES).sign_in(house, "alice")
    assert alice.follow(first, SHOP) == f"{SHOP}/one"
    assert alice.follow(second, SHOP) == f"{SHOP}/two"


def test_t44_a_partial_session_is_led_to_step_up_and_then_back(
    house: House, alice: Traveller
) -> None:
    alice.at(PAGES).enter("alice")
    asked = alice.wants("/orders")
    assert asked.startswith(f"{PAGES}{STEP_UP}?next=")
    assert alice.sends(asked, {"code": house.next_code()}) == f"{SHOP}/orders"


def test_who_has_a_password_alone_arrives_after_it(alice: Traveller) -> None:
    asked = alice.wants("/orders")
    assert alice.sends(asked, {"account": "carol", "password": PASSWORD}) == f"{SHOP}/orders"


def test_an_address_that_is_not_admitted_is_told_so(house: House) -> None:
    house.add("dora", networks="203.0.113.0/24")
    dora = Traveller(house)
    dora.at(PAGES).sign_in(house, "dora")
    dora.at(PAGES).client = "198.51.100.4"
    answer = dora.open(dora.open(f"{SHOP}{SIGN_IN}?next=/orders").location)
    assert (answer.status, answer.title) == (403, "Not from this address · Gate")


@pytest.mark.parametrize("page", ["account/", "account/security", "account/security/sessions"])
def test_account_pages_are_led_home_without_a_ticket(alice: Traveller, page: str) -> None:
    path = f"/-/gate/{page}"
    assert alice.open(SHOP + path).location == PAGES + path
    assert alice.open(f"{SHOP}{SIGN_IN}?next={path}").location == PAGES + path


def test_without_a_wish_the_start_of_the_site_is_meant(alice: Traveller) -> None:
    assert query(alice.open(SHOP + SIGN_IN).location)["next"] == f"{SHOP}/"


# --- what others make of it (T50, T80) -------------------------------------------------------


def test_t50_a_ticket_of_somebody_else_signs_nobody_in(house: House, alice: Traveller) -> None:
    house.add("mallory")
    mallory = Traveller(house)
    mallory.at(PAGES).sign_in(house, "mallory")
    led = mallory.open(mallory.open(f"{SHOP}{SIGN_IN}?next=/trap").location).location
    alice.wants("/orders")  # so that the victim's browser has a nonce, too
    answer = alice.open(led)
    assert (answer.status, answer.title) == (403, "One more try to sign you in here · Gate")
    assert COOKIE not in alice.at(SHOP).cookies
    assert mallory.open(led).status == 403  # and it is spent


def test_t50_a_ticket_of_somebody_else_replaces_no_session(house: House, alice: Traveller) -> None:
    house.add("mallory")
    alice.signs_in("/orders")
    held = alice.token()
    mallory = Traveller(house)
    mallory.at(PAGES).sign_in(house, "mallory")
    led = mallory.open(mallory.open(f"{SHOP}{SIGN_IN}?next=/trap").location).location
    assert alice.open(led).location == "/trap"
    assert alice.token() == held


def test_t50_a_seal_of_another_browser_leads_the_victim_to_no_session(
    house: House, alice: Traveller
) -> None:
    alice.at(PAGES).sign_in(house, "alice")
    mallory = Traveller(house)
    led = mallory.open(f"{SHOP}{SIGN_IN}?next=/orders").location
    ticket = alice.open(led).location
    assert alice.open(ticket).status == 403
    assert mallory.open(ticket).status == 403
    assert not mallory.token()


@pytest.mark.parametrize("change", ["path", "host", "no seal", "short seal", "odd seal"])
def test_t80_a_changed_address_leads_to_no_ticket_that_counts(
    house: House, alice: Traveller, change: str
) -> None:
    alice.at(PAGES).sign_in(house, "alice")
    led = alice.open(f"{SHOP}{SIGN_IN}?next=/orders").location
    changed = {
        "path": led.replace("/orders", "/other"),
        "host": led.replace("shop.example.com", "evil.example"),
        "no seal": led.partition("&seal=")[0],
        "short seal": led[:-1],
        "odd seal": led[:-1] + "G",
    }[change]
    answer = alice.open(changed)
    if answer.location:
        assert answer.location.startswith(f"{SHOP}/-/gate/arrive?ticket=")
        answer = alice.open(answer.location)
        assert answer.status == 403
    assert "evil" not in answer.text
    assert not alice.token()


def test_t80_a_foreign_next_leads_home_and_nowhere_else(house: House, alice: Traveller) -> None:
    alice.at(PAGES).sign_in(house, "alice")
    for wanted in ("https://evil.example/", "//evil.example/", "https://shop.example.com@evil/"):
        led = alice.open(f"{SHOP}{SIGN_IN}?next={wanted}").location
        assert query(led)["next"] == f"{SHOP}/"


def test_t50_no_form_is_taken_on_another_host(house: House, alice: Traveller) -> None:
    alice.signs_in("/orders")
    shop = alice.at(SHOP)
    for path in (SIGN_IN, STEP_UP, f"{ACCOUNT}/password", f"{ACCOUNT}/sessions/others"):
        answer = shop.post(path, {"account": "alice", "password": PASSWORD, "csrf": "x"})
        assert (answer.status, answer.location) == (303, PAGES + path)
    check = shop.post(f"{ACCOUNT}/networks/check", {"networks": ""}, {"x-gate-csrf": "x"})
    assert check.status == 401
    assert len(house.store.sessions.all()) == 2


def test_g3_a_script_gets_no_ticket(house: House, alice: Traveller) -> None:
    alice.at(PAGES).sign_in(house, "alice")
    led = alice.open(f"{SHOP}{SIGN_IN}?next=/orders").location
    script = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
    answer = alice.at(PAGES).get(led.removeprefix(PAGES), script)
    assert (answer.status, answer.location) == (401, "")


# --- step-up ------------------------------------------------------------------------------------


def test_t40_step_up_leads_home_and_back_with_another_token(house: House, alice: Traveller) -> None:
    alice.signs_in("/orders")
    before = alice.token()
    asked = alice.wants("/stock", STEP_UP)
    assert asked == f"{PAGES}{STEP_UP}?next=https%3A//shop.example.com/stock"
    assert alice.sends(asked, {"code": house.next_code()}) == f"{SHOP}/stock"
    assert alice.token() not in {"", before}
    ages = [proofs_of(house, alice, origin) for origin in (PAGES, SHOP)]
    assert ages[0] == ages[1]
    assert len(house.store.sessions.all()) == 2


def proofs_of(house: House, traveller: Traveller, origin: str) -> tuple[Proof, ...]:
    host = origin.partition("://")[2]
    (found,) = [each for each in house.store.sessions.all() if each.host == host]
    assert traveller.token(origin)
    return found.proofs


def test_step_up_asks_for_nothing_where_more_was_proved_already(
    house: House, alice: Traveller
) -> None:
    alice.signs_in("/orders")
    house.clock.advance(timedelta(minutes=5))
    alice.at(PAGES).prove(house.next_code())
    before = proofs_of(house, alice, SHOP)
    assert alice.wants("/stock", STEP_UP) == f"{SHOP}/stock"
    assert proofs_of(house, alice, SHOP) != before
    assert alice.wants("/stock", STEP_UP).startswith(f"{PAGES}{STEP_UP}")


def test_step_up_in_a_browser_that_keeps_no_nonce_says_so_and_leads_round_in_no_circle(
    house: House, alice: Traveller
) -> None:
    alice.signs_in("/orders")
    house.clock.advance(timedelta(minutes=5))
    alice.at(PAGES).prove(house.next_code())
    answer = alice.open(f"{SHOP}{STEP_UP}?next=/stock")
    del alice.at(SHOP).cookies[NONCE]
    answer = alice.open(alice.open(answer.location).location)
    assert (answer.status, answer.title) == (403, "One more try to sign you in here · Gate")


@pytest.mark.parametrize("page", [SIGN_IN, STEP_UP])
def test_who_is_signed_in_at_home_gets_to_account_pages_at_once(
    house: House, alice: Traveller, page: str
) -> None:
    alice.signs_in("/orders")
    house.clock.advance(timedelta(minutes=5))
    alice.at(PAGES).prove(house.next_code())
    assert alice.open(f"{SHOP}{page}?next={ACCOUNT}").location == PAGES + ACCOUNT


@pytest.mark.parametrize("page", [SIGN_IN, STEP_UP])
def test_g5_another_port_of_the_pages_host_leads_to_where_keys_work(
    house: House, page: str
) -> None:
    sites = {"nas": site("nas", "wiki.example.com:8443")}
    house.policy = replace(house.policy, sites={**house.policy.sites, **sites})
    alice = Traveller(house)
    pages = alice.at(PAGES)
    pages.sign_in(house, "alice")
    nas = Browser(house.app, host="wiki.example.com:8443", site="nas", cookies=pages.cookies)
    led = nas.get(f"{page}?next=/notes").location
    assert led == f"{PAGES}{page}?next=https%3A//wiki.example.com%3A8443/notes"
    assert 'value="https://wiki.example.com:8443/notes"' in alice.open(led).text
    assert nas.post(page, {"csrf": "x"}).location == PAGES + page


def test_t80_a_host_of_one_letter_is_not_cut_out_of_the_scheme() -> None:
    target = Target(url="https://s/orders?s", host="s", path="/orders", is_local=False)
    assert (target.origin, target.local) == ("https://s", "/orders?s")


def test_t50_a_link_of_somebody_else_to_sign_in_replaces_no_session(
    house: House, alice: Traveller
) -> None:
    alice.signs_in("/orders")
    before = house.store.sessions.all()
    answer = alice.open(f"{SHOP}{SIGN_IN}?next=/stock")
    assert (answer.location, answer.set_cookies) == ("/stock", [])
    assert house.store.sessions.all() == before


def test_the_longest_target_comes_back_from_the_other_host(house: House, alice: Traveller) -> None:
    alice.at(PAGES).sign_in(house, "alice")
    path = "/".ljust(LONGEST, "a")
    assert alice.wants(path) == SHOP + path
    assert alice.wants(path + "a") == f"{SHOP}/"


def test_step_up_of_a_stranger_is_sign_in(alice: Traveller) -> None:
    assert alice.wants("/stock", STEP_UP).startswith(f"{PAGES}{SIGN_IN}?next=")


def test_step_up_for_an_account_page_is_at_home(alice: Traveller) -> None:
    alice.signs_in("/orders")
    asked = alice.open(f"{SHOP}{STEP_UP}?next={ACCOUNT}").location
    assert asked == f"{PAGES}{STEP_UP}?next={ACCOUNT}"


# --- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [PAGES, SHOP])
def test_t41_signing_out_anywhere_ends_all(house: House, alice: Traveller, origin: str) -> None:
    alice.signs_in("/orders")
    page = alice.at(origin).get(SIGN_OUT)
    assert "shop.example.com" in page.text
    answer = alice.at(origin).fill(SIGN_OUT, {})
    assert (answer.status, answer.location) == (303, SIGN_OUT)
    assert house.store.sessions.all() == ()
    assert alice.wants("/orders").startswith(f"{PAGES}{SIGN_IN}?next=")


def test_t42_a_new_password_ends_the_sessions_of_other_hosts_and_a_ticket_brings_them_back(
    house: House, alice: Traveller
) -> None:
    alice.signs_in("/orders")
    pages = alice.at(PAGES)
    new = {"current": PASSWORD, "password": "another long password of mine"}
    assert pages.fill(f"{ACCOUNT}/password", new).status == 303
    assert [each.host for each in house.store.sessions.all()] == ["wiki.example.com"]
    assert alice.wants("/orders") == f"{SHOP}/orders"


def test_r16_other_browsers_end_on_all_their_hosts(house: House, alice: Traveller) -> None:
    alice.signs_in("/orders")
    other = Traveller(house, client="198.51.100.4")
    other.signs_in("/orders")
    sessions = f"{ACCOUNT}/sessions"
    answer: Answer = alice.at(PAGES).fill(sessions, {}, action=f"{sessions}/others")
    assert answer.status == 303
    assert {each.address.compressed for each in house.store.sessions.all()} == {"203.0.113.9"}
    assert len(house.store.sessions.all()) == 2


def test_r14_work_on_one_host_keeps_the_others_alive(house: House, alice: Traveller) -> None:
    alice.signs_in("/orders")
    for _ in range(3):
        house.clock.advance(timedelta(minutes=40))
        (child,) = [each for each in house.store.sessions.all() if each.parent]
        house.store.sessions.touch({child.active_as: house.clock.now()})
    assert alice.at(PAGES).get(ACCOUNT).status == 200
    house.clock.advance(timedelta(hours=1))
    assert alice.at(PAGES).get(ACCOUNT).status == 303
    assert alice.at(SHOP).get(SIGN_OUT).title == "You are signed out · Gate"


def test_g5_the_proofs_of_the_parent_are_the_childs(house: House, alice: Traveller) -> None:
    alice.signs_in("/orders")
    assert {proof.method for proof in proofs_of(house, alice, SHOP)} == {
        Method.PASSWORD,
        Method.TOTP,
    }


def test_the_sign_in_page_at_home_stays_what_it_was(house: House) -> None:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    page = browser.get(f"{SIGN_IN}?next=https%3A//shop.example.com/x")
    assert page.status == 200
    assert "You are signed in as" in page.text

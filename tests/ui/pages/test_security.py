"""The overview: what protects the account, and what happened lately."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Level
from gate.core.policy import AccountEntry
from gate.core.ports import AuditRecord
from gate.core.rules import Requirement
from gate.core.subject import AccountState
from tests.ui.browser import Browser
from tests.ui.house import AT, NOON, House, allowlist, policy_of
from ui.pages.security import said

SECURITY = "/-/gate/account/security"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice", networks="203.0.113.0/24")
    house.add("carol", has_app=False)
    return house


def test_it_says_what_protects_the_account(browser: Browser) -> None:
    text = browser.get(SECURITY).text
    assert "Restricted to one network." in text
    assert "Only this browser is signed in." in text
    assert "phone, last used" in text
    assert "Without them a lost phone locks you out." in text
    assert 'href="/-/gate/account/security/totp">Manage code apps' in text
    assert 'href="/-/gate/account/security/recovery-codes">Make recovery codes' in text


def test_it_says_what_happened_lately(browser: Browser) -> None:
    Browser(browser.app, client="198.51.100.4").enter("alice", "wrong")
    text = browser.get(SECURITY).text
    assert "Sign-in refused" in text
    assert "from 198.51.100.4" in text
    assert "Confirmed with a code" in text


def test_an_account_without_a_factor_sees_its_password_only(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("carol")
    text = browser.get(SECURITY).text
    assert "This account has no second factor." in text
    assert "account/security/password" in text
    assert "account/security/networks" not in text
    assert "account/security/sessions" not in text
    for page in ("networks", "sessions", "totp", "recovery-codes"):
        answer = browser.get(f"{SECURITY}/{page}")
        assert answer.status == 403
        assert "not_enrolled" in answer.text


def test_g14_a_stranger_is_sent_to_sign_in_and_comes_back(house: House) -> None:
    answer = Browser(house.app).get(f"{SECURITY}/password")
    assert answer.location == "/-/gate/sign-in?next=/-/gate/account/security/password"


def test_g14_the_address_counts_on_the_own_pages(house: House, browser: Browser) -> None:
    elsewhere = Browser(house.app, client="198.51.100.4", cookies=browser.cookies)
    answer = elsewhere.get(SECURITY)
    assert answer.status == 403
    assert "You came from 198.51.100.4" in answer.text


def test_t43_narrowing_the_list_counts_on_the_next_request(house: House, browser: Browser) -> None:
    assert browser.get(SECURITY).status == 200
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    house.store.accounts.set_networks(alice.id, allowlist("192.0.2.0/24"))
    assert browser.get(SECURITY).status == 403


def test_t43_disabling_counts_on_the_next_request(house: House, browser: Browser) -> None:
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    house.store.accounts.set_state(alice.id, AccountState.DISABLED)
    assert browser.get(SECURITY).status == 303


def test_t41_time_ends_a_session(house: House, browser: Browser) -> None:
    house.clock.advance(timedelta(hours=1, seconds=1))
    assert browser.get(SECURITY).location.startswith("/-/gate/sign-in")


def test_g14_what_the_policy_demands_of_an_account_counts_here_too(
    house: House, browser: Browser
) -> None:
    fresh = Requirement(level=Level.SECOND_FACTOR, within=timedelta(minutes=5))
    house.policy = policy_of(AccountEntry(name="alice", at=AT, require=fresh))
    assert browser.get(SECURITY).status == 200
    house.clock.advance(timedelta(minutes=6))
    assert browser.get(SECURITY).location == "/-/gate/step-up?next=/-/gate/account/security"


def test_g14_an_account_that_lacks_what_is_demanded_reaches_nothing(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("carol")
    demand = Requirement(level=Level.SECOND_FACTOR)
    house.policy = policy_of(AccountEntry(name="*", at=AT, require=demand))
    answer = browser.get(SECURITY)
    assert answer.status == 403
    assert "not_enrolled" in answer.text


def test_g5_account_pages_live_on_the_public_url_only(house: House) -> None:
    browser = Browser(house.app, host="shop.example.com", site="shop")
    browser.sign_in(house, "alice")
    assert browser.get(SECURITY).location == "https://wiki.example.com" + SECURITY


@pytest.mark.parametrize(
    ("kind", "details", "words"),
    [
        ("signed_in", {"method": "password"}, "Signed in with the password"),
        ("signed_in", {"method": "passkey"}, "Signed in with a passkey"),
        ("stepped_up", {"method": "totp"}, "Confirmed with a code"),
        ("stepped_up", {"method": "security_key", "key": "x"}, "Confirmed with a security key: x"),
        (
            "stepped_up",
            {"method": "totp", "instead_of_key": True},
            "Confirmed with a code in place of the security key",
        ),
        ("step_up_refused", {"method": "security_key"}, "Security key refused"),
        ("signed_out", {}, "Signed out"),
    ],
)
def test_the_history_names_the_method(kind: str, details: dict[str, object], words: str) -> None:
    assert said(AuditRecord(at=NOON, kind=kind, details=details)) == words

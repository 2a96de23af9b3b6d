"""Renaming and removing code apps."""

from __future__ import annotations

import pytest

from gate.core.decision import Level
from gate.core.policy import AccountEntry
from gate.core.ports import Totp
from gate.core.rules import Requirement
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.factor_forms import SECURITY, TOTP, codes_of, make_codes, recover
from tests.ui.house import AT, PASSWORD, SEED, House, policy_of
from ui.account_page import NOTICES

RENAME = f"{TOTP}/rename"
REMOVE = f"{TOTP}/remove"
DEMANDING = policy_of(AccountEntry(name="*", at=AT, require=Requirement(level=Level.SECOND_FACTOR)))


@pytest.fixture
def house() -> House:
    house = House(policy=DEMANDING)
    house.add("alice")
    house.add("bob")
    return house


def add_tablet(house: House) -> None:
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    house.store.accounts.add_totp(
        Totp(
            id="tablet",
            account=alice.id,
            name="Tablet",
            secret=SEED,
            last_step=0,
            added_at=house.clock.now(),
        )
    )


def rename(browser: Browser, name: str, app: str = "app-of-alice") -> Answer:
    hidden = browser.get(TOTP).hidden
    return browser.post(RENAME, {"csrf": hidden["csrf"], "app": app, "name": name})


def remove(
    browser: Browser, proof: str, app: str = "app-of-alice", password: str = PASSWORD
) -> Answer:
    fields = {"password": password, "proof": proof, "app": app}
    return browser.fill(f"{REMOVE}?app={app}", fields, REMOVE)


def test_an_app_gets_another_name(browser: Browser) -> None:
    answer = rename(browser, "Old phone")
    listed = browser.follow(answer).text
    assert NOTICES["code-app-renamed"] in listed
    assert '<span class="strong">Old phone</span>' in listed


def test_a_name_that_is_taken_is_said_at_its_field(house: House, browser: Browser) -> None:
    add_tablet(house)
    answer = rename(browser, "tablet")
    assert answer.status == 422
    assert 'href="#name-app-of-alice"' in answer.text
    assert "Another one has that name already." in answer.text
    assert '<details class="rename" open>' in answer.text


def test_t68_the_app_of_somebody_else_does_not_exist(house: House, browser: Browser) -> None:
    assert rename(browser, "mine", "app-of-bob").status == 404
    assert browser.get(f"{REMOVE}?app=app-of-bob").location == TOTP
    form = {"csrf": browser.get(TOTP).hidden["csrf"], "app": "app-of-bob", "proof": house.code()}
    assert browser.post(REMOVE, form).status == 404
    assert len(house.store.accounts.totps(house.store.accounts.all()[1].id)) == 1


def test_g3_an_app_is_removed_with_proof(house: House, browser: Browser) -> None:
    add_tablet(house)
    other = Browser(house.app)
    other.sign_in(house, "alice")
    page = browser.get(f"{REMOVE}?app=tablet")
    assert "Remove “Tablet”?" in page.text
    wrong = remove(browser, PASSWORD, "tablet")
    assert wrong.status == 422
    assert "That code was not accepted." in wrong.text
    forgotten = remove(browser, house.next_code(), "tablet", "wrong")
    assert forgotten.status == 422
    assert "That password was not accepted." in forgotten.text
    assert 'href="#password"' in forgotten.text
    answer = remove(browser, house.code(), "tablet")
    assert answer.location.startswith(TOTP)
    listed = browser.follow(answer).text
    assert NOTICES["code-app-removed"] in listed
    assert "Tablet" not in listed
    assert other.get(TOTP).location.startswith("/-/gate/sign-in")


def test_t70_the_last_factor_stays_and_the_page_says_why(house: House, browser: Browser) -> None:
    listed = browser.get(TOTP).text
    assert "Your last one, which has to stay" in listed
    assert "totp/remove" not in listed
    page = browser.get(f"{REMOVE}?app=app-of-alice")
    assert "this site asks for one" in page.text
    assert 'name="proof"' not in page.text
    form = {"csrf": browser.get(TOTP).hidden["csrf"], "app": "app-of-alice"}
    proof = {"password": PASSWORD, "proof": house.next_code()}
    refused = browser.post(REMOVE, form | proof)
    assert refused.status == 403
    assert "last_factor" in refused.text
    assert "Add another one first" in refused.text


def test_the_last_factor_goes_where_nothing_demands_one(house: House, browser: Browser) -> None:
    house.policy = policy_of()
    answer = remove(browser, house.next_code())
    assert answer.location.startswith(SECURITY)
    overview = browser.follow(answer)
    assert NOTICES["code-app-removed"] in overview.text
    assert "This account has no second factor." in overview.text


def test_g21_after_a_recovery_code_none_is_removed(house: House, browser: Browser) -> None:
    add_tablet(house)
    code = codes_of(make_codes(house, browser))[0]
    recovered = Browser(house.app)
    recover(recovered, code)
    assert "after a recovery code" in recovered.get(TOTP).text
    refused = remove(recovered, house.next_code(), "tablet")
    assert refused.status == 403
    assert "not_by_recovery_code" in refused.text


def test_buttons_addresses_lead_back_to_the_list(browser: Browser) -> None:
    assert browser.get(RENAME).location == TOTP
    assert browser.get(REMOVE).location == TOTP

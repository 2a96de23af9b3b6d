"""A tried list is kept or taken back by a button, and a link alone changes nothing (G15)."""

from __future__ import annotations

import pytest

from gate.service.restrict import TRIAL_TIME
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import House

PAGE = "/-/gate/account/security/networks"
KEEP, BACK = f"{PAGE}/keep", f"{PAGE}/back"
ACCOUNT = "/-/gate/account/security"
HERE, ELSEWHERE = "203.0.113.0/24", "198.51.100.0/24"


@pytest.fixture
def phone(house: House) -> Browser:
    """Another browser, elsewhere."""
    phone = Browser(house.app, client="198.51.100.4")
    phone.sign_in(house, "alice")
    return phone


def save(house: House, browser: Browser, *lines: str) -> Answer:
    text = "\n".join(lines)
    fields = {"networks": text, "proof": house.next_code(), "confirmed": "yes"}
    return browser.fill(PAGE, fields)


def press(browser: Browser, path: str, **fields: str) -> Answer:
    """Press the button of a page."""
    hidden = browser.get(path).hidden
    return browser.post(path, {"csrf": hidden["csrf"], "trial": hidden["trial"]} | fields)


def kept_by(house: House) -> list[str]:
    alice = house.store.accounts.by_name("alice")
    return [str(each) for each in alice.networks.networks] if alice and alice.networks else []


def test_g15_the_browser_that_began_keeps_a_list_by_one_button(
    house: House, browser: Browser, phone: Browser
) -> None:
    page = browser.follow(save(house, browser, HERE))
    assert 'name="proof"' in page.text  # of the next change
    fields = {"csrf": page.hidden["csrf"], "trial": page.hidden["trial"]}
    answer = browser.post(KEEP, fields)
    assert "Your addresses were kept." in browser.follow(answer).text
    assert kept_by(house) == [HERE]
    phone.client = "203.0.113.9"
    assert phone.get(ACCOUNT).status == 303
    house.clock.advance(2 * TRIAL_TIME)
    assert "Addresses changed" in browser.get(ACCOUNT).text


def test_g15_a_link_opens_a_page_and_changes_nothing(house: House, browser: Browser) -> None:
    save(house, browser, HERE)
    page = browser.get(KEEP)
    assert "Keep your new addresses?" in page.text
    assert "You got here from 203.0.113.9, which they cover." in page.text
    assert "they stop counting in 5 minutes" in page.text
    assert f'<pre class="list">{HERE}</pre>' in page.text
    assert 'name="proof"' not in page.text
    assert "Go back now?" in browser.get(BACK).text
    assert kept_by(house) == []


def test_g15_another_browser_needs_a_proof(house: House, browser: Browser, phone: Browser) -> None:
    save(house, browser, HERE, ELSEWHERE)
    assert f'href="{KEEP}"' in phone.get(PAGE).text
    for proof in ("", "000000"):
        answer = press(phone, KEEP, proof=proof)
        assert answer.status == 422
        assert "That code was not accepted." in answer.text
    answer = press(phone, KEEP, proof=house.next_code())
    assert "Your addresses were kept." in phone.follow(answer).text
    assert kept_by(house) == [HERE, ELSEWHERE]


def test_g15_going_back_needs_the_same(house: House, browser: Browser, phone: Browser) -> None:
    save(house, browser, HERE, ELSEWHERE)
    assert press(phone, BACK, proof="000000").status == 422
    answer = press(browser, BACK)
    page = browser.follow(answer)
    assert "Your addresses from before count again." in page.text
    assert "so you can sign in from everywhere" in page.text
    assert "New addresses taken back" in browser.get(ACCOUNT).text


def test_g15_the_page_for_going_back_shows_what_counts_then(house: House, browser: Browser) -> None:
    save(house, browser, HERE)
    assert "You can then sign in from everywhere, as before." in browser.get(BACK).text
    press(browser, KEEP)
    save(house, browser, HERE, ELSEWHERE)
    assert f'<pre class="list">{HERE}</pre>' in browser.get(BACK).text


def test_g15_outside_the_list_there_is_no_button(
    house: House, browser: Browser, phone: Browser
) -> None:
    save(house, browser, HERE)
    phone.client = "203.0.113.9"
    hidden = phone.get(KEEP).hidden
    phone.client = "198.51.100.4"
    fields = {"csrf": hidden["csrf"], "trial": hidden["trial"], "proof": house.next_code()}
    for path in (KEEP, BACK):
        assert phone.get(path).status == 403
        assert phone.post(path, fields).status == 403
    assert kept_by(house) == []


def test_g15_what_is_over_is_said_to_be(house: House, browser: Browser) -> None:
    save(house, browser, HERE)
    hidden = browser.get(KEEP).hidden
    house.clock.advance(TRIAL_TIME)
    for path in (KEEP, BACK):
        over = browser.post(path, {"csrf": hidden["csrf"], "trial": hidden["trial"]})
        assert "There is nothing to keep any more." in browser.follow(over).text
        assert "There is nothing to keep any more." in browser.follow(browser.get(path)).text
    assert kept_by(house) == []


def test_g15_the_history_tells_that_nobody_kept_a_list(house: House, browser: Browser) -> None:
    save(house, browser, HERE)
    house.clock.advance(TRIAL_TIME)
    house.services.network_trials.end_overdue()
    page = browser.get(ACCOUNT)
    assert "New addresses not kept: the ones before count again" in page.text
    assert "by itself" in page.text


def test_g3_a_page_of_the_application_keeps_nothing(house: House, browser: Browser) -> None:
    save(house, browser, HERE)
    trial = browser.get(KEEP).hidden["trial"]
    assert browser.post(KEEP, {"csrf": "0" * 64, "trial": trial}).status == 403
    assert kept_by(house) == []


def test_g16_too_many_codes_have_to_wait_and_the_fifth_wrong_one_ends_the_session(
    house: House, browser: Browser, phone: Browser
) -> None:
    third = Browser(house.app)
    third.sign_in(house, "alice")
    save(house, browser, HERE, ELSEWHERE)
    hidden = phone.get(KEEP).hidden
    fields = {"csrf": hidden["csrf"], "trial": hidden["trial"], "proof": "000000"}
    answers = [phone.post(KEEP, fields) for _ in range(5)]
    assert [each.status for each in answers[:4]] == [422] * 4
    assert answers[-1].location.startswith("/-/gate/sign-in")
    hidden = third.get(BACK).hidden
    fields = {"csrf": hidden["csrf"], "trial": hidden["trial"], "proof": "000000"}
    assert [third.post(BACK, fields).status for _ in range(2)][-1] == 429

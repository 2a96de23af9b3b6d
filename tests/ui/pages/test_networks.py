"""The addresses from which an account may be used, looked after by the person."""

from __future__ import annotations

import json

import pytest

from gate.service.restrict import TRIAL_TIME
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import PASSWORD, House

PAGE = "/-/gate/account/security/networks"
ACCOUNT = "/-/gate/account/security"
FETCH = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}


def save(house: House, browser: Browser, text: str, **fields: str) -> Answer:
    code = {} if "proof" in fields else {"proof": house.next_code()}
    return browser.fill(PAGE, {"networks": text} | code | fields)


def networks_of(house: House) -> list[str]:
    alice = house.store.accounts.by_name("alice")
    return [str(each) for each in alice.networks.networks] if alice and alice.networks else []


def tried_by(house: House) -> list[str]:
    alice = house.store.accounts.by_name("alice")
    trial = alice.trial if alice else None
    return [str(each) for each in trial.networks.networks] if trial else []


def test_a_list_is_saved_with_a_code(house: House, browser: Browser) -> None:
    answer = save(house, browser, "203.0.113.0/24  # office\r\n2001:db8::/48")
    assert answer.status == 303
    page = browser.follow(answer)
    assert "Your new addresses count from now on, and are not kept yet." in page.text
    assert "203.0.113.0/24  # office\n2001:db8::/48</textarea>" in page.text
    assert "You are at 203.0.113.9, which line 1 covers." in page.text
    assert tried_by(house) == ["203.0.113.0/24", "2001:db8::/48"]
    assert networks_of(house) == []


def test_a_single_address_is_shown_as_it_is_written(house: House, browser: Browser) -> None:
    save(house, browser, "203.0.113.9\n2001:db8::7")
    assert "203.0.113.9\n2001:db8::7</textarea>" in browser.get(PAGE).text


def test_a_list_is_shown_as_it_counts(house: House, browser: Browser) -> None:
    save(house, browser, "203.0.113.9/32\n2001:db8::/32\n2001:db8:10::/128\n203.0.113.0/24")
    shown = browser.get(PAGE).text
    assert "203.0.113.9\n2001:db8::/32\n2001:db8:10::\n203.0.113.0/24</textarea>" in shown


def test_an_empty_list_takes_the_restriction_off(house: House, browser: Browser) -> None:
    save(house, browser, "203.0.113.0/24")
    answer = save(house, browser, "")
    assert "The restriction is off" in browser.follow(answer).text
    assert networks_of(house) == tried_by(house) == []


@pytest.mark.parametrize("proof", ["", "000000", PASSWORD])
def test_g3_signing_in_a_moment_ago_is_no_proof(house: House, browser: Browser, proof: str) -> None:
    answer = save(house, browser, "203.0.113.0/24", proof=proof)
    assert answer.status == 422
    assert "That code was not accepted." in answer.text
    assert "203.0.113.0/24</textarea>" in answer.text
    assert networks_of(house) == []


def test_bad_lines_are_all_shown_with_what_to_do(house: House, browser: Browser) -> None:
    answer = save(house, browser, "203.0.113.7/24\n192.0.2.1\nwhat")
    assert answer.status == 422
    assert "2 lines can\u2019t be read." in answer.text
    assert "did you mean 203.0.113.0/24" in answer.text
    assert "Line 3: <code>what</code> is no network" in answer.text
    assert networks_of(house) == []


def test_a_list_that_locks_out_needs_a_tick(house: House, browser: Browser) -> None:
    answer = save(house, browser, "192.0.2.0/24")
    assert answer.status == 422
    assert "The list does not cover 203.0.113.9, where you are now." in answer.text
    assert "This browser would be kept out at once, and signed out when you keep" in answer.text
    assert "To keep it you\u2019d have to sign in from one of its addresses:" in answer.text
    assert tried_by(house) == []


def test_g15_with_the_tick_it_counts_at_once_and_the_page_says_how_long(
    house: House, browser: Browser
) -> None:
    answer = save(house, browser, "192.0.2.0/24", confirmed="yes")
    assert answer.status == 200
    assert "Your new addresses count, and 203.0.113.9 is not among them." in answer.text
    assert "In 5 minutes the restriction goes off by itself" in answer.text
    assert f"https://wiki.example.com{PAGE}/keep" in answer.text
    assert "__Host-gate" in browser.cookies
    assert tried_by(house) == ["192.0.2.0/24"]
    assert browser.get(PAGE).status == 403
    assert Browser(house.app).enter("alice").status == 403
    house.clock.advance(TRIAL_TIME)
    assert browser.get(PAGE).status == 200


def test_g15_sessions_outside_the_list_are_suspended_and_shown(
    house: House, browser: Browser
) -> None:
    outside = Browser(house.app, client="198.51.100.4")
    outside.sign_in(house, "alice")
    page = browser.follow(save(house, browser, "203.0.113.0/24"))
    assert "These addresses count, and are not kept yet" in page.text
    assert "Kept out meanwhile, and signed out when you keep them:" in page.text
    assert "at 198.51.100.4</li>" in page.text
    assert outside.get(ACCOUNT).status == 403
    house.clock.advance(TRIAL_TIME)
    assert outside.get(ACCOUNT).status == 200


def test_g15_a_page_of_an_account_without_a_trial_speaks_of_none(browser: Browser) -> None:
    assert "not kept yet" not in browser.get(PAGE).text
    assert "Not kept yet." not in browser.get(ACCOUNT).text


def test_g15_the_overview_says_that_a_list_is_not_kept_yet(house: House, browser: Browser) -> None:
    save(house, browser, "203.0.113.0/24")
    page = browser.get(ACCOUNT)
    assert "Restricted to one network. <strong>Not kept yet.</strong>" in page.text
    assert "New addresses tried" in page.text


def test_the_check_button_saves_nothing(house: House, browser: Browser) -> None:
    answer = save(house, browser, "10.0.0.0/8\n10.1.0.0/16", action="check", proof="")
    assert answer.status == 200
    assert "You are at 203.0.113.9, which the list does not cover." in answer.text
    assert "Line 1 is private, many networks use it." in answer.text
    assert "Line 2: line 1 already covers this line." in answer.text
    assert networks_of(house) == []


def test_the_check_button_marks_one_bad_line(house: House, browser: Browser) -> None:
    answer = save(house, browser, "what", action="check", proof="")
    assert "One line can\u2019t be read." in answer.text
    assert answer.title.startswith("Error: ")


def test_g16_too_many_codes_have_to_wait(house: House) -> None:
    last: Answer | None = None
    for _ in range(2):
        browser = Browser(house.app)
        browser.sign_in(house, "alice")
        last = [save(house, browser, "203.0.113.0/24", proof="000000") for _ in range(3)][-1]
    assert last is not None
    assert last.status == 429
    assert "203.0.113.0/24</textarea>" in last.text


def test_g16_the_fifth_wrong_proof_ends_the_session(house: House, browser: Browser) -> None:
    answers = [save(house, browser, "203.0.113.0/24", proof="0" * n) for n in range(5)]
    assert answers[-1].status == 303
    assert answers[-1].location.startswith("/-/gate/sign-in")


def test_t81_what_was_typed_is_inert(house: House, browser: Browser) -> None:
    typed = "</textarea><script>alert(1)</script>`<b>`"
    answer = save(house, browser, typed)
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text


# --- the page's script --------------------------------------------------------------------------


def ask(browser: Browser, text: str, token: str | None = None) -> Answer:
    token = browser.get(PAGE).hidden["csrf"] if token is None else token
    headers = FETCH | {"x-gate-csrf": token}
    return browser.post(f"{PAGE}/check", {"networks": text}, headers)


def test_the_script_is_told_the_same(browser: Browser) -> None:
    answer = ask(browser, "203.0.113.0/24")
    assert answer.status == 200
    assert json.loads(answer.text) == {
        "covered": True,
        "wrong": False,
        "verdict": "You are at 203.0.113.9, which line 1 covers.",
        "ends": [],
        "ends_words": "These browsers would be kept out at once, and signed out when you keep the"
        " list:",
        "notes": [
            {
                "level": "warning",
                "text": "There is no IPv6 line; a browser that comes by IPv6 will be refused.",
            }
        ],
    }


def test_g15_the_script_is_told_which_browsers_a_list_keeps_out(
    house: House, browser: Browser
) -> None:
    Browser(house.app, client="198.51.100.4").sign_in(house, "alice")
    told = json.loads(ask(browser, "203.0.113.0/24").text)
    assert [each.rpartition(" at ")[2] for each in told["ends"]] == ["198.51.100.4"]
    assert told["ends_words"].startswith("This browser would be kept out at once")


def test_the_script_is_told_of_bad_lines(browser: Browser) -> None:
    told = json.loads(ask(browser, "what").text)
    assert told["wrong"]
    assert told["notes"][0]["level"] == "error"
    assert told["verdict"].startswith("You are at 203.0.113.9. Correct")


def test_an_empty_list_is_told_to_admit_from_everywhere(browser: Browser) -> None:
    told = json.loads(ask(browser, "").text)
    assert told["covered"]
    assert told["verdict"].endswith("so you can sign in from everywhere.")


def test_g3_a_script_of_the_application_has_no_token(browser: Browser) -> None:
    for token in ("", "0" * 64, browser.get("/-/gate/sign-out").hidden["csrf"]):
        answer = ask(browser, "", token)
        assert answer.status == 403
        assert json.loads(answer.text)["error"] == "cross_site"


def test_g3_the_token_has_to_come_in_the_header(browser: Browser) -> None:
    token = browser.get(PAGE).hidden["csrf"]
    answer = browser.post(f"{PAGE}/check", {"networks": "", "csrf": token}, FETCH)
    assert answer.status == 403


def test_a_stranger_is_told_to_sign_in(house: House) -> None:
    answer = Browser(house.app).post(f"{PAGE}/check", {}, FETCH)
    assert answer.status == 401
    assert json.loads(answer.text)["sign_in"] == "/-/gate/sign-in"


def test_the_check_is_never_a_page(browser: Browser) -> None:
    assert browser.get(f"{PAGE}/check").status == 405

"""Sign-in by name and password, seen from the browser."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gate.core.decision import Level
from gate.core.policy import AccountEntry
from gate.core.rules import Requirement
from gate.core.subject import AccountState
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import AT, PASSWORD, House, policy_of

SIGN_IN = "/-/gate/sign-in"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    house.add("carol", has_app=False)
    return house


def test_the_form_has_the_fields_that_programs_rely_on(house: House) -> None:
    page = Browser(house.app).get(f"{SIGN_IN}?next=/wiki%3Fx=1")
    assert page.status == 200
    assert set(page.hidden) == {"csrf", "next"}
    assert page.hidden["next"] == "/wiki?x=1"
    assert 'name="account" type="text" autocomplete="username webauthn"' in page.text
    assert 'name="password" type="password" autocomplete="current-password"' in page.text
    assert '<form method="post" action="/-/gate/sign-in">' in page.text


def test_the_page_names_the_site_that_one_signs_in_to(house: House) -> None:
    browser = Browser(house.app)
    assert browser.get(SIGN_IN).title == "Sign in to wiki · Gate"
    elsewhere = browser.get(f"{SIGN_IN}?next=https://shop.example.com/")
    assert elsewhere.title == "Sign in to shop · Gate"
    own = browser.get(f"{SIGN_IN}?next=/-/gate/account/security")
    assert own.title == "Sign in · Gate"


def test_after_the_password_an_account_with_an_app_gives_a_code(house: House) -> None:
    answer = Browser(house.app).enter("alice", target="/wiki?x=1")
    assert answer.status == 303
    assert answer.location == "/-/gate/step-up?next=/wiki%3Fx%3D1"


def test_after_the_last_needed_proof_the_wanted_page_follows_at_once(house: House) -> None:
    assert Browser(house.app).enter("carol", target="/wiki?x=1&y=%2F").location == "/wiki?x=1&y=%2F"
    browser = Browser(house.app)
    browser.enter("alice")
    answer = browser.prove(house.code(), "/wiki?x=1")
    assert (answer.status, answer.location) == (303, "/wiki?x=1")


def test_a_site_of_another_origin_follows_by_a_page_of_ours(house: House) -> None:
    answer = Browser(house.app).enter("carol", target="https://shop.example.com/a?b")
    assert answer.status == 200
    by_ticket = "https://shop.example.com/-/gate/sign-in?next=/a%3Fb"
    assert f'http-equiv="refresh" content="0; url={by_ticket}"' in answer.text
    assert f'<a class="button is-primary" href="{by_ticket}"' in answer.text


def test_a_name_is_folded_as_typed_on_a_phone(house: House) -> None:
    assert Browser(house.app).enter(" Alice ").status == 303


def test_a_wrong_password_shows_the_form_again(house: House) -> None:
    answer = Browser(house.app).enter("alice", "wrong", target="/wiki")
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert 'role="alert"' in answer.text
    assert '<a href="#password">The name or the password is not right.</a>' in answer.text
    assert 'aria-invalid="true" aria-describedby="password-error"' in answer.text
    assert 'value="alice"' in answer.text
    assert answer.hidden["next"] == "/wiki"


def test_the_form_that_came_back_can_be_sent_again(house: House) -> None:
    browser = Browser(house.app)
    wrong = browser.enter("alice", "wrong")
    again = browser.post(SIGN_IN, wrong.hidden | {"account": "alice", "password": PASSWORD})
    assert again.status == 303


def test_t72_a_password_is_never_shown_again(house: House) -> None:
    answer = Browser(house.app).enter("alice", "a wrong password of mine")
    assert "a wrong password of mine" not in answer.text
    assert "a wrong password of mine" not in str(answer.headers)


def test_t71_no_secret_is_in_the_history(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("alice", "a wrong password of mine")
    browser.sign_in(house, "alice")
    kept = str(house.history(house.store.accounts.all()[0]))
    for secret in ("a wrong password", PASSWORD, house.code(), *browser.cookies.values()):
        assert secret not in kept


def _comparable(answer: Answer, name: str) -> object:
    """Give all of an answer but the typed name and the tokens of its browser."""
    hidden = answer.hidden["csrf"]
    headers = [pair for pair in answer.headers if pair[0] not in {"set-cookie", "content-length"}]
    cookies = [each.partition("=")[0] for each in answer.set_cookies]
    text = answer.text.replace(hidden, "TOKEN").replace(f'"{name}"', '"NAME"')
    return (answer.status, headers, cookies, text)


def test_t73_every_wrong_one_is_answered_alike(house: House) -> None:
    house.store.accounts.set_state(house.add("dora").id, AccountState.DISABLED)
    house.store.accounts.set_state(house.add("lena").id, AccountState.LOCKED)
    house.add("nora", networks="192.0.2.0/24")
    names = ["alice", "carol", "dora", "lena", "nora", "nobody", "", "no such name!", "x" * 300]
    seen = [
        _comparable(Browser(house.app).enter(name, "wrong"), name[:200]) for name in names if name
    ]
    assert all(each == seen[0] for each in seen)


def test_t73_a_full_lane_is_answered_alike_for_unknown_names(house: House) -> None:
    seen = []
    for name in ("alice", "nobody"):
        browser = Browser(house.app)
        for _ in range(5):
            browser.enter(name, "wrong")
        seen.append(_comparable(browser.enter(name, "wrong"), name))
    assert seen[0] == seen[1]


def test_g16_the_sixth_try_is_told_how_long_to_wait(house: House) -> None:
    browser = Browser(house.app)
    for _ in range(5):
        assert browser.enter("alice", "wrong").status == 422
    answer = browser.enter("alice")
    assert answer.status == 429
    assert "Too many attempts. Try again in 5 minutes." in answer.text
    assert answer.title.startswith("Error: ")
    assert 0 < int(answer.header("retry-after")) <= 300
    house.clock.advance(timedelta(minutes=5, seconds=1))
    assert browser.enter("alice").status == 303


def test_disabled_and_locked_accounts_are_not_told_from_wrong_ones(house: House) -> None:
    house.store.accounts.set_state(house.add("dora").id, AccountState.DISABLED)
    assert Browser(house.app).enter("dora").status == 422


def test_a_restricted_address_is_named_only_after_the_right_password(house: House) -> None:
    house.add("nora", networks="192.0.2.0/24")
    assert Browser(house.app).enter("nora", "wrong").status == 422
    answer = Browser(house.app).enter("nora")
    assert answer.status == 403
    assert answer.title == "Not from this address · Gate"
    assert "You came from 203.0.113.9" in answer.text
    assert "help@example.com" in answer.text
    assert "boot-1" in answer.text
    assert "192.0.2" not in answer.text
    assert not any("__Host-gate=" in each for each in answer.set_cookies)


def test_whoever_needs_a_factor_and_has_none_is_told_whom_to_ask() -> None:
    demand = Requirement(level=Level.SECOND_FACTOR)
    house = House(policy=policy_of(AccountEntry(name="*", at=AT, require=demand)))
    house.add("carol", has_app=False)
    answer = Browser(house.app).enter("carol")
    assert answer.status == 403
    assert "not_enrolled" in answer.text
    assert "help@example.com" in answer.text
    assert re.search(r'href="/-/gate/sign-in[^"]*"[^>]*>Sign in with another account', answer.text)
    assert re.search(r'href="/"[^>]*>Go to the start', answer.text)


# --- cookies -----------------------------------------------------------------------------------


def test_t40_a_planted_session_is_not_taken_over(house: House) -> None:
    planted = "p" * 43
    browser = Browser(house.app, cookies={"__Host-gate": planted})
    browser.enter("alice")
    assert browser.cookies["__Host-gate"] != planted
    assert Browser(house.app, cookies={"__Host-gate": planted}).get("/-/gate/step-up").status == 303


def test_t40_the_session_of_before_ends_with_a_new_sign_in(house: House) -> None:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    before = browser.cookies["__Host-gate"]
    browser.enter("carol")
    old = Browser(house.app, cookies={"__Host-gate": before})
    assert old.get("/-/gate/account/security").status == 303


def test_g24_the_cookie_before_sign_in_is_no_session_and_goes(house: House) -> None:
    browser = Browser(house.app)
    page = browser.get(SIGN_IN)
    form = browser.cookies["__Host-gate-form"]
    assert [each.partition("=")[0] for each in page.set_cookies] == ["__Host-gate-form"]
    browser.enter("alice")
    assert "__Host-gate-form" not in browser.cookies
    assert browser.cookies["__Host-gate"] != form
    stolen = Browser(house.app, cookies={"__Host-gate": form})
    assert stolen.get("/-/gate/account/security").status == 303


def test_t46_cookies_are_for_this_host_and_no_script(house: House) -> None:
    browser = Browser(house.app)
    answers = [browser.get(SIGN_IN), browser.enter("carol")]
    cookies = [each for answer in answers for each in answer.set_cookies]
    assert len(cookies) == 4
    for each in cookies:
        assert each.startswith("__Host-gate")
        assert "; Path=/; HttpOnly; SameSite=Lax; Secure" in each
        assert "domain" not in each.lower()


def test_g16_a_browser_is_known_after_a_full_sign_in(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("alice")
    assert "__Host-gate-device" not in browser.cookies
    browser.prove(house.code())
    assert "__Host-gate-device" in browser.cookies


def test_t63_a_stranger_does_not_lock_the_person_out(house: House) -> None:
    known = Browser(house.app)
    known.sign_in(house, "alice")
    stranger = Browser(house.app, client="198.51.100.77")
    for _ in range(20):
        stranger.enter("alice", "wrong")
    assert stranger.enter("alice").status == 429
    assert known.enter("alice").status == 303


def test_signing_in_again_is_offered_beside_going_on(house: House) -> None:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    page = browser.get(f"{SIGN_IN}?next=/wiki")
    assert "You are signed in as <strong>alice</strong>" in page.text
    assert '<a href="/wiki">Continue</a>' in page.text


def test_t49_people_who_sign_in_at_once_stay_apart(house: House) -> None:
    names = [f"user{number}" for number in range(8)]
    for name in names:
        house.add(name)

    def whole(name: str) -> tuple[str, str]:
        browser = Browser(house.app)
        browser.enter(name)
        browser.prove(house.code())
        return name, browser.get("/-/gate/account/security").text

    house.clock.advance(timedelta(seconds=30))
    with ThreadPoolExecutor(8) as pool:
        for name, page in pool.map(whole, names):
            assert f'<span class="bar-name">{name}</span>' in page
            assert not any(other in page for other in names if other != name)


def test_t81_what_was_typed_is_inert(house: House) -> None:
    typed = "\"><script>alert(1)</script>{{7*7}}'"
    answer = Browser(house.app).enter(typed, "wrong", target="/x?<script>")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}&#39;" in answer.text


def test_t48_an_empty_form_changes_nothing(house: House) -> None:
    browser = Browser(house.app)
    assert browser.post(SIGN_IN, {"csrf": browser.get(SIGN_IN).hidden["csrf"]}).status == 422
    assert "__Host-gate" not in browser.cookies


def test_keys_are_a_list_of_their_own(house: House) -> None:
    answer = Browser(house.app).get("/-/gate/jwks.json")
    assert json.loads(answer.text) == {"keys": []}

"""The journey's end: everything counts at once, the link is used, the person is signed in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gate.core.ports import LinkPurpose
from gate.core.subject import Method
from gate.factors import totp
from tests.ui.browser import Browser
from tests.ui.house import PASSWORD, House
from tests.ui.travelling import ENROL, NEW_PASSWORD, Travelling


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def erin(house: House) -> Travelling:
    erin = Travelling(house)
    erin.opens()
    erin.gives()
    erin.sets_up_app()
    return erin


def test_the_person_is_signed_in_and_told_so(erin: Travelling) -> None:
    erin.sees_codes()
    answer = erin.finishes()
    assert (answer.status, answer.location) == (303, f"{ENROL}/done")
    assert "__Host-gate-enrol" not in erin.browser.cookies
    page = erin.browser.follow(answer)
    assert page.title.startswith("You are all set")
    assert "a code from your app" in page.text
    assert erin.browser.get("/-/gate/account/security").status == 200
    (session,) = erin.house.store.sessions.all()
    assert {proof.method for proof in session.proofs} == {Method.PASSWORD, Method.TOTP}


def test_password_app_and_codes_work_from_then_on(erin: Travelling) -> None:
    codes = erin.sees_codes()
    erin.finishes()
    (app,) = erin.house.store.accounts.totps(erin.account.id)
    assert erin.house.store.recovery_codes.left(erin.account.id) == len(codes)
    other = Browser(erin.house.app)
    assert other.enter("erin", NEW_PASSWORD).location.startswith("/-/gate/step-up")
    assert other.prove(erin.code(app.secret)).status == 422, "the code that confirmed it is spent"
    erin.house.clock.advance(totp.STEP)
    assert other.prove(erin.code(app.secret)).status == 303


@pytest.mark.parametrize("stored", ["", "no", "on"])
def test_without_the_tick_nothing_counts_and_the_codes_stay(erin: Travelling, stored: str) -> None:
    codes = erin.sees_codes()
    answer = erin.finishes(stored=stored)
    assert answer.status == 422
    assert "Tick the box once you have stored the codes" in answer.text
    assert codes[0] in answer.text
    assert not erin.account.has_totp


def test_a_code_that_was_entered_to_be_sure_is_spent(erin: Travelling) -> None:
    codes = erin.sees_codes()
    wrong = erin.finishes(recovery_code="0000-0000-0000-0000")
    assert wrong.status == 422
    assert "That is none of the codes above." in wrong.text
    assert erin.finishes(recovery_code=codes[3].lower().replace("-", " ")).status == 303
    assert erin.house.store.recovery_codes.left(erin.account.id) == 9


def test_the_form_sent_twice_makes_nothing_twice(erin: Travelling) -> None:
    erin.sees_codes()
    hidden = erin.browser.get(f"{ENROL}/recovery-codes").hidden | {"stored": "yes"}
    before = dict(erin.browser.cookies)
    assert erin.browser.post(f"{ENROL}/done", hidden).status == 303
    erin.browser.cookies = before
    answer = erin.browser.post(f"{ENROL}/done", hidden)
    assert answer.status == 403
    assert "needs_link" in answer.text
    assert len(erin.house.store.accounts.totps(erin.account.id)) == 1


def test_f18_of_two_browsers_with_one_link_the_first_wins(erin: Travelling) -> None:
    late = Travelling(erin.house)
    late.token = erin.token = late.new_link()
    for each in (erin, late):
        each.opens()
        each.gives()
        each.sets_up_app()
        each.sees_codes()
    assert late.finishes().status == 303
    answer = erin.finishes()
    assert answer.status in {403, 410}
    assert len(erin.house.store.accounts.totps(erin.account.id)) == 1


def test_f18_of_fifty_posts_at_once_exactly_one_counts(erin: Travelling) -> None:
    erin.sees_codes()
    hidden = erin.browser.get(f"{ENROL}/recovery-codes").hidden | {"stored": "yes"}
    cookies = dict(erin.browser.cookies)

    def post(_: int) -> str:
        browser = Browser(erin.house.app, cookies=dict(cookies))
        return browser.post(f"{ENROL}/done", hidden).location

    with ThreadPoolExecutor(10) as pool:
        places = list(pool.map(post, range(50)))
    assert places.count(f"{ENROL}/done") == 1
    assert len(erin.house.store.accounts.totps(erin.account.id)) == 1
    assert len(erin.house.store.sessions.all()) == 1


def test_g20_a_reset_ends_old_factors_codes_and_sessions_and_keeps_the_password(
    house: House,
) -> None:
    house.add("frank")
    old = Browser(house.app)
    old.sign_in(house, "frank")
    frank = Travelling(house, "frank", LinkPurpose.RESET)
    house.store.recovery_codes.replace(frank.account.id, ["h1"], house.clock.now())
    frank.token = frank.new_link()
    assert "your old keys, code apps and recovery codes no longer work" in frank.opens().text
    assert old.get("/-/gate/account/security").status == 200, "nothing has ended yet"
    frank.gives(PASSWORD)
    frank.sets_up_app()
    frank.sees_codes()
    assert frank.finishes().status == 303
    assert [app.name for app in house.store.accounts.totps(frank.account.id)] == ["Code app"]
    assert house.store.recovery_codes.left(frank.account.id) == 10
    assert old.get("/-/gate/account/security").status == 303
    assert Browser(house.app).enter("frank", PASSWORD).status == 303


def test_a_link_for_a_new_start_also_replaces_the_password(house: House) -> None:
    house.add("frank")
    frank = Travelling(house, "frank", LinkPurpose.NEW)
    assert "the old password, keys, code apps" in frank.opens().text
    assert frank.goes_all_the_way().status == 303
    assert Browser(house.app).enter("frank", PASSWORD).status == 422
    assert Browser(house.app).enter("frank", NEW_PASSWORD).status == 303


def test_g24_the_session_that_was_there_ends(house: House) -> None:
    house.add("alice")
    erin = Travelling(house)
    erin.browser.sign_in(house, "alice")
    erin.goes_all_the_way()
    assert [each.account.name for each in house.store.sessions.all()] == ["erin"]


def test_the_history_says_how_it_was_set_up(erin: Travelling) -> None:
    erin.sees_codes()
    erin.finishes()
    page = erin.browser.get("/-/gate/account/security")
    assert "Set up by a one-time link" in page.text


def test_t71_no_event_holds_a_secret(erin: Travelling) -> None:
    codes = erin.sees_codes()
    erin.finishes(recovery_code=codes[0])
    told = repr(erin.house.history(erin.account))
    for secret in (*codes, NEW_PASSWORD, erin.token.reveal()):
        assert secret not in told


def test_the_last_page_without_a_session_leads_to_sign_in(house: House) -> None:
    answer = Browser(house.app).get(f"{ENROL}/done")
    assert (answer.status, answer.location) == (303, "/-/gate/sign-in")

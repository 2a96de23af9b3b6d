"""Step-up by a recovery code, the last way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.ui.browser import Browser
from tests.ui.factor_forms import RECOVERY, SECURITY, codes_of, make_codes, recover
from tests.ui.house import House, allowlist

NETWORKS = f"{SECURITY}/networks"


@pytest.fixture
def codes(house: House) -> list[str]:
    owner = Browser(house.app)
    owner.sign_in(house, "alice")
    return codes_of(make_codes(house, owner))


@pytest.fixture
def partial(house: House, codes: list[str]) -> Browser:
    """Somebody who has given the password, after the codes were made."""
    assert len(codes) == 10
    browser = Browser(house.app)
    browser.enter("alice")
    return browser


def test_the_form_has_the_fields_that_programs_rely_on(partial: Browser) -> None:
    page = partial.get(f"{RECOVERY}?next=/wiki")
    assert set(page.hidden) == {"csrf", "next"}
    assert 'name="recovery_code" type="text"' in page.text
    linked = partial.get("/-/gate/step-up?next=/wiki").text
    assert 'href="/-/gate/step-up/recovery?next=/wiki">Use a recovery code' in linked


def test_t65_a_code_leads_on_and_tells_how_many_are_left(
    partial: Browser, codes: list[str]
) -> None:
    form = partial.get(f"{RECOVERY}?next=/wiki/Start").hidden
    answer = partial.post(RECOVERY, form | {"recovery_code": codes[0]})
    assert answer.status == 303
    assert answer.location == "/wiki/Start"
    overview = partial.get(SECURITY).text
    assert "You signed in with a recovery code, and 9 are left." in overview
    assert f'href="{SECURITY}/totp">new code app' in overview
    assert "Confirmed with a recovery code" in overview


def test_a_code_may_be_typed_as_people_type(partial: Browser, codes: list[str]) -> None:
    typed = codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert partial.fill(RECOVERY, {"recovery_code": typed}).status == 303


def test_t65_a_code_is_accepted_once(house: House, codes: list[str]) -> None:
    assert recover(Browser(house.app), codes[0]).status == 303
    answer = recover(Browser(house.app), codes[0])
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert "That code was not accepted." in answer.text
    assert codes[0] not in answer.text


def test_t65_f18_parallel_posts_of_one_code_give_one_success(
    house: House, codes: list[str]
) -> None:
    browsers = [Browser(house.app) for _ in range(5)]
    forms: list[dict[str, str]] = []
    for browser in browsers:
        browser.enter("alice")
        forms.append(browser.get(RECOVERY).hidden | {"recovery_code": codes[0]})
    with ThreadPoolExecutor(5) as pool:
        answers = pool.map(
            lambda each: each[0].post(RECOVERY, each[1]), zip(browsers, forms, strict=True)
        )
    assert sorted(answer.status for answer in answers) == [303, 422, 422, 422, 422]


def test_t40_the_code_gives_a_new_session(partial: Browser, codes: list[str]) -> None:
    before = partial.cookies["__Host-gate"]
    partial.fill(RECOVERY, {"recovery_code": codes[0]})
    assert partial.cookies["__Host-gate"] != before


def test_t62_g16_guesses_share_the_counter_of_codes(house: House, codes: list[str]) -> None:
    for _ in range(3):
        assert recover(Browser(house.app), "0" * 16).status == 422
    for _ in range(2):
        browser = Browser(house.app)
        browser.enter("alice")
        assert browser.prove("000000").status == 422
    answer = recover(Browser(house.app), codes[0])
    assert answer.status == 429
    assert answer.header("retry-after")
    assert "Try again in 5 minutes." in answer.text


def test_g21_it_changes_no_addresses(house: House, codes: list[str]) -> None:
    browser = Browser(house.app)
    recover(browser, codes[0])
    form = {"networks": "203.0.113.0/24", "proof": house.next_code()}
    answer = browser.fill(NETWORKS, form)
    assert answer.status == 403
    assert "Not after a recovery code" in answer.text
    alice = house.store.accounts.all()[0]
    assert alice.networks is None


def test_a_second_code_in_one_session_is_left_unused(
    house: House, partial: Browser, codes: list[str]
) -> None:
    form = partial.get(RECOVERY).hidden
    partial.post(RECOVERY, form | {"recovery_code": codes[0]})
    answer = partial.get(RECOVERY)
    assert answer.status == 403
    assert "not_by_recovery_code" in answer.text
    posted = partial.post(RECOVERY, {"csrf": "x", "recovery_code": codes[1]})
    assert posted.status == 403
    assert house.store.recovery_codes.left(house.store.accounts.all()[0].id) == 9


def test_t43_a_list_that_no_longer_covers_the_person_holds(
    house: House, partial: Browser, codes: list[str]
) -> None:
    form = partial.get(RECOVERY).hidden | {"recovery_code": codes[0]}
    alice = house.store.accounts.all()[0]
    house.store.accounts.set_networks(alice.id, allowlist("192.0.2.0/24"))
    answer = partial.post(RECOVERY, form)
    assert answer.status == 403
    assert "You came from 203.0.113.9" in answer.text


def test_t48_the_code_comes_after_the_password(house: House, codes: list[str]) -> None:
    stranger = Browser(house.app)
    answer = stranger.get(f"{RECOVERY}?next=/wiki")
    assert answer.location == "/-/gate/sign-in?next=/wiki"
    posted = stranger.post(RECOVERY, {"csrf": "x", "recovery_code": codes[0]})
    assert posted.location.startswith("/-/gate/sign-in")


def test_t41_a_session_that_ended_leads_to_sign_in(
    house: House, partial: Browser, codes: list[str]
) -> None:
    form = partial.get(f"{RECOVERY}?next=/wiki").hidden | {"recovery_code": codes[0]}
    house.clock.advance(timedelta(hours=2))
    assert partial.post(RECOVERY, form).location == "/-/gate/sign-in?next=/wiki"

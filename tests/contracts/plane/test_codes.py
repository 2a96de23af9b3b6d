"""Codes and guesses: a code counts once, and guesses are few, whoever makes them (T60-T63, G16)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import pytest

from gate.core.handoff import PREFIX
from tests.contracts.plane.conftest import House
from tests.support.browser_client import SIGN_IN, STEP_UP, Browser, code

NETWORKS = f"{PREFIX}account/security/networks"
STEP = 30  # seconds
EDGE = 4  # seconds before a step's end in which a slow machine could reach the next one


def step() -> int:
    """Give the number of the time step of now."""
    return int(time.time() // STEP)


def steady() -> None:
    """Wait for a moment that is not close to the end of a time step."""
    left = STEP - time.time() % STEP
    if left < EDGE:
        time.sleep(left + 0.2)


def partial(house: House, name: str) -> Browser:
    """Give a browser in which a password was proved."""
    browser = house.browser()
    browser.cookies[house.gate.cookie_name] = house.partial(name, "localhost")
    return browser


def given(house: House, name: str, digits: str) -> int:
    """Give the status that a code gets in a session of its own."""
    return partial(house, name).step_up(digits).status


def test_t60_a_code_is_accepted_once(house: House, person: str) -> None:
    steady()
    digits = code()
    assert given(house, person, digits) == 303
    assert given(house, person, digits) == 422


def test_t60_a_code_of_an_older_step_is_refused_after_a_newer_one(
    house: House, person: str
) -> None:
    steady()
    assert given(house, person, code(+1)) == 303
    assert given(house, person, code()) == 422
    assert given(house, person, code(-1)) == 422


def test_t60_of_many_who_give_one_code_at_once_one_gets_in(house: House, person: str) -> None:
    browsers = [partial(house, person) for _ in range(30)]
    for browser in browsers:
        browser.open(STEP_UP)
    steady()
    digits = code()
    with ThreadPoolExecutor(15) as pool:
        statuses = list(pool.map(lambda b: b.submit(STEP_UP, {"code": digits}).status, browsers))
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 422, 429}


CHANGES: Final[Mapping[str, Callable[[str], str]]] = {
    "full width": lambda digits: "".join(chr(0xFF10 + int(digit)) for digit in digits),
    "arabic": lambda digits: "".join(chr(0x0660 + int(digit)) for digit in digits),
    "five": lambda digits: digits[1:],
    "seven": lambda digits: digits + "0",
    "dash": lambda digits: f"{digits[:3]}-{digits[3:]}",
    "plus": lambda digits: f"+{digits}",
}


@pytest.mark.parametrize("change", CHANGES)
def test_t60_only_six_ascii_digits_are_a_code(house: House, person: str, change: str) -> None:
    assert given(house, person, CHANGES[change](code())) == 422


@pytest.mark.parametrize(("offset", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_t61_one_step_of_drift_each_way_and_no_more(house: House, offset: int, status: int) -> None:
    for _ in range(5):
        steady()
        before = step()
        answered = given(house, next(house.strangers), code(offset))
        if step() == before:  # otherwise the offset was another one when it was looked at
            assert answered == status
            return
    pytest.fail("no answer came within one time step")


def test_t62_g16_guesses_count_for_the_account_wherever_they_are_made(
    house: House, person: str
) -> None:
    inside = house.browser()
    inside.enter(person)
    for source in ("127.0.0.2", "127.0.0.3"):
        browser = partial(house, person)
        browser.source = source
        assert browser.step_up("000000").status == 422
    inside.open(NETWORKS)
    for _ in range(2):
        typed = {"networks": "127.0.0.0/8", "proof": "000000", "action": "save"}
        assert inside.submit(NETWORKS, typed).status == 422
    assert given(house, person, "000000") == 422
    steady()
    answer = partial(house, person).step_up(code(+1))
    assert answer.status == 429
    assert int(answer.header("retry-after")) > 0


def test_t62_anothers_success_and_a_new_session_reset_nothing(house: House, person: str) -> None:
    for _ in range(5):
        assert given(house, person, "000000") == 422
    assert given(house, next(house.strangers), code()) == 303
    browser = house.browser()
    assert browser.sign_in(person).status == 303
    assert browser.step_up(code()).status == 429


def test_t62_many_guesses_at_once_are_no_more_than_five(house: House, person: str) -> None:
    browsers = [partial(house, person) for _ in range(40)]
    for browser in browsers:
        browser.open(STEP_UP)
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda b: b.submit(STEP_UP, {"code": "000000"}).status, browsers))
    assert statuses.count(422) <= 5
    assert statuses.count(429) >= 35


def test_g16_five_wrong_proofs_end_the_session_in_which_they_were_given(
    house: House, person: str
) -> None:
    browser, other = house.browser(), house.fresh(person)
    browser.enter(person)
    token = browser.token
    for _ in range(5):
        browser.open(NETWORKS)
        browser.submit(NETWORKS, {"networks": "127.0.0.0/8", "proof": "000000"})
    assert house.gate.ask("/x", "localhost", token=token).status == 401
    assert house.gate.ask("/x", "echo.test", token=other).status == 200


@dataclass
class Stranger:
    """Somebody who guesses passwords, from another range than the one where the person was."""

    house: House
    source: str
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.house.browser()
        self.browser.source = self.source

    def guess(self, name: str, times: int) -> list[int]:
        """Send so many wrong passwords with the form of one page, and of what answers it."""
        self.browser.open(SIGN_IN)
        typed = {"account": name, "password": "wrong"}
        return [self.browser.submit(SIGN_IN, typed).status for _ in range(times)]


@pytest.mark.timeout(600)
def test_t63_g16_a_thousand_guesses_from_outside_lock_nobody_out(house: House, person: str) -> None:
    known = house.browser()
    known.enter(person)
    known.cookies.pop(house.gate.cookie_name)
    strangers = [Stranger(house, f"127.0.1.{number}") for number in range(1, 11)]
    with ThreadPoolExecutor(len(strangers)) as pool:
        guesses = [pool.submit(stranger.guess, person, 100) for stranger in strangers]
        statuses = [status for each in guesses for status in each.result()]
    assert len(statuses) == 1_000
    assert statuses.count(422) == 5
    assert statuses.count(429) == 995
    assert strangers[0].browser.sign_in(person).status == 429
    assert known.sign_in(person).status == 303


def test_t63_a_session_is_not_touched_by_guesses(house: House, person: str) -> None:
    token = house.fresh(person)
    for _ in range(8):
        house.browser().sign_in(person, password="wrong")
    assert house.gate.ask("/x", "echo.test", token=token).status == 200


def test_t63_t73_an_unknown_name_is_locked_in_the_same_words(house: House, person: str) -> None:
    texts = []
    for name in (person, "nobody-of-that-name"):
        browser = house.browser()
        answers = [browser.sign_in(name, password="wrong") for _ in range(6)]
        assert [each.status for each in answers] == [422] * 5 + [429]
        token = browser.hidden("/-/gate/sign-in")["csrf"]
        texts.append(answers[-1].text.replace(name, "NAME").replace(token, "TOKEN"))
    assert texts[0] == texts[1]

"""The journey's password: a new one is judged, the account's own is asked for and throttled."""

from __future__ import annotations

import pytest

from gate.core.ports import LinkPurpose
from tests.ui.exchange import Answer
from tests.ui.house import PASSWORD, House
from tests.ui.travelling import ENROL, Travelling


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def erin(house: House) -> Travelling:
    erin = Travelling(house)
    erin.opens()
    return erin


@pytest.fixture
def frank(house: House) -> Travelling:
    """Somebody who has a password and gets a code app."""
    house.add("frank", has_app=False)
    frank = Travelling(house, "frank", LinkPurpose.ADD)
    frank.opens()
    return frank


def leads_to(answer: Answer, page: str) -> bool:
    return (answer.status, answer.location) == (303, f"{ENROL}/{page}")


def test_a_new_password_leads_on(erin: Travelling) -> None:
    page = erin.browser.get(f"{ENROL}/password")
    assert 'autocomplete="new-password"' in page.text
    assert 'aria-current="step"' in page.text
    assert leads_to(erin.gives(), "factor")


def test_a_weak_password_is_refused_with_words(erin: Travelling) -> None:
    answer = erin.gives("erin2026")
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert "Choose a stronger password." in answer.text
    assert "erin2026" not in answer.text
    assert leads_to(erin.browser.get(f"{ENROL}/factor"), "password")


def test_a_password_can_be_chosen_again(erin: Travelling) -> None:
    erin.gives()
    assert "You have chosen a password." in erin.browser.get(f"{ENROL}/password").text
    assert leads_to(erin.gives("nine loud robins swim"), "factor")
    erin.sets_up_app()
    erin.sees_codes()
    erin.finishes()
    assert erin.browser.enter("erin", "nine loud robins swim").status == 303


def test_t72_what_was_typed_is_kept_nowhere(erin: Travelling) -> None:
    erin.gives("nine loud robins swim")
    kept = erin.house.store._tables.one_time  # type: ignore[attr-defined]  # the fake's insides
    assert kept
    assert not [value for value in kept.values() if "robins" in value.payload]


def test_where_the_password_stays_it_is_asked_for(frank: Travelling) -> None:
    page = frank.browser.get(f"{ENROL}/password")
    assert page.title.startswith("Enter your password")
    assert 'autocomplete="current-password"' in page.text
    answer = frank.gives("not the password")
    assert answer.status == 422
    assert "That is not the password of this account." in answer.text
    assert leads_to(frank.browser.get(f"{ENROL}/factor"), "password")
    assert leads_to(frank.gives(PASSWORD), "factor")
    assert [each.kind for each in frank.house.history(frank.account)] == ["enrolment_refused"]


def test_g16_guesses_are_counted_with_those_of_sign_in(frank: Travelling) -> None:
    for _ in range(5):
        frank.gives("not the password")
    answer = frank.gives(PASSWORD)
    assert answer.status == 429
    assert int(answer.header("retry-after")) > 0
    assert frank.browser.enter("frank").status == 429


def test_a_form_of_another_browser_is_refused(erin: Travelling, frank: Travelling) -> None:
    hidden = erin.browser.get(f"{ENROL}/password").hidden
    answer = frank.browser.post(f"{ENROL}/password", hidden | {"password": PASSWORD})
    assert answer.status == 403
    assert "cross_site" in answer.text


def test_a_form_without_the_cookie_leads_to_the_link(erin: Travelling) -> None:
    hidden = erin.browser.get(f"{ENROL}/password").hidden
    erin.browser.cookies.clear()
    answer = erin.browser.post(f"{ENROL}/password", hidden | {"password": PASSWORD})
    assert leads_to(answer, "password")

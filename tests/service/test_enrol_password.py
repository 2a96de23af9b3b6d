"""The journey's password at the level of the use case."""

from __future__ import annotations

import pytest

from gate.core.decision import Reason
from gate.core.ports import LinkPurpose
from gate.core.secret_text import Secret
from gate.service.enrol_password import PasswordNotTaken
from gate.service.hashing import BUSY_WAIT, HashQueue
from gate.service.sign_in import SignedIn
from tests.support.travelling import NEW_PASSWORD, Travelling
from tests.support.use_cases import ABROAD, PASSWORD, WRONG, House, at


@pytest.fixture
def frank() -> Travelling:
    house = House()
    house.add("frank", has_app=False)
    frank = Travelling(house, "frank", LinkPurpose.ADD)
    frank.opens()
    return frank


def test_a_new_password_is_judged_with_what_is_known_of_the_person() -> None:
    erin = Travelling(House())
    erin.opens()
    refused = erin.gives(Secret("erin-erin"))
    assert isinstance(refused, PasswordNotTaken)
    assert refused.words
    assert erin.gives(Secret("short")) == PasswordNotTaken(
        words=("Use at least 8 characters; this has 5.",)
    )
    assert not erin.now().journey.has_password
    assert erin.gives() is None
    assert erin.now().journey.has_password


def test_where_the_password_stays_only_the_right_one_leads_on(frank: Travelling) -> None:
    assert frank.gives(NEW_PASSWORD) == PasswordNotTaken(reason=Reason.WRONG_PASSWORD)
    assert not frank.now().journey.has_password
    assert frank.gives(PASSWORD) is None
    assert frank.now().journey.password_at == frank.house.clock.now()


def test_g16_guesses_by_a_link_fill_the_lane_of_strangers_alone(frank: Travelling) -> None:
    house = frank.house
    house.entered("frank")
    frank.visitor = at(ABROAD)
    for _ in range(5):
        frank.gives(WRONG)
    refused = frank.gives(PASSWORD)
    assert isinstance(refused, PasswordNotTaken)
    assert refused.reason is Reason.RATE_LIMITED
    assert refused.wait is not None
    assert isinstance(house.enter("frank"), SignedIn), "a known place is not locked out"


def test_a_right_password_gives_its_attempt_back(frank: Travelling) -> None:
    for _ in range(10):
        assert frank.gives(PASSWORD) is None


@pytest.mark.parametrize("name", ["erin", "frank"])
def test_f16_a_full_queue_says_wait(name: str) -> None:
    house = House(hashing=HashQueue(queue=0))
    house.add("frank", has_app=False)
    purpose = LinkPurpose.NEW if name == "erin" else LinkPurpose.ADD
    somebody = Travelling(house, name, purpose)
    somebody.opens()
    expected = PasswordNotTaken(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)
    if name == "erin":
        assert somebody.gives() == expected
    else:
        assert somebody.gives(PASSWORD) is None

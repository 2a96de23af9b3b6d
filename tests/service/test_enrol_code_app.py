"""The journey's code app at the level of the use case."""

from __future__ import annotations

from gate.core.decision import Reason
from gate.service.new_code_apps import NothingPending, Unconfirmed
from tests.support.travelling import Travelling
from tests.support.use_cases import WRONG_CODE, House


def test_t64_a_confirmed_app_is_part_of_the_journey_and_of_nothing_else() -> None:
    erin = Travelling(House())
    erin.opens()
    app = erin.enrolment.code_app.show(erin.now())
    assert erin.enrolment.code_app.show(erin.now()) == app
    assert erin.now().journey.app is None
    assert erin.sets_up_app() is None
    confirmed = erin.now().journey.app
    assert confirmed is not None
    assert confirmed.seed == app.seed
    assert erin.house.store.accounts.totps(erin.account.id) == ()


def test_t64_a_wrong_code_is_told_and_recorded() -> None:
    erin = Travelling(House())
    erin.opens()
    erin.enrolment.code_app.show(erin.now())
    answer = erin.enrolment.code_app.confirm(erin.now(), WRONG_CODE, erin.visitor)
    assert answer == Unconfirmed(reason=Reason.WRONG_CODE)
    (record,) = erin.house.records("enrolment_refused")
    assert (record.account, record.reason) == ("erin", "wrong_code")


def test_without_a_shown_app_there_is_nothing_to_confirm() -> None:
    erin = Travelling(House())
    erin.opens()
    answer = erin.enrolment.code_app.confirm(erin.now(), WRONG_CODE, erin.visitor)
    assert isinstance(answer, NothingPending)


def test_t64_an_app_of_another_browser_confirms_nothing_here() -> None:
    erin = Travelling(House())
    erin.opens()
    app = erin.enrolment.code_app.show(erin.now())
    erin.held = None
    erin.opens()
    assert erin.enrolment.code_app.show(erin.now()).seed != app.seed

"""The parts of a journey work on one store of journeys."""

from __future__ import annotations

from tests.support.travelling import enrolment_of
from tests.support.use_cases import House


def test_all_parts_keep_the_same_journeys() -> None:
    enrolment = enrolment_of(House())
    parts = (enrolment.password, enrolment.code_app, enrolment.end)
    assert {id(part.journeys) for part in parts} == {id(enrolment.journeys)}

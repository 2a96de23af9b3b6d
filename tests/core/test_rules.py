"""Requirements are joined to the strictest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Level
from gate.core.rules import RANK, Requirement, strictest

SHORT, LONG = timedelta(minutes=5), timedelta(days=30)


def need(
    level: Level, within: timedelta | None = None, remember: timedelta | None = None
) -> Requirement:
    return Requirement(level=level, within=within, remember=remember)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            (need(Level.SIGNED_IN), need(Level.SECURITY_KEY), need(Level.SECOND_FACTOR)),
            need(Level.SECURITY_KEY),
            id="the highest level",
        ),
        pytest.param(
            (need(Level.SIGNED_IN, LONG), need(Level.SECOND_FACTOR, SHORT)),
            need(Level.SECOND_FACTOR, SHORT),
            id="the shortest within",
        ),
        pytest.param(
            (need(Level.SECOND_FACTOR, remember=LONG), need(Level.SIGNED_IN)),
            need(Level.SECOND_FACTOR, remember=LONG),
            id="g29 remembered at its level",
        ),
        pytest.param(
            (need(Level.SECOND_FACTOR, remember=LONG), need(Level.SECOND_FACTOR, remember=SHORT)),
            need(Level.SECOND_FACTOR, remember=SHORT),
            id="g29 the shorter memory",
        ),
        pytest.param(
            (need(Level.SECOND_FACTOR, remember=LONG), need(Level.SECOND_FACTOR)),
            need(Level.SECOND_FACTOR),
            id="g29 one does not remember",
        ),
        pytest.param(
            (need(Level.SECOND_FACTOR, remember=LONG), need(Level.SIGNED_IN, SHORT)),
            need(Level.SECOND_FACTOR, SHORT),
            id="g29 nothing is remembered beside within",
        ),
    ],
)
def test_g7_requirements_are_joined_to_the_strictest(
    given: tuple[Requirement, ...], expected: Requirement
) -> None:
    assert strictest(given) == expected


def test_levels_go_from_weak_to_strong() -> None:
    assert sorted(RANK, key=RANK.__getitem__) == [
        *(Level.ANY_SESSION, Level.SIGNED_IN, Level.OWN_STRONGEST),
        *(Level.SECOND_FACTOR, Level.SECURITY_KEY),
    ]

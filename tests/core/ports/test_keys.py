"""From when a registered key counts as a security key."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.store_values import NOON, some_account, some_key

INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("counts_from", "expected"),
    [
        pytest.param(None, True, id="since it was added"),
        pytest.param(NOON - INSTANT, True, id="since a while"),
        pytest.param(NOON, True, id="since this moment"),
        pytest.param(NOON + INSTANT, False, id="not yet"),
    ],
)
def test_g6_a_key_counts_from_its_moment_on(
    counts_from: datetime | None, *, expected: bool
) -> None:
    key = some_key(some_account(), counts_from=counts_from)
    assert key.counts_at(NOON) is expected

"""Codes of oathtool, which knows RFC 6238 and nothing of the gate, open the gate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from tests.apps.clients import code, signed_in_by_password, submitted
from tests.apps.running_gate import RunningGate
from tests.apps.ways import Applications

STEP: Final = timedelta(seconds=30)  # RFC 6238 section 4.1


@pytest.fixture(autouse=True)
def site(applications: Applications) -> str:
    """Give a site that runs."""
    assert applications["django"].port
    return "django"


def test_a_phone_that_runs_half_a_minute_ahead_signs_in(gate: RunningGate, site: str) -> None:
    with signed_in_by_password(gate, site, "ahead") as (browser, page):
        reached = submitted(browser, page, {"code": code(datetime.now(UTC) + STEP)})
        assert (str(reached.url), reached.status_code) == (f"http://{gate.host(site)}/", 404)
        assert "x-gate-reason" not in reached.headers


def test_a_code_of_five_minutes_ago_does_not_sign_in(gate: RunningGate, site: str) -> None:
    with signed_in_by_password(gate, site, "behind") as (browser, page):
        refused = submitted(browser, page, {"code": code(datetime.now(UTC) - 10 * STEP)})
        assert refused.status_code == 422
        again = browser.get(f"http://{gate.host(site)}/arrived", headers={"Accept": "*/*"})
        assert again.status_code == 401

"""How long sessions live, as the settings say it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.cli.compose.limits import limits_in_force
from gate.config.settings import Settings
from gate.core.subject import ADMIN_LIMITS, SessionLimits
from tests.support.policies import SITE, policy_of
from tests.support.store_values import some_account

HOUR = timedelta(hours=1)
POLICY = f"admins: {{account: alice}}\n{SITE}"


@pytest.mark.parametrize(
    ("written", "usual", "of_admins"),
    [
        ({}, SessionLimits(), ADMIN_LIMITS),
        (
            {"idle": "5m", "absolute": "1h"},
            SessionLimits(idle=HOUR / 12, absolute=HOUR),
            SessionLimits(idle=HOUR / 12, absolute=HOUR),
        ),
        ({"idle": "3h"}, SessionLimits(idle=3 * HOUR), ADMIN_LIMITS),
    ],
    ids=["default", "short", "long"],
)
def test_r14_administrators_get_the_shorter_limits(
    written: dict[str, str], usual: SessionLimits, of_admins: SessionLimits
) -> None:
    settings = Settings.from_written({"session": written})
    limits = limits_in_force(settings, lambda: policy_of(POLICY))
    assert limits.of(some_account("bob")) == usual
    assert limits.of(some_account("alice")) == of_admins

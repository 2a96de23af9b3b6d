"""How long sessions live in this installation."""

from __future__ import annotations

from collections.abc import Callable

from gate.config.settings import Settings
from gate.core.policy import Policy
from gate.core.subject import ADMIN_LIMITS, SessionLimits
from gate.service.lifetimes import LimitsInForce


def limits_in_force(settings: Settings, policy: Callable[[], Policy]) -> LimitsInForce:
    """Give the limits of the settings; those of administrators are never the longer ones."""
    limits = SessionLimits(idle=settings.session.idle, absolute=settings.session.absolute)
    admin_limits = limits.tightened(ADMIN_LIMITS)
    return LimitsInForce(policy=policy, limits=limits, admin_limits=admin_limits)

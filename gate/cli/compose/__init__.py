"""Puts the parts together: the only place that names concrete stores, planes and pages.

Each process is composed from what it may know. A worker signs assertions and can't unseal
anything; the pages process unseals and can't sign; commands at the terminal have the master key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gate.cli.compose.world import World, open_world
from gate.config.settings import Settings

__all__ = ["World", "open_world", "settings_of"]


def settings_of(told: Mapping[str, Any]) -> Settings:
    """Give the settings that the supervisor checked."""
    return Settings.from_written(told["settings"])

"""Options that every command has, and the settings that they lead to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from gate.config.setting_sources import SettingsProblems, load_settings
from gate.config.settings import Settings
from gate.core.errors import SettingsError

type Decorated = Callable[..., Any]

json_option: Callable[[Decorated], Decorated] = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON."
)
config_option: Callable[[Decorated], Decorated] = click.option(
    "--config",
    envvar="GATE_CONFIG",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The settings file.",
)


def settings_options(command: Decorated) -> Decorated:
    """Give a command `--config` and `--json`."""
    return config_option(json_option(command))


def settings_from(options: Mapping[str, Any]) -> Settings:
    """Give the settings of `--config`, the environment and those options that are settings.

    Raises `SettingsError` with every problem on a line of its own.
    """
    flags = {name: options[name] for name in options if name in Settings.model_fields}
    settings = load_settings(options.get("config"), os.environ, flags)
    if isinstance(settings, SettingsProblems):
        raise SettingsError("\n".join(settings.lines))
    return settings

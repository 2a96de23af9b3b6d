"""Which policy a command looks at: files that it was given, else the folder of the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gate.cli.builtin_policy import builtin_policy
from gate.cli.options import settings_from
from gate.config.policy_folder import read_files, read_folder
from gate.config.policy_warnings import Surroundings
from gate.config.policy_yaml import Loaded
from gate.config.setting_types import Origin
from gate.config.settings import Settings
from gate.core.host import Host
from gate.core.located import Location, Problem, Problems
from gate.core.ports import PolicyText

paths_argument = click.argument(
    "paths", nargs=-1, metavar="[FOLDER|FILES]", type=click.Path(exists=True, path_type=Path)
)


def read_source(
    paths: Sequence[Path], options: Mapping[str, Any]
) -> tuple[PolicyText | Problems, Settings]:
    """Give the policy's text, and the settings around it."""
    settings = settings_from(options)
    if paths:
        return _given(paths), settings
    if settings.policies is not None:
        return read_folder(settings.policies), settings
    if settings.upstream is not None:
        return builtin_policy(settings.upstream), settings
    raise click.UsageError("no policy is named; give a folder or files, or --config FILE")


def _given(paths: Sequence[Path]) -> PolicyText | Problems:
    if len(paths) == 1 and paths[0].is_dir():
        return read_folder(paths[0])
    folders = [each for each in paths if each.is_dir()]
    if folders:
        raise click.UsageError(f"`{folders[0]}` is a folder; give one folder, or files")
    return read_files(paths)


def surroundings(loaded: Loaded, settings: Settings) -> Surroundings:
    """Give what warnings look at beside the policy."""
    return Surroundings(
        pages=_host(settings.public_url),
        places=loaded.places,
        first_sign_in=settings.enrolment == "first_sign_in",
    )


def _host(origin: Origin | None) -> Host | None:
    return None if origin is None else Host(name=origin.host, port=origin.port)


class Places:
    """Names files as they were given, so that an editor finds them from where people stand."""

    def __init__(self, paths: Sequence[Path], settings: Settings) -> None:
        """Remember where the files of the policy are."""
        folder = paths[0] if len(paths) == 1 and paths[0].is_dir() else settings.policies
        self._folder = folder if not paths or paths[0].is_dir() else None
        self._files = {path.name: path for path in paths if not path.is_dir()}

    def at(self, location: Location) -> Location:
        """Give a place with the path of its file."""
        if location.file in self._files:
            return location._replace(file=str(self._files[location.file]))
        if self._folder is None:
            return location
        path = self._folder / location.file
        return location._replace(file=str(path)) if path.exists() else location

    def problem(self, problem: Problem) -> Problem:
        """Give a problem at the path of its file."""
        return replace(problem, at=self.at(problem.at))

"""The command `gate` in the test's own process, against a store in the test's own folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from gate.cli.compose import World, open_world
from gate.cli.main import main
from gate.cli.options import settings_from

SETTINGS = "state: sqlite:///state/gate.db\nupstream: http://127.0.0.1:9\n"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs commands with the settings file of a folder."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "gate.yaml"

    def __call__(self, *args: object, stdin: str = "") -> Result:
        """Run a command; `--config` stands last, where people put it too."""
        words = [*map(str, args), "--config", str(self.config)]
        return CliRunner(env={"GATE_CONFIG": None}).invoke(main, words, input=stdin)

    def ok(self, *args: object, stdin: str = "") -> Result:
        """Run a command that has to succeed."""
        found = self(*args, stdin=stdin)
        assert found.exit_code == 0, found.stderr
        return found

    def json(self, *args: object, stdin: str = "") -> Any:
        """Give what a command that succeeds prints for programs."""
        return json.loads(self.ok(*args, "--json", stdin=stdin).stdout)

    @contextmanager
    def world(self) -> Iterator[World]:
        """Open the store that the commands see."""
        with open_world(settings_from({"config": self.config})) as world:
            yield world


def new_command_line(folder: Path, settings: str = SETTINGS) -> CommandLine:
    """Give the commands of an installation that has nothing but settings."""
    gate = CommandLine(folder)
    gate.config.write_text(settings)
    return gate

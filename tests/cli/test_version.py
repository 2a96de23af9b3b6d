"""`gate version`."""

from __future__ import annotations

import json
import platform

from click.testing import CliRunner

from gate import __version__
from gate.cli.main import main
from gate.cli.version import installed


def test_people_read_the_version_first() -> None:
    said = CliRunner().invoke(main, ["version"]).stdout.splitlines()
    assert said[:2] == [f"gate {__version__}", f"python {platform.python_version()}"]


def test_programs_read_one_object() -> None:
    said = json.loads(CliRunner().invoke(main, ["version", "--json"]).stdout)
    assert said["gate"] == __version__


def test_a_package_that_is_not_there_is_named_so() -> None:
    assert installed("there-is-no-such-package") == "not installed"

"""An installation of its own for each test of a command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, new_command_line

SHA_OF_PASSWORD = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="  # costs nothing to add


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """An installation with two accounts, made once."""
    command_line = new_command_line(tmp_path_factory.mktemp("installed"))
    names = command_line.folder / "people"
    names.write_text(f"alice:{SHA_OF_PASSWORD}\nbob:{SHA_OF_PASSWORD}\n")
    command_line.ok("account", "import", names, "--format", "htpasswd")
    return command_line


@pytest.fixture
def gate(tmp_path: Path, installed: CommandLine) -> CommandLine:
    """The command line of an installation with two accounts."""
    shutil.copytree(installed.folder, tmp_path, dirs_exist_ok=True)
    return CommandLine(tmp_path)

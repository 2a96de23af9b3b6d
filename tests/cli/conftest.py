"""An installation of its own for each test of a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, new_command_line

SHA_OF_PASSWORD = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="  # costs nothing to add


@pytest.fixture
def gate(tmp_path: Path) -> CommandLine:
    """The command line of an installation with two accounts."""
    command_line = new_command_line(tmp_path)
    names = tmp_path / "people"
    names.write_text(f"alice:{SHA_OF_PASSWORD}\nbob:{SHA_OF_PASSWORD}\n")
    command_line.ok("account", "import", names, "--format", "htpasswd")
    return command_line

"""`gate schema`: what editors read."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from gate.cli.main import main
from gate.config.policy_schema import policy_schema


@pytest.mark.parametrize("args", [[], ["--json"]])
def test_it_prints_the_schema(args: list[str]) -> None:
    found = CliRunner(env={"GATE_CONFIG": None}).invoke(main, ["schema", *args])
    assert json.loads(found.stdout) == policy_schema()

"""`gate schema`: the JSON Schema of the policy language, for editors."""

from __future__ import annotations

import json
from typing import Any

import click

from gate.cli.options import settings_options
from gate.config.policy_schema import policy_schema


@click.command("schema")
@settings_options
def schema(**_options: Any) -> None:
    """Print the JSON Schema of the policy language."""
    click.echo(json.dumps(policy_schema(), indent=2))

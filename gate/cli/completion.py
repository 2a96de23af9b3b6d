"""`gate completion`: what a shell has to read to complete the names of commands and options."""

from __future__ import annotations

from typing import Any, Final

import click
from click.shell_completion import get_completion_class

from gate.cli.main import main
from gate.cli.options import settings_options
from gate.cli.output import print_json

SHELLS: Final = ("bash", "zsh", "fish")
ASKED_BY: Final = "_GATE_COMPLETE"  # the variable by which a shell asks, as click names it


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@settings_options
def completion(*, shell: str, as_json: bool, **_: Any) -> None:
    """Print the completion of SHELL; for bash: eval "$(gate completion bash)"."""
    known = get_completion_class(shell)
    if known is None:
        raise click.UsageError(f"`{shell}` can't be completed; known: {', '.join(SHELLS)}")
    script = known(main, {}, "gate", ASKED_BY).source()
    if as_json:
        print_json({"shell": shell, "script": script})
    else:
        click.echo(script)

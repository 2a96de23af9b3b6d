"""Passphrases: asked for at a terminal, or read from a script's input."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

import click

from gate.config.passphrase import SHORTEST, is_long_enough
from gate.core.secret_text import Secret

type Decorated = Callable[..., Any]

passphrase_option: Final[Callable[[Decorated], Decorated]] = click.option(
    "--passphrase-stdin", is_flag=True, help="Read the passphrase from the input, one line."
)


def new_passphrase(*, from_input: bool) -> Secret:
    """Give a passphrase that is long enough, at a terminal typed twice."""
    passphrase = given_passphrase(from_input=from_input)
    if not is_long_enough(passphrase):
        raise click.UsageError(f"the passphrase is too short; write {SHORTEST} characters or more")
    if not from_input and passphrase != _asked("The same again"):
        raise click.UsageError("the two are not the same; begin again")
    return passphrase


def given_passphrase(*, from_input: bool) -> Secret:
    """Give a passphrase."""
    if from_input:
        return Secret(sys.stdin.readline().rstrip("\r\n"))
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask at; give --passphrase-stdin")
    return _asked("Passphrase")


def _asked(question: str) -> Secret:
    return Secret(click.prompt(question, hide_input=True, err=True))

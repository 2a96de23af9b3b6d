"""`gate account disable`, `enable` and `unlock`; each counts on the next request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from gate.cli.compose import World, open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import result
from gate.cli.people import account_named, account_value
from gate.core.subject import Account, AccountState


@click.command("disable")
@click.argument("name")
@settings_options
def disable(**options: Any) -> None:
    """Turn an account away and end its sessions."""
    _change(
        options,
        lambda world, account: world.accounts.set_state(account, AccountState.DISABLED),
        "{} is disabled, its sessions are over",
    )


@click.command("enable")
@click.argument("name")
@settings_options
def enable(**options: Any) -> None:
    """Let a disabled account in again."""
    _change(
        options,
        lambda world, account: world.accounts.set_state(account, AccountState.ENABLED),
        "{} is enabled and has to sign in again",
    )


@click.command("unlock")
@click.argument("name")
@settings_options
def unlock(**options: Any) -> None:
    """Forget an account's wrong guesses, and let it in again when it was locked."""
    _change(
        options,
        lambda world, account: world.accounts.unlock(account),
        "{} is unlocked, its wrong guesses are forgotten",
    )


def _change(
    options: Mapping[str, Any], change: Callable[[World, Account], None], words: str
) -> None:
    """Change an account and show what it is now."""
    with open_world(settings_from(options)) as world:
        account = account_named(world, options["name"])
        change(world, account)
        now = account_named(world, account.name)
    result(account_value(now), [words.format(now.name)], as_json=options["as_json"])

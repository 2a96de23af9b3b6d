"""`gate account networks` and `clear-networks`: from where an account is admitted.

What is written counts on the next request, cuts open streams, and ends a list that the person was
trying. The last network can't be
removed by the way, since no list means no restriction: that is `clear-networks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

import click

from gate.cli.compose import World, open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import printable, result, say
from gate.cli.people import No, account_named
from gate.core.located import Problems
from gate.core.network import (
    Allowlist,
    Network,
    NetworkProblem,
    notes,
    parse_allowlist,
    parse_network,
)
from gate.core.subject import Account
from gate.service.network_edit import edited_networks
from gate.service.restrict import written


@click.command("networks")
@click.argument("name")
@click.option("--add", metavar="CIDR", multiple=True, help="Admit from there too.")
@click.option("--remove", metavar="CIDR", multiple=True, help="No longer admit from there.")
@click.option(
    "--set",
    "replacement",
    metavar="FILE",
    type=click.File("r", encoding="utf-8"),
    help="Replace the list by a file with one network a line; `-` reads it from the input.",
)
@settings_options
def networks(**options: Any) -> None:
    """See or change from where an account is admitted."""
    edit = _edit(options)
    with open_world(settings_from(options)) as world:
        account = account_named(world, options["name"])
        wanted = edit.of(account)
        if wanted is not None:
            _put(world, account, wanted)
        _say_trial(world, account, ended=wanted is not None)
        now = account_named(world, account.name)
    _show(now, as_json=options["as_json"])


@click.command("clear-networks")
@click.argument("name")
@settings_options
def clear_networks(*, name: str, **options: Any) -> None:
    """Take an account's allowlist off: it is admitted from wherever the policy admits it."""
    with open_world(settings_from(options)) as world:
        account = account_named(world, name)
        world.accounts.set_networks(account, None)
        _say_trial(world, account, ended=True)
        now = account_named(world, account.name)
    _show(now, as_json=options["as_json"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """What to do with a list."""

    add: tuple[Network, ...]
    remove: tuple[Network, ...]
    replacement: Allowlist | None

    def of(self, account: Account) -> Allowlist | None:
        """Give the new list; None: leave it."""
        if self.replacement is not None:
            return self.replacement
        if not self.add and not self.remove:
            return None
        listed = account.networks.networks if account.networks else ()
        for network in self.remove:
            if network not in listed:
                raise No(f"{network} is not in the list of `{account.name}`; nothing was changed")
        return edited_networks(account.networks, add=self.add, remove=self.remove)


def _edit(options: Mapping[str, Any]) -> _Edit:
    replacement = options["replacement"]
    if replacement is not None and (options["add"] or options["remove"]):
        raise click.UsageError("--set replaces the list; leave out --add and --remove")
    return _Edit(
        add=_networks(options["add"], "--add"),
        remove=_networks(options["remove"], "--remove"),
        replacement=None if replacement is None else read_networks(replacement),
    )


def _networks(texts: Iterable[str], option: str) -> tuple[Network, ...]:
    parsed = [parse_network(text) for text in texts]
    wrong = [each for each in parsed if isinstance(each, NetworkProblem)]
    if wrong:
        raise click.UsageError("\n".join(f"{option} {each.message}" for each in wrong))
    return tuple(each for each in parsed if not isinstance(each, NetworkProblem))


def read_networks(file: TextIO) -> Allowlist:
    """Give the list of a file; ends the command with every bad line."""
    try:
        parsed = parse_allowlist(file.read(), file=printable(file.name))
    except UnicodeDecodeError:
        raise click.UsageError(f"{file.name} is no UTF-8 text; save it as UTF-8") from None
    if isinstance(parsed, Problems):
        raise click.UsageError(str(parsed))
    return parsed


def _put(world: World, account: Account, wanted: Allowlist) -> None:
    if not wanted.entries:
        raise No(
            "no network would be left, and with that no restriction;"
            f" if that is meant: gate account clear-networks {account.name}"
        )
    for entry in wanted.entries:
        for remark in notes(entry.network):
            say(f"gate: note: {entry.network} {remark}")
    world.accounts.set_networks(account, wanted)


def _say_trial(world: World, account: Account, *, ended: bool) -> None:
    """Say that another list was tried when the command began, and what became of it (G15)."""
    trial = account.trial_at(world.clock.now())
    if trial is None:
        return
    tried = ", ".join(written(trial.networks))
    if ended:
        say(f"gate: note: {account.name} was trying another list, which is over: {tried}")
    else:
        end = f"{trial.until:%H:%M} UTC"
        say(f"gate: note: {account.name} is trying another list in its place until {end}: {tried}")


def _show(account: Account, *, as_json: bool) -> None:
    listed = account.networks
    written = [str(each) for each in listed.networks] if listed else []
    value = {"name": account.name, "networks": written if listed else None}
    if listed is None:
        lines = [f"{account.name} is admitted from anywhere that the policy admits"]
    else:
        lines = (listed.text.rstrip("\n") or "\n".join(written)).split("\n")
    result(value, map(printable, lines), as_json=as_json)

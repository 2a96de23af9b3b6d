"""`gate account link` and `reset-factors`: links by which people set things up (G20)."""

from __future__ import annotations

from typing import Any

import click

from gate.cli.compose import World, open_world
from gate.cli.links import (
    address_of,
    link_value,
    make_link,
    pages_origin,
    refuse_unusable,
    usual_purpose,
    what_it_does,
)
from gate.cli.options import settings_from, settings_options
from gate.cli.output import result, say
from gate.cli.people import account_named
from gate.config.setting_types import Origin
from gate.core.ports import LinkPurpose
from gate.core.subject import Account
from gate.service.links import MadeLink


@click.command("link")
@click.argument("name")
@click.option(
    "--purpose",
    type=click.Choice([each.value for each in LinkPurpose]),
    help="new: password and factor; add: one more factor; reset: a factor for all old ones.",
)
@click.option("--public-url", metavar="URL", help="Where people sign in.")
@settings_options
def link(*, name: str, purpose: str | None, **options: Any) -> None:
    """Make a one-time link for somebody, good for 24 hours; older ones of theirs end."""
    with open_world(settings_from(options)) as world:
        origin = pages_origin(world)
        account = _usable(world, name)
        wanted = LinkPurpose(purpose) if purpose else usual_purpose(world, account)
        made = make_link(world, account, wanted)
    _tell(account, origin, made, as_json=options["as_json"])


@click.command("reset-factors")
@click.argument("name")
@click.option("--public-url", metavar="URL", help="Where people sign in.")
@settings_options
def reset_factors(*, name: str, **options: Any) -> None:
    """End keys, code apps, recovery codes and sessions, and make a link for new ones."""
    with open_world(settings_from(options)) as world:
        origin = pages_origin(world)
        world.accounts.reset_factors(_usable(world, name))
        account = _usable(world, name)
        made = make_link(world, account, _after_reset(world, account))
    say(f"{account.name} has no second factor any more and is signed out everywhere.")
    _tell(account, origin, made, as_json=options["as_json"])


def _usable(world: World, name: str) -> Account:
    account = account_named(world, name)
    refuse_unusable(account)
    return account


def _after_reset(world: World, account: Account) -> LinkPurpose:
    """Give the purpose of the link: the password stays, where there is one."""
    usual = usual_purpose(world, account)
    return LinkPurpose.NEW if usual is LinkPurpose.NEW else LinkPurpose.RESET


def _tell(account: Account, origin: Origin, made: MadeLink, *, as_json: bool) -> None:
    say(what_it_does(account, made))
    value = {"name": account.name, **link_value(origin, made)}
    result(value, [address_of(origin, made).reveal()], as_json=as_json)

"""`gate account add`: one account, with a one-time link, or as a script gives it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any, TextIO

import click

from gate.cli.account_networks import read_networks
from gate.cli.compose import World, open_world
from gate.cli.links import address_of, link_value, make_link, pages_origin, what_it_does
from gate.cli.options import settings_from, settings_options
from gate.cli.output import result, say
from gate.cli.people import No, remember_admins
from gate.config.settings import Settings
from gate.core.ports import LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Account
from gate.factors import totp as totp_factor
from gate.service.accounts import NewAccount, Refused
from gate.service.names import folded_name

NO_CODE_APP = (
    "gate: the account has no code app; where the policy demands a second factor it can't get in"
)


@click.command("add")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from the input, one line.")
@click.option("--display-name", default="", metavar="TEXT", help="How pages and sites call it.")
@click.option("--email", metavar="ADDRESS", help="A verified e-mail address.")
@click.option(
    "--networks-file",
    metavar="FILE",
    type=click.File("r", encoding="utf-8"),
    help="From where it is admitted, one network a line.",
)
@click.option("--totp", is_flag=True, help="Make a code app and print its otpauth: address.")
@click.option("--public-url", metavar="URL", help="Where people sign in.")
@click.option("--reuse", is_flag=True, help="Take the name of an account that was deleted.")
@settings_options
def add(**options: Any) -> None:
    """Add an account and make a one-time link for it; scripts give a password instead."""
    if options["totp"] and not options["password_stdin"]:
        raise click.UsageError("--totp goes with --password-stdin; a link lets people choose")
    settings = settings_from(options)
    wanted = NewAccount(
        name=options["name"],
        display_name=options["display_name"],
        email=options["email"],
        networks=_networks(options["networks_file"]),
    )
    with open_world(settings) as world:
        _refuse_early(world, wanted)
        if options["password_stdin"]:
            whole = _from_script(world, wanted, options)
            _tell_script(_added(world, whole, options), whole, options)
            return
        origin = pages_origin(world)
        added = _added(world, wanted, options)
        made = make_link(world, added, LinkPurpose.NEW)
    say(what_it_does(added, made))
    value = {"name": added.name, "id": added.id, **link_value(origin, made)}
    lines = [f"{added.name} was added", address_of(origin, made).reveal()]
    result(value, lines, as_json=options["as_json"])


def _added(world: World, whole: NewAccount, options: dict[str, Any]) -> Account:
    added = world.accounts.add(whole, reuse=options["reuse"])
    if isinstance(added, Refused):
        raise No(added.message)
    remember_admins(world, [added.name])
    return added


def _networks(file: TextIO | None) -> str:
    return "" if file is None else read_networks(file).text


def _refuse_early(world: World, wanted: NewAccount) -> None:
    """Say what is wrong before anybody types a password."""
    if problem := world.accounts.problems_of(wanted):
        raise No(problem)
    name = folded_name(wanted.name) or ""
    if world.store.accounts.by_name(name) is not None:
        raise No(f"the account `{name}` exists; see: gate account show {name}")


# --- scripts -------------------------------------------------------------------------------


def _from_script(world: World, wanted: NewAccount, options: dict[str, Any]) -> NewAccount:
    password = sys.stdin.readline().removesuffix("\n")
    if not password:
        raise click.UsageError("the input holds no password; write it on one line")
    seed = totp_factor.new_secret() if options["totp"] else None
    whole = replace(wanted, password=Secret(password), totp=seed)
    for words in world.accounts.weaknesses(whole)[:1]:
        say(f"gate: the password is weak: {words}")
    return whole


def provisioning_address(settings: Settings, wanted: NewAccount, seed: Secret) -> Secret:
    """Give the `otpauth:` address of a new code app."""
    issuer = settings.public_url.host if settings.public_url else "Gate"
    name = folded_name(wanted.name) or wanted.name
    return totp_factor.provisioning_uri(secret=seed, account=name, issuer=issuer)


def _tell_script(added: Account, whole: NewAccount, options: dict[str, Any]) -> None:
    if whole.totp is None:
        say(NO_CODE_APP)
    value: dict[str, object] = {"name": added.name, "id": added.id}
    lines = [f"{added.name} was added"]
    if whole.totp is not None:
        address = provisioning_address(settings_from(options), whole, whole.totp).reveal()
        value["totp"] = address
        lines.append(address)
    result(value, lines, as_json=options["as_json"])

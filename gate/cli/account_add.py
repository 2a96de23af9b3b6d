"""`gate account add`: one account, asked for at a terminal or given by a script."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any, TextIO

import click

from gate.cli.account_networks import read_networks
from gate.cli.code_app import confirmed_code_app
from gate.cli.compose import World, open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import result, say
from gate.cli.people import No, remember_admins
from gate.config.settings import Settings
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
@click.option("--reuse", is_flag=True, help="Take the name of an account that was deleted.")
@settings_options
def add(**options: Any) -> None:
    """Add an account; at a terminal it is asked for a password and given a code app."""
    if not options["password_stdin"] and not sys.stdin.isatty():
        raise click.UsageError(
            "there is no terminal to ask for a password at; give --password-stdin"
        )
    settings = settings_from(options)
    wanted = NewAccount(
        name=options["name"],
        display_name=options["display_name"],
        email=options["email"],
        networks=_networks(options["networks_file"]),
    )
    with open_world(settings) as world:
        _refuse_early(world, wanted)
        whole = (
            _from_script(world, wanted, options)
            if options["password_stdin"]
            else (_from_terminal(world, wanted))
        )
        added = world.accounts.add(whole, reuse=options["reuse"])
        if isinstance(added, Refused):
            raise No(added.message)
        remember_admins(world, [added.name])
    _tell(added, whole, options)


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


# --- people --------------------------------------------------------------------------------


def _from_terminal(world: World, wanted: NewAccount) -> NewAccount:
    with_password = replace(wanted, password=_asked_password(world, wanted))
    address = provisioning_address
    confirmed = confirmed_code_app(world.clock, lambda seed: address(world.settings, wanted, seed))
    if confirmed is None:
        return with_password
    return replace(with_password, totp=confirmed.seed, totp_step=confirmed.step)


def _asked_password(world: World, wanted: NewAccount) -> Secret:
    """Ask until a password is strong enough and typed twice alike."""
    while True:
        password = Secret(click.prompt("Password", hide_input=True, err=True))
        words = world.accounts.weaknesses(replace(wanted, password=password))
        if words:
            say(f"That password can't be taken. {' '.join(words)}")
            continue
        if password == Secret(click.prompt("The same again", hide_input=True, err=True)):
            return password
        say("These were two different ones.")


def provisioning_address(settings: Settings, wanted: NewAccount, seed: Secret) -> Secret:
    """Give the `otpauth:` address of a new code app."""
    issuer = settings.public_url.host if settings.public_url else "Gate"
    name = folded_name(wanted.name) or wanted.name
    return totp_factor.provisioning_uri(secret=seed, account=name, issuer=issuer)


# --- what comes out ------------------------------------------------------------------------


def _tell(added: Account, whole: NewAccount, options: dict[str, Any]) -> None:
    if whole.totp is None:
        say(NO_CODE_APP)
    value: dict[str, object] = {"name": added.name, "id": added.id}
    lines = [f"{added.name} was added"]
    if whole.totp is not None and options["password_stdin"]:
        address = provisioning_address(settings_from(options), whole, whole.totp).reveal()
        value["totp"] = address
        lines.append(address)
    result(value, lines, as_json=options["as_json"])

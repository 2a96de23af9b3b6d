"""`gate account`: the accounts of an installation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from gate.cli.compose import World, open_world
from gate.cli.groups import Entry, LazyGroup
from gate.cli.options import settings_from, settings_options
from gate.cli.output import moment, printable, result, table
from gate.cli.people import account_named, account_value, policy_of
from gate.core.ports import SecurityKey, Totp
from gate.core.subject import Account
from gate.service.restrict import written
from gate.service.sessions import one_a_browser

account = LazyGroup(
    name="account",
    entries={
        "add": Entry(place="gate.cli.account_add:add", help="Add an account."),
        "list": Entry(place="gate.cli.account:list_accounts", help="List all accounts."),
        "show": Entry(place="gate.cli.account:show", help="Show one account."),
        "disable": Entry(place="gate.cli.account_state:disable", help="Turn an account away."),
        "enable": Entry(place="gate.cli.account_state:enable", help="Let it in again."),
        "unlock": Entry(place="gate.cli.account_state:unlock", help="Forget wrong guesses."),
        "link": Entry(place="gate.cli.account_link:link", help="Make a one-time link."),
        "reset-factors": Entry(
            place="gate.cli.account_link:reset_factors", help="End all second factors."
        ),
        "networks": Entry(
            place="gate.cli.account_networks:networks", help="See or change an allowlist."
        ),
        "clear-networks": Entry(
            place="gate.cli.account_networks:clear_networks", help="Take an allowlist off."
        ),
        "import": Entry(
            place="gate.cli.account_import:import_accounts", help="Add many from a file."
        ),
    },
    help="Look after accounts.",
)


@click.command("list")
@settings_options
def list_accounts(**options: Any) -> None:
    """List all accounts by name."""
    with open_world(settings_from(options)) as world:
        accounts = world.store.accounts.all()
    rows = [_row(each) for each in accounts]
    lines = table(("NAME", "STATE", "SECOND FACTOR", "NETWORKS", "DISPLAY NAME", "EMAIL"), rows)
    result(
        [account_value(each) for each in accounts],
        lines or ["there is no account yet; add one with: gate account add NAME"],
        as_json=options["as_json"],
    )


def _row(account: Account) -> tuple[str, ...]:
    networks = "anywhere" if account.networks is None else str(len(account.networks.entries))
    name, email = account.display_name, account.email or ""
    return account.name, account.state.value, _factors(account), networks, name, email


def _factors(account: Account) -> str:
    key = ["security key"] if account.has_security_key else []
    app = ["code app"] if account.has_totp else []
    return ", ".join(key + app) or "none"


@click.command("show")
@click.argument("name")
@settings_options
def show(*, name: str, **options: Any) -> None:
    """Show what is known of an account."""
    with open_world(settings_from(options)) as world:
        value = _whole(world, account_named(world, name))
    result(value, _lines(value), as_json=options["as_json"])


def _whole(world: World, account: Account) -> dict[str, object]:
    policy = policy_of(world)
    store = world.store
    now = world.clock.now()
    trial = account.trial_at(now)
    browsers = one_a_browser(store.sessions.of_account(account.id))
    sessions = [each for each in browsers if each.ends_at > now]
    return {
        **account_value(account),
        "networks_tried": None if trial is None else written(trial.networks),
        "password": store.accounts.password_hash(account.id) is not None,
        "security_keys": [_factor(key) for key in store.keys.of_account(account.id)],
        "code_apps": [_factor(app) for app in store.accounts.totps(account.id)],
        "recovery_codes": store.recovery_codes.left(account.id),
        "sessions": len(sessions),
        "groups": list(policy.groups_of(account.name)) if policy else [],
        "admin": policy.is_admin(account.name) if policy else False,
    }


def _factor(factor: SecurityKey | Totp) -> dict[str, object]:
    last = factor.last_used
    return {
        "name": factor.name,
        "added": moment(factor.added_at),
        "last_used": None if last is None else moment(last),
    }


def _lines(value: dict[str, object]) -> Iterator[str]:
    for key, each in value.items():
        yield f"{key.replace('_', ' ') + ':':22}{printable(_words(key, each))}"


def _words(key: str, value: object) -> str:
    match value:
        case None:
            return "anywhere" if key == "networks" else "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_item(each) for each in value) or "none"
        case _:
            return str(value) or "-"


def _item(value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    return f"{value['name']} (added {value['added']}, last used {value['last_used'] or 'never'})"

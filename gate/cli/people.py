"""Accounts as commands find and show them; never a secret (T71)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, override

import click

from gate.cli.builtin_policy import builtin_policy
from gate.cli.compose import World, open_world
from gate.cli.output import ExitCode
from gate.config.policy_folder import read_folder
from gate.config.policy_yaml import load_policy
from gate.config.settings import Settings
from gate.core.errors import StoreError
from gate.core.located import Problems
from gate.core.policy import Policy
from gate.core.subject import Account
from gate.service.accounts import Refused
from gate.store.sql import store_exists

BUILTIN_ADMIN: Final = "admin"  # the only one while no policy is known, as in the built-in one


class No(click.ClickException):
    """The answer is no; the message says why and what to do."""

    exit_code = int(ExitCode.FOUND)

    @override
    def format_message(self) -> str:
        """Give the message as it is."""
        return self.message


def account_named(world: World, name: str) -> Account:
    """Give an account; ends the command when there is none."""
    found = world.accounts.by_name(name)
    if isinstance(found, Refused):
        raise No(found.message)
    return found


def account_value(account: Account) -> dict[str, object]:
    """Give what programs read of an account."""
    networks = account.networks
    return {
        "id": account.id,
        "name": account.name,
        "display_name": account.display_name,
        "email": account.email,
        "state": account.state.value,
        "networks": None if networks is None else [str(each) for each in networks.networks],
        "second_factor": account.has_second_factor,
        "always_second_factor": account.always_second_factor,
    }


def policy_of(world: World) -> Policy | None:
    """Give the policy in force, or the one that a start would bring into force."""
    try:
        return world.policies.policy()
    except StoreError:
        return written_policy(world.settings)


def stored_or_written_policy(settings: Settings) -> Policy | None:
    """Give the same without making a store; raises `GateError` when there is one of no use."""
    if not store_exists(settings.state.reveal()):
        return written_policy(settings)
    with open_world(settings) as world:
        return policy_of(world)


def written_policy(settings: Settings) -> Policy | None:
    """Give the policy of the folder or the built-in one; None: there is none that loads."""
    if settings.policies is not None:
        text = read_folder(settings.policies)
    elif settings.upstream is not None:
        text = builtin_policy(settings.upstream)
    else:
        return None
    loaded = text if isinstance(text, Problems) else load_policy(text)
    return None if isinstance(loaded, Problems) else loaded.policy


def remember_admins(world: World, names: Iterable[str]) -> None:
    """Remember for ever that there was an admin, once there is one (T103)."""
    if world.store.accounts.admin_ever_existed():
        return
    policy = policy_of(world)
    if any(policy.is_admin(name) if policy else name == BUILTIN_ADMIN for name in names):
        world.store.accounts.remember_admin_existed()

"""Accounts as commands find and show them; never a secret (T71)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import override

import click

from gate.cli.builtin_policy import builtin_policy
from gate.cli.compose import World
from gate.cli.output import ExitCode
from gate.config.policy_folder import read_folder
from gate.core.errors import StoreError
from gate.core.located import Problems
from gate.core.policy import Policy
from gate.core.subject import Account
from gate.service.accounts import Refused

NOWHERE = "http://127.0.0.1:1"  # an upstream for a policy that is only asked who its admins are


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
        settings = world.settings
    if settings.policies is not None:
        read = read_folder(settings.policies)
        text = None if isinstance(read, Problems) else read
    else:
        text = builtin_policy(settings.upstream or NOWHERE)
    checked = None if text is None else world.policies.check(text)
    return checked if isinstance(checked, Policy) else None


def remember_admins(world: World, names: Iterable[str]) -> None:
    """Remember for ever that there was an admin, once there is one (T103)."""
    if world.store.accounts.admin_ever_existed():
        return
    policy = policy_of(world)
    if policy is not None and any(policy.is_admin(name) for name in names):
        world.store.accounts.remember_admin_existed()

"""The first admin: made when the gate starts and none has ever been, and let in by a link (G20).

The store remembers for ever that there was one, in the transaction that makes it, so that two
starts at once make one admin and no later start makes another (T103). The link goes to the
terminal, or to a file that only its owner can read, and never to the log.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Final

from gate.cli.compose import World
from gate.cli.links import address_of, make_link
from gate.cli.output import moment, say
from gate.cli.people import BUILTIN_ADMIN
from gate.config.secret import write_private
from gate.config.setting_types import Origin
from gate.core.policy import Policy
from gate.core.ports import LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Account
from gate.service.accounts import NewAccount, Refused
from gate.service.links import FIRST_ADMIN_LASTS

FILE: Final = "first-admin-link"
NOBODY: Final = "nobody can administrate yet"

log = logging.getLogger(__name__)


def welcome_first_admin(world: World, policy: Policy, origin: Origin) -> None:
    """Make the first admin and show the link, or say how to go on; usually there is nothing to do.

    The policy has to name `admin`, or nobody else, as an admin: which of several people comes
    first is not the gate's to choose.
    """
    made = _first_admin(world, policy)
    if isinstance(made, Account):
        _show(world, made, origin)
    elif made:
        log.warning("%s", made)


def admins_of(policy: Policy) -> tuple[str, ...]:
    """Give the names of all who may administrate, sorted."""
    members = (policy.groups[name].members for name in policy.admins.groups)
    return tuple(sorted(policy.admins.accounts.union(*members)))


def _first_admin(world: World, policy: Policy) -> Account | str:
    """Make the account, or say what the operator should do; nothing to say: an empty text."""
    names = admins_of(policy)
    accounts = world.store.accounts
    with world.store.together():
        there = [account for account in map(accounts.by_name, names) if account is not None]
        if there:
            accounts.remember_admin_existed()
            return _reminder(world, there)
        if accounts.admin_ever_existed() or not names:
            return ""
        name = BUILTIN_ADMIN if BUILTIN_ADMIN in names else names[0]
        if name != BUILTIN_ADMIN and len(names) > 1:
            return f"{NOBODY}; run gate account add NAME for one of {', '.join(names)}"
        added = world.accounts.put_new(NewAccount(name=name))
        if isinstance(added, Refused):
            return f"{NOBODY}: {added.message}"
        accounts.remember_admin_existed()
        return added


def _reminder(world: World, admins: list[Account]) -> str:
    """Say how somebody gets in where no admin has anything to sign in with."""
    if any(world.store.accounts.password_hash(admin.id) for admin in admins):
        return ""
    if any(admin.has_second_factor for admin in admins):
        return ""
    name = admins[0].name
    return f"{NOBODY}; {name} gets a link by: gate account link {name}"


def _show(world: World, admin: Account, origin: Origin) -> None:
    made = make_link(world, admin, LinkPurpose.NEW, FIRST_ADMIN_LASTS)
    address = address_of(origin, made)
    if sys.stderr.isatty():
        say(
            f"\nThe first admin is {admin.name}. To set up how to sign in, open this link; it works"
        )
        say(f"once, until {moment(made.link.expires)}:\n\n  {address.reveal()}\n")
        return
    path = world.settings.key_file.with_name(FILE)
    _write(path, address)
    log.warning("the first admin is %s; a link that works for an hour lies in %s", admin.name, path)


def _write(path: Path, address: Secret) -> None:
    """Write the link where only the owner reads it, in the place of an older one."""
    path.unlink(missing_ok=True)
    write_private(path, Secret(f"{address.reveal()}\n"))

"""One-time links as commands make and show them; a link is shown once and never logged (G20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from gate.cli.builtin_policy import builtin_policy
from gate.cli.compose import World
from gate.cli.compose.origin import public_origin
from gate.cli.output import moment
from gate.cli.people import No, policy_of
from gate.config.policy_yaml import load_policy
from gate.config.setting_types import Origin
from gate.core.errors import SettingsError
from gate.core.handoff import PREFIX
from gate.core.located import Problems
from gate.core.ports import LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState
from gate.service.links import LASTS, MadeLink

ANY_SITE: Final = "http://127.0.0.1:9"  # stands for the one that is guarded, wherever it is
LEADS_TO: Final = {
    LinkPurpose.NEW: "chooses a password and sets up a second factor",
    LinkPurpose.ADD: "sets up one more second factor",
    LinkPurpose.RESET: "sets up a second factor in the place of the old ones",
}


def pages_origin(world: World) -> Origin:
    """Give where links lead to; where no policy is known yet, that of the built-in one.

    Raises `SettingsError` when the operator has to name it.
    """
    policy = policy_of(world)
    if policy is not None:
        return public_origin(world.settings, policy)
    loaded = load_policy(builtin_policy(ANY_SITE))
    if isinstance(loaded, Problems):
        raise SettingsError("the built-in policy does not load; reinstall the gate")
    return public_origin(world.settings, loaded.policy)


def usual_purpose(world: World, account: Account) -> LinkPurpose:
    """Give what a link is for when nobody said it."""
    if world.store.accounts.password_hash(account.id) is None:
        return LinkPurpose.NEW
    return LinkPurpose.ADD


def refuse_unusable(account: Account) -> None:
    """End the command for an account that no link could open."""
    if account.state is AccountState.DISABLED:
        raise No(f"{account.name} is disabled; run first: gate account enable {account.name}")
    if account.state is AccountState.LOCKED:
        raise No(f"{account.name} is locked; run first: gate account unlock {account.name}")


def make_link(
    world: World, account: Account, purpose: LinkPurpose, lasts: timedelta = LASTS
) -> MadeLink:
    """Make a link and note that it was made; its token stands in no record."""
    made = world.links.make(account, purpose, lasts=lasts)
    expires = moment(made.link.expires)
    details = {"purpose": purpose.value, "expires": expires}
    world.events.note_from_terminal("link_made", account.name, details)
    return made


def address_of(origin: Origin, made: MadeLink) -> Secret:
    """Give a link as people open it."""
    return Secret(f"{origin}{PREFIX}enrol/{made.token.reveal()}")


def link_value(origin: Origin, made: MadeLink) -> dict[str, object]:
    """Give what programs read of a link."""
    return {
        "purpose": made.link.purpose.value,
        "link": address_of(origin, made).reveal(),
        "expires": moment(made.link.expires),
    }


def what_it_does(account: Account, made: MadeLink) -> str:
    """Say to the operator what to do with a link."""
    return (
        f"Give this link to {account.name}, by a way that nobody else can read. It works once,"
        f" until {moment(made.link.expires)}: whoever opens it"
        f" {LEADS_TO[made.link.purpose]} for {account.name}."
    )

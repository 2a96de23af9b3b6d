"""The doctor's look at where security keys work: at the one name of their registration (G5)."""

from __future__ import annotations

from collections.abc import Iterator

from gate.cli.compose import open_world
from gate.cli.compose.origin import public_origin
from gate.cli.findings import Finding, ok, warn
from gate.config.settings import Settings
from gate.core.errors import SettingsError
from gate.core.policy import Policy
from gate.service.relying_party import RelyingParty, relying_party
from gate.store.sql import store_exists

ABOUT = "security keys"


def security_key_findings(settings: Settings, policy: Policy | None) -> Iterator[Finding]:
    """Say for which name keys are, and how many are for another one; nothing is known without."""
    if policy is None:
        return
    try:
        party = relying_party(str(public_origin(settings, policy)))
    except SettingsError:
        return  # said of `public_url` already
    if not party.is_named:
        yield warn(
            ABOUT,
            f"people sign in at the address {party.rp_id}, and browsers use security keys at names"
            " alone; set `public_url` to a name",
        )
        return
    yield ok(ABOUT, f"they are for {party.rp_id}, on pages of {party.origins[0]}")
    if lost := _of_other_names(settings, party):
        yield warn(
            ABOUT,
            f"{lost} in the store {'was' if lost == 1 else 'were'} registered for another name and"
            f" won't work at {party.rp_id}; set `public_url` back, or give links to add new ones:"
            " gate account link NAME",
        )


def _of_other_names(settings: Settings, party: RelyingParty) -> int:
    if not store_exists(settings.state.reveal()):
        return 0
    with open_world(settings) as world:
        return sum(
            key.rp_id != party.rp_id
            for account in world.store.accounts.all()
            for key in world.store.keys.of_account(account.id)
        )

"""What a new policy would lose of an old one: a reload by itself may not (RULES G9)."""

from __future__ import annotations

from collections.abc import Iterator

from gate.core.policy import AccountEntry, Policy, Site
from gate.core.rules import RANK


def losses(old: Policy, new: Policy) -> tuple[str, ...]:
    """Give each restriction of the old policy that the new one lacks, as half a sentence."""
    return (*_lost_entries(old, new), *_lost_sites(old, new), *_lost_admins(old, new))


def _lost_entries(old: Policy, new: Policy) -> Iterator[str]:
    for name, entry in old.accounts.items():
        left = new.accounts.get(name)
        if left is None:
            yield f"the entry of account `{name}` is gone"
        else:
            yield from _weaker(name, entry, left)


def _weaker(name: str, old: AccountEntry, new: AccountEntry) -> Iterator[str]:
    if old.networks is not None and new.networks is None:
        yield f"the entry of account `{name}` no longer restricts addresses"
    if old.require is None:
        return
    if new.require is None:
        yield f"the entry of account `{name}` no longer requires `{old.require.level}`"
    elif RANK[new.require.level] < RANK[old.require.level]:
        yield f"the entry of account `{name}` requires only `{new.require.level}`"


def _lost_sites(old: Policy, new: Policy) -> Iterator[str]:
    for name, site in old.sites.items():
        left = new.sites.get(name)
        if left is None:
            yield f"site `{name}` is gone"
        elif _observes_longer(site, left):
            yield f"site `{name}` observes and enforces nothing until {left.options.observe_until}"


def _observes_longer(old: Site, new: Site) -> bool:
    before, after = old.options.observe_until, new.options.observe_until
    return after is not None and (before is None or after > before)


def _lost_admins(old: Policy, new: Policy) -> Iterator[str]:
    had = old.admins.groups or old.admins.accounts
    if had and not (new.admins.groups or new.admins.accounts):
        yield "`admins` is gone, nobody may open the admin pages"

"""How a session stands to what is demanded of it, and from where its account is admitted.

`within` looks at the proof that carries the level, never at a recovery code, and a proof of the
future is stale (G18). Everything that is demanded has to hold: what a rule asks for, the entries
of the policy, and the person's own choice (G7).

A *partial* session proved nothing but a password although more is to be proved: its account has a
second factor, or an entry or the person's own choice demands one. A password alone makes a full
session of an account that has nothing else, or no group could ever hold such an account. A
session that nobody signed in to by password or key is partial, whatever else was proved.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from typing import Final, NamedTuple

from gate.core.address import Address
from gate.core.decision import Level
from gate.core.levels import Worth, usable_methods
from gate.core.policy import Demand, Policy
from gate.core.rules import Requirement, strictest
from gate.core.subject import Account, Session

__all__ = [
    "OPT_UP",
    "SIGNED_IN",
    "Met",
    "Missing",
    "Stale",
    "Standing",
    "admits",
    "admits_by_policy",
    "demanded",
    "earliest",
    "is_admitted",
    "is_partial",
    "own_requirement",
    "standing",
    "usable_methods",
]

OPT_UP: Final = Requirement(level=Level.SECOND_FACTOR)
SIGNED_IN: Final = Requirement(level=Level.SIGNED_IN)


class Met(NamedTuple):
    """The requirement holds, until a proof becomes stale; None: as long as the session."""

    until: datetime | None = None


class Missing(NamedTuple):
    """Something was never proved; `need` is what would be enough."""

    need: Requirement


class Stale(NamedTuple):
    """All was proved, too long ago; `until` is when a proof dated in the future begins to count."""

    need: Requirement
    until: datetime | None = None


type Standing = Met | Missing | Stale

_MET: Final = Met()


def standing(requirements: tuple[Requirement, ...], worth: Worth, now: datetime) -> Standing:
    """Say how proofs stand to requirements, all of which have to hold."""
    until: datetime | None = None
    stale: list[Stale] = []
    for requirement in requirements:
        if requirement.level not in worth.reached:
            return Missing(need=strictest(requirements))
        if requirement.within is None:
            continue
        end = _fresh_until(worth.carried[requirement.level], requirement.within, now)
        if end is None:
            stale.append(_stale(requirement, worth, now))
        elif until is None or end < until:
            until = end
    if stale:
        return _joined(stale)
    return _MET if until is None else Met(until=until)


def _fresh_until(dated: tuple[datetime, ...], within: timedelta, now: datetime) -> datetime | None:
    """Give when the newest of these proofs becomes stale, none when each is or is yet to come."""
    newest: datetime | None = None
    for at in dated:
        if at <= now and (newest is None or at > newest):
            newest = at
    if newest is None:
        return None
    end = newest + within
    return end if now < end else None


def _stale(requirement: Requirement, worth: Worth, now: datetime) -> Stale:
    coming = (at for at in worth.carried[requirement.level] if at > now)
    return Stale(need=requirement, until=min(coming, default=None))


def _joined(stale: list[Stale]) -> Stale:
    until = reduce(earliest, (each.until for each in stale))
    return Stale(need=strictest(tuple(each.need for each in stale)), until=until)


# --- what is demanded ----------------------------------------------------------------------


def demanded(demand: Demand, account: Account, requirement: Requirement) -> tuple[Requirement, ...]:
    """Give everything that has to hold: what a rule asks for and what applies to the account."""
    if requirement.level is Level.OWN_STRONGEST:
        requirement = OPT_UP if account.has_second_factor else SIGNED_IN
    return (requirement, *_own(demand, account))


def own_requirement(policy: Policy, account: Account) -> Requirement | None:
    """Give what entries and the person's own choice demand everywhere, joined strictest."""
    own = _own(policy.demand(account.name), account)
    return strictest(own) if own else None


def _own(demand: Demand, account: Account) -> tuple[Requirement, ...]:
    entries = demand.requirements
    return (*entries, OPT_UP) if account.always_second_factor else entries


def is_partial(demand: Demand, session: Session) -> bool:
    """Say whether only a password was proved and more is to be proved before anything counts."""
    worth, account = session.worth, session.account
    if Level.SIGNED_IN not in worth.reached:
        return True
    if not worth.password_alone:
        return False
    return account.has_second_factor or account.always_second_factor or demand.second_factor


# --- where from ----------------------------------------------------------------------------


def admits(policy: Policy, account: Account, address: Address, now: datetime) -> bool:
    """Say whether the person's own list and every entry admit an address at a moment."""
    return is_admitted(policy.demand(account.name), account, address, now)


def is_admitted(demand: Demand, account: Account, address: Address, now: datetime) -> bool:
    """Say the same of an account whose entries were looked up before."""
    own = account.networks_at(now)
    return (own is None or own.admits(address)) and demand.admits(address)


def admits_by_policy(policy: Policy, account: str, address: Address) -> bool:
    """Say whether every entry that applies to an account admits an address."""
    return policy.demand(account).admits(address)


def earliest(first: datetime | None, second: datetime | None) -> datetime | None:
    """Give the earlier of two moments, of which either may be none."""
    if first is None:
        return second
    return first if second is None or first <= second else second

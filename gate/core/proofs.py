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

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Final

from gate.core.address import Address
from gate.core.decision import Level
from gate.core.levels import FIRST_METHODS, carries, reaches, usable_methods
from gate.core.policy import Policy
from gate.core.rules import RANK, Requirement, strictest
from gate.core.subject import Account, Method, Proof, Session

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
    "is_partial",
    "own_requirement",
    "standing",
    "usable_methods",
]

OPT_UP: Final = Requirement(level=Level.SECOND_FACTOR)
SIGNED_IN: Final = Requirement(level=Level.SIGNED_IN)
PASSWORD_ALONE: Final = frozenset({Method.PASSWORD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The requirement holds, until a proof becomes stale; None: as long as the session."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something was never proved; `need` is what would be enough."""

    need: Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """All was proved, too long ago; `until` is when a proof dated in the future begins to count."""

    need: Requirement
    until: datetime | None = None


type Standing = Met | Missing | Stale

_MET: Final = Met()


def standing(
    requirements: tuple[Requirement, ...], proofs: tuple[Proof, ...], now: datetime
) -> Standing:
    """Say how proofs stand to requirements, all of which have to hold."""
    met = _MET
    stale: list[Stale] = []
    for requirement in requirements:
        found = _standing(requirement, proofs, now)
        if isinstance(found, Missing):
            return Missing(need=strictest(requirements))
        if isinstance(found, Stale):
            stale.append(found)
        elif met.until is None or (found.until is not None and found.until < met.until):
            met = found
    return _joined(stale) if stale else met


def _joined(stale: list[Stale]) -> Stale:
    until = reduce(earliest, (each.until for each in stale))
    return Stale(need=strictest(tuple(each.need for each in stale)), until=until)


def _standing(requirement: Requirement, proofs: tuple[Proof, ...], now: datetime) -> Standing:
    if not reaches(requirement.level, proofs):
        return Missing(need=requirement)
    within = requirement.within
    if within is None:
        return _MET
    dated = [proof.at for proof in proofs if carries(requirement.level, proof)]
    ends = [at + within for at in dated if at <= now < at + within]
    if ends:
        return Met(until=max(ends))
    return Stale(need=requirement, until=min((at for at in dated if at > now), default=None))


# --- what is demanded ----------------------------------------------------------------------


def demanded(policy: Policy, account: Account, requirement: Requirement) -> tuple[Requirement, ...]:
    """Give everything that has to hold: what a rule asks for and what applies to the account."""
    resolved, own = _resolved(requirement, account), _own(policy, account)
    return own if resolved in own else (resolved, *own)


def own_requirement(policy: Policy, account: Account) -> Requirement | None:
    """Give what entries and the person's own choice demand everywhere, joined strictest."""
    own = _own(policy, account)
    return strictest(own) if own else None


def _own(policy: Policy, account: Account) -> tuple[Requirement, ...]:
    entries = policy.demand(account.name).requirements
    return (*entries, OPT_UP) if account.always_second_factor else entries


def _resolved(requirement: Requirement, account: Account) -> Requirement:
    if requirement.level is not Level.OWN_STRONGEST:
        return requirement
    return OPT_UP if account.has_second_factor else SIGNED_IN


def is_partial(policy: Policy, session: Session) -> bool:
    """Say whether only a password was proved and more is to be proved before anything counts."""
    methods = {proof.method for proof in session.proofs}
    if methods.isdisjoint(FIRST_METHODS):
        return True
    if not methods <= PASSWORD_ALONE:
        return False
    return session.account.has_second_factor or any(
        RANK[each.level] >= RANK[Level.SECOND_FACTOR] for each in _own(policy, session.account)
    )


# --- where from ----------------------------------------------------------------------------


def admits(policy: Policy, account: Account, address: Address) -> bool:
    """Say whether the person's own list and every entry admit an address."""
    own = account.networks
    if own is not None and not own.admits(address):
        return False
    return policy.demand(account.name).admits(address)


def admits_by_policy(policy: Policy, account: str, address: Address) -> bool:
    """Say whether every entry that applies to an account admits an address."""
    return policy.demand(account).admits(address)


def earliest(first: datetime | None, second: datetime | None) -> datetime | None:
    """Give the earlier of two moments, of which either may be none."""
    if first is None:
        return second
    return first if second is None or first <= second else second

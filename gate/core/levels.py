"""Levels: what proofs are worth, and what an account can still prove.

`signed_in` is a password or a key; `second_factor` a password with a code, a key or a recovery
code, or alone a key that verified the person; `security_key` is a second factor with a key that
counts as one (G6). Nothing here looks at the age of a proof. What the proofs of a session are
worth is worked out once, when it is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, assert_never

from gate.core.proof import KEY_METHODS, SECOND_METHODS, Method, Proof

if TYPE_CHECKING:
    from gate.core.subject import Account


class Level(StrEnum):
    """What a requirement asks for, from weak to strong.

    `any_session` and `own_strongest` are for the gate's own pages only (G14) and can't be written
    in a policy: the first also admits a partial session, the second asks for a second factor as
    soon as the account has one.
    """

    ANY_SESSION = "any_session"
    SIGNED_IN = "signed_in"
    OWN_STRONGEST = "own_strongest"
    SECOND_FACTOR = "second_factor"
    SECURITY_KEY = "security_key"


FIRST_METHODS: Final = frozenset({Method.PASSWORD, *KEY_METHODS})  # each of them signs in
FRESH_METHODS: Final = SECOND_METHODS - {Method.RECOVERY_CODE}  # second proofs that have an age


def reaches(level: Level, proofs: tuple[Proof, ...]) -> bool:
    """Say whether proofs make a level, however old they are."""
    match level:
        case Level.ANY_SESSION:
            return bool(proofs)
        case Level.SIGNED_IN:
            return any(proof.method in FIRST_METHODS for proof in proofs)
        case Level.OWN_STRONGEST | Level.SECOND_FACTOR:
            return _is_second_factor(proofs)
        case Level.SECURITY_KEY:
            return _is_second_factor(proofs) and any(carries(level, proof) for proof in proofs)
        case _:
            assert_never(level)


def _is_second_factor(proofs: tuple[Proof, ...]) -> bool:
    methods = {proof.method for proof in proofs}
    if Method.PASSWORD in methods:
        return not methods.isdisjoint(SECOND_METHODS)
    return has_first_factor(proofs)


def has_first_factor(proofs: tuple[Proof, ...]) -> bool:
    """Say whether something the person knows or is was proved: a password, or a verifying key."""
    return any(proof.method is Method.PASSWORD or _verified_person(proof) for proof in proofs)


def _verified_person(proof: Proof) -> bool:
    return proof.method is Method.PASSKEY or (
        proof.method is Method.SECURITY_KEY and proof.user_verified
    )


def carries(level: Level, proof: Proof) -> bool:
    """Say whether the freshness of a level is that of this proof (G18)."""
    if level is Level.SECURITY_KEY:
        return proof.method in KEY_METHODS and proof.counts_as_key
    if level in (Level.SIGNED_IN, Level.ANY_SESSION):
        return proof.method in FIRST_METHODS
    return proof.method in FRESH_METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What proofs are worth: the levels they reach, and for each the moments that carry it.

    `password_alone` is true when nothing but a password was proved, however often.
    """

    reached: frozenset[Level]
    carried: Mapping[Level, tuple[datetime, ...]]
    password_alone: bool


@lru_cache(
    maxsize=4096
)  # a session is built anew whenever somebody was active or something changed
def worth_of(proofs: tuple[Proof, ...]) -> Worth:
    """Give what proofs are worth, however old they are."""
    return Worth(
        reached=frozenset(level for level in Level if reaches(level, proofs)),
        carried={
            level: tuple(proof.at for proof in proofs if carries(level, proof)) for level in Level
        },
        password_alone={proof.method for proof in proofs} == {Method.PASSWORD},
    )


# --- what can still be proved --------------------------------------------------------------


def usable_methods(account: Account, level: Level) -> tuple[Method, ...]:
    """Give what an account can prove towards a level, strongest first."""
    keys = (Method.SECURITY_KEY,) if account.has_security_key else ()
    match level:
        case Level.ANY_SESSION | Level.SIGNED_IN:
            return (*keys, Method.PASSWORD)
        case Level.OWN_STRONGEST | Level.SECOND_FACTOR:
            return (*keys, Method.TOTP) if account.has_totp else keys
        case Level.SECURITY_KEY:
            return keys if account.key_counts else ()
        case _:
            assert_never(level)


def missing_methods(
    account: Account, level: Level, proofs: tuple[Proof, ...]
) -> tuple[Method, ...]:
    """Give what would bring a session nearer to a level; nothing when no factor could."""
    carried = any(carries(level, proof) for proof in proofs)
    if carried and not has_first_factor(proofs):
        return (Method.PASSWORD,)
    return usable_methods(account, level)

"""Levels: what proofs are worth, and what an account can still prove.

`signed_in` is a password or a key; `second_factor` a password with a code, a key or a recovery
code, or alone a key that verified the person; `security_key` is a second factor with a key that
counts as one (G6). Nothing here looks at the age of a proof.
"""

from __future__ import annotations

from typing import Final, assert_never

from gate.core.decision import Level
from gate.core.subject import KEY_METHODS, SECOND_METHODS, Account, Method, Proof

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

"""Passwords: Argon2id, verified exactly, upgraded at sign-in, and judged before they are taken.

Nothing is trimmed. A password is put into Unicode's NFC once, before hashing and before
verifying, so that one password typed on two systems is one password (NIST SP 800-63B-4 section
3.1.1.2). A length cap stands before every hash. Where no account or no usable hash exists, the
same work is done as for a wrong password; only an imported bcrypt hash takes its own time until
its first sign-in replaces it.
"""

import base64
import secrets
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import argon2
import zxcvbn_rs_py

from gate.core.secret_text import Secret
from gate.factors import FactorReason, Rejected, Verified
from gate.factors.password_hashes import HashForm, form_of

MAX_LENGTH: Final = 1024  # characters, looked at before anything is computed
MIN_LENGTH: Final = 12  # characters, where the password stands alone
MIN_LENGTH_WITH_SECOND_FACTOR: Final = 8  # NIST SP 800-63B-4 section 3.1.1.2
MIN_GUESSES_LOG10: Final = 8  # zxcvbn's score 3 of 4; eight letters without pattern just reach it
MAX_INPUTS: Final = 20  # words about the person that are looked for in a password
MAX_INPUT_LENGTH: Final = 100  # characters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a new hash costs; the default is OWASP's Argon2id with 19 MiB, t=2, p=1."""

    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1


UNSAFE_CHEAP: Final = Profile(memory_kib=8, passes=1)
"""A profile that protects nothing and costs nothing, for tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordVerified(Verified):
    """The password is right; an `outdated` hash should be replaced by a new one now."""

    outdated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The password may be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooWeak:
    """The password may not be used; `words` tell the person why and what would help."""

    words: tuple[str, ...]


def hash_password(password: Secret, profile: Profile) -> str:
    """Give a new Argon2id hash; ValueError for what `strength` would refuse as unusable."""
    prepared = _prepared(password)
    if prepared is None:
        raise ValueError("the password is empty, too long or no text")
    return _hasher(profile).hash(prepared)


def is_supported(stored: str) -> bool:
    """Say whether a hash from elsewhere can be verified, its cost included."""
    return form_of(stored) is not None


def verify(stored: str | None, password: Secret, profile: Profile) -> PasswordVerified | Rejected:
    """Verify a password against a stored hash; None is an account that does not exist."""
    prepared = _prepared(password)
    if prepared is None:
        return Rejected(reason=FactorReason.MALFORMED)
    if stored is None:
        return _no_match(prepared, profile, FactorReason.WRONG_PASSWORD)
    form = form_of(stored)
    if form is None:
        return _no_match(prepared, profile, FactorReason.UNUSABLE_SECRET)
    if form.fits(stored, prepared):
        return PasswordVerified(outdated=_is_outdated(form, stored, profile))
    if form.is_cheap:
        return _no_match(prepared, profile, FactorReason.WRONG_PASSWORD)
    return Rejected(reason=FactorReason.WRONG_PASSWORD)


def strength(
    password: Secret, inputs: Sequence[str], *, second_factor: bool = False
) -> Accepted | TooWeak:
    """Judge a new password; `inputs` are words about the person, such as name and address."""
    text = _normal_text(password)
    if text is None or _prepared(password) is None:
        return TooWeak(words=(f"Use a text of 1 to {MAX_LENGTH:,} characters.",))
    least = MIN_LENGTH_WITH_SECOND_FACTOR if second_factor else MIN_LENGTH
    if len(text) < least:
        return TooWeak(words=(f"Use at least {least} characters; this has {len(text)}.",))
    known = [word[:MAX_INPUT_LENGTH] for word in inputs[:MAX_INPUTS]]
    judged = zxcvbn_rs_py.zxcvbn(text, known)
    if judged.guesses_log10 >= MIN_GUESSES_LOG10:
        return Accepted()
    return TooWeak(words=_words(judged.feedback))


def _words(feedback: zxcvbn_rs_py.Feedback | None) -> tuple[str, ...]:
    """Give the warning first, then what would help; never nothing."""
    why = "This is easy to guess."
    if feedback is None:
        return (why,)
    warning = why if feedback.warning is None else str(feedback.warning)
    return (warning, *(str(suggestion) for suggestion in feedback.suggestions))


def _normal_text(password: Secret) -> str | None:
    text = password.reveal()
    if not 0 < len(text) <= MAX_LENGTH:
        return None
    return unicodedata.normalize("NFC", text)


def _prepared(password: Secret) -> bytes | None:
    """Give the bytes that are hashed, or nothing for what can't be a password."""
    text = _normal_text(password)
    try:
        return None if text is None else text.encode("utf-8")
    except UnicodeEncodeError:
        return None


def _is_outdated(form: HashForm, stored: str, profile: Profile) -> bool:
    return form.name != "argon2" or _hasher(profile).check_needs_rehash(stored)


def _no_match(prepared: bytes, profile: Profile, reason: FactorReason) -> Rejected:
    """Refuse, after the work that a wrong password for a known account would have cost."""
    with suppress(argon2.exceptions.Argon2Error):
        _hasher(profile).verify(_dummy_hash(profile), prepared)
    return Rejected(reason=reason)


def _dummy_hash(profile: Profile) -> str:
    """Give a text in the form of a hash, of random bytes, which no password fits."""
    cost = f"m={profile.memory_kib},t={profile.passes},p={profile.lanes}"
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode("ascii").rstrip("=")
        for length in (argon2.DEFAULT_RANDOM_SALT_LENGTH, argon2.DEFAULT_HASH_LENGTH)
    )
    return f"$argon2id$v=19${cost}${salt}${digest}"


@lru_cache(maxsize=4)
def _hasher(profile: Profile) -> argon2.PasswordHasher:
    return argon2.PasswordHasher(
        time_cost=profile.passes, memory_cost=profile.memory_kib, parallelism=profile.lanes
    )

"""One-time codes of an authenticator app: TOTP with SHA-1, six digits, 30 seconds (RFC 6238).

A code is six ASCII digits. Blanks are removed first, since apps show `123 456` and people type
what they see; nothing else is forgiven, full-width digits least of all. A step counts once: the
caller stores the step of the answer and brings it as `last_step` next time.
"""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pyotp

from gate.core.secret_text import Secret
from gate.factors import FactorReason, Rejected, Verified

DIGITS: Final = 6  # RFC 4226 section 5.3
STEP: Final = timedelta(seconds=30)  # RFC 6238 section 4.1, the default that every app knows
DRIFT: Final = 1  # time steps each way, RFC 6238 section 5.2 advises at most one
CLOCK_SEARCH: Final = 10  # time steps each way, to tell a wrong clock from a wrong code
SEED_BYTES: Final = 20  # 160 bits, RFC 4226 section 4 R6
MIN_SEED_BYTES: Final = 14  # 112 bits, NIST SP 800-63B-4 section 3.1.4.1; pyotp refuses less
MAX_TYPED: Final = 64  # characters of a response that are looked at
MAX_SEED_TEXT: Final = 256  # characters of an imported seed

_CODE: Final = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpVerified(Verified):
    """A fresh code was given; `step` is used up from now on."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOff(Rejected):
    """The code fits another time; a positive `offset` says that the device is ahead."""

    reason: FactorReason = FactorReason.CLOCK_OFF
    offset: timedelta


def new_secret() -> Secret:
    """Give a new seed of 160 random bits in base32."""
    return Secret(base64.b32encode(secrets.token_bytes(SEED_BYTES)).decode("ascii"))


def parse_secret(text: str) -> Secret | Rejected:
    """Give the canonical base32 form of a seed from elsewhere: blanks, dashes, padding dropped."""
    if len(text) > MAX_SEED_TEXT:
        return Rejected(reason=FactorReason.MALFORMED)
    seed = text.replace(" ", "").replace("-", "").rstrip("=").upper()
    if not _usable(seed):
        return Rejected(reason=FactorReason.MALFORMED)
    return Secret(seed)


def provisioning_uri(*, secret: Secret, account: str, issuer: str) -> Secret:
    """Give the `otpauth:` address for a QR code; it holds the seed."""
    return Secret(_totp(secret).provisioning_uri(name=account, issuer_name=issuer))


def code_at(secret: Secret, at: datetime) -> str:
    """Give the code that a device with a right clock shows at that time."""
    return _totp(secret).generate_otp(step_at(at))


def step_at(at: datetime) -> int:
    """Give the number of the time step, counted from the Unix epoch (RFC 6238 section 4.2)."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    return int(at.timestamp() // STEP.total_seconds())


def verify(
    secret: Secret, code: str, *, now: datetime, last_step: int | None
) -> TotpVerified | Rejected:
    """Verify a code against the steps around now, each of which counts once."""
    typed = _typed_digits(code)
    if typed is None:
        return Rejected(reason=FactorReason.MALFORMED)
    if not _usable(secret.reveal()):
        return Rejected(reason=FactorReason.UNUSABLE_SECRET)
    step = _newest(_fitting_steps(secret, typed, step_at(now), DRIFT))
    if step is None:
        return Rejected(reason=FactorReason.WRONG_CODE)
    if last_step is not None and step <= last_step:
        return Rejected(reason=FactorReason.TOTP_REPLAYED)
    return TotpVerified(step=step)


def confirm(secret: Secret, code: str, *, now: datetime) -> TotpVerified | Rejected:
    """Verify the first code of a new seed, and tell a wrong clock from a wrong code.

    For enrolment only: at sign-in the wide search would help somebody who guesses.
    """
    answer = verify(secret, code, now=now, last_step=None)
    if answer != Rejected(reason=FactorReason.WRONG_CODE):
        return answer
    here = step_at(now)
    steps = _fitting_steps(secret, _typed_digits(code) or "", here, CLOCK_SEARCH)
    nearest = min(steps, key=lambda step: abs(step - here), default=None)
    return answer if nearest is None else ClockOff(offset=(nearest - here) * STEP)


def _typed_digits(code: str) -> str | None:
    """Give the six digits of what was typed, or nothing when it is anything else."""
    if len(code) > MAX_TYPED:
        return None
    digits = code.replace(" ", "")
    return digits if _CODE.fullmatch(digits) else None


def _fitting_steps(secret: Secret, digits: str, here: int, reach: int) -> list[int]:
    """Give each step within reach whose code this is; every step is computed and compared."""
    totp = _totp(secret)
    return [
        step for step in _steps(here, reach) if hmac.compare_digest(totp.generate_otp(step), digits)
    ]


def _steps(here: int, reach: int) -> Iterator[int]:
    return (step for step in range(here - reach, here + reach + 1) if step >= 0)


def _newest(steps: list[int]) -> int | None:
    """Give the last of the steps, so that a code that fits two of them uses up both."""
    return max(steps, default=None)


def _usable(seed: str) -> bool:
    padded = seed + "=" * (-len(seed) % 8)
    try:
        return len(base64.b32decode(padded)) >= MIN_SEED_BYTES
    except (binascii.Error, ValueError):
        return False


def _totp(secret: Secret) -> pyotp.TOTP:
    return pyotp.TOTP(secret.reveal(), digits=DIGITS, interval=int(STEP.total_seconds()))

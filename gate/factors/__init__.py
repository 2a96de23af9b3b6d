"""Factors: given a secret, a response and the time, say what was proved.

A factor is a pure function. It has no store, no clock and no counter: the caller brings what is
stored, records what was used (`TotpVerified.step`) and counts attempts. Each answers with
`Verified` or `Rejected(reason)`; an expected no is never an exception, and the page says less
than the reason does.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gate.core.subject import Method


class FactorReason(StrEnum):
    """Why a factor was not accepted; for the audit, not for the page."""

    WRONG_PASSWORD = "wrong_password"
    WRONG_CODE = "wrong_code"
    TOTP_REPLAYED = "totp_replayed"
    CLOCK_OFF = "clock_off"
    MALFORMED = "malformed"
    UNUSABLE_SECRET = "unusable_secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The response proves the factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The response proves nothing; `reason` says why."""

    reason: FactorReason


FACTORS: Final = (Method.PASSWORD, Method.TOTP)
"""The proof words of the factors that can be verified, in the order in which they are asked."""

"""What a request brings along as proof, what the proof is for, and how it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.factors.webauthn import action_binding


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A typed password or code, the browser's answer for a key as JSON text, or both."""

    typed: Secret
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A sensitive change: its name, and all that it would write (G3)."""

    name: str
    parameters: Mapping[str, str] = field(repr=False)

    @property
    def binding(self) -> bytes:
        """Give the hash to which a key's answer is bound; browsers differ in how lines end."""
        lines = {name: _lines(value) for name, value in self.parameters.items()}
        return action_binding(self.name, lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproved:
    """The proof was not accepted; `session_ended` after too many wrong ones (G16).

    `detail` is the check that failed, for the audit and not for the page.
    """

    reason: Reason
    wait: timedelta | None = None
    detail: str = ""

    @property
    def session_ended(self) -> bool:
        """Whether the session is over."""
        return self.reason is Reason.SESSION_ENDED

    @property
    def noted(self) -> Mapping[str, object]:
        """Give what the audit is told of it."""
        return {"reason": self.reason} | ({"detail": self.detail} if self.detail else {})


def _lines(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")

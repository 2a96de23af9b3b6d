"""A request that the front door does not take: which status, which reason, and what was wrong.

The page says only the reason; the detail is for the log and never quotes what the client sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.decision import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Refuses before any decision; nothing of the request reaches the upstream."""

    status: int
    reason: Reason
    detail: str


def unclean(detail: str) -> Refusal:
    """Give the answer to what two servers could read in two ways."""
    return Refusal(status=400, reason=Reason.UNCLEAN_REQUEST, detail=detail)


def too_large(status: int, detail: str) -> Refusal:
    """Give the answer to what is longer than any honest request: 414 or 431."""
    return Refusal(status=status, reason=Reason.TOO_LARGE, detail=detail)

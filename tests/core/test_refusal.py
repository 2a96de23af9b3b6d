"""Refusals carry a status, a reason of the closed list, and words for the log."""

from __future__ import annotations

from gate.core.decision import Reason
from gate.core.refusal import Refusal, too_large, unclean


def test_an_unclean_request_is_400() -> None:
    assert unclean("why") == Refusal(status=400, reason=Reason.UNCLEAN_REQUEST, detail="why")


def test_a_request_that_is_too_large_keeps_its_status() -> None:
    assert too_large(431, "why") == Refusal(status=431, reason=Reason.TOO_LARGE, detail="why")

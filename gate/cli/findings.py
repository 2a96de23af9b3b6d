"""What `gate doctor` finds: fine, perhaps not meant, or wrong; with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found about one thing; the advice stands behind a semicolon."""

    mark: Mark
    about: str
    words: str


def ok(about: str, words: str) -> Finding:
    """Give a finding that nothing has to be done about."""
    return Finding(mark=Mark.OK, about=about, words=words)


def warn(about: str, words: str) -> Finding:
    """Give a finding that somebody should look at."""
    return Finding(mark=Mark.WARN, about=about, words=words)


def fail(about: str, words: str) -> Finding:
    """Give a finding that keeps the gate from its work."""
    return Finding(mark=Mark.FAIL, about=about, words=words)

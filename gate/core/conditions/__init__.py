"""Conditions, one file each: YAML key, parsing, schema fragment, match and words."""

from __future__ import annotations

from gate.core.conditions.base import (
    HIT,
    MAY,
    MISS,
    Condition,
    Match,
    Scope,
    all_of,
    leaves,
)
from gate.core.conditions.kind import Kind, Names
from gate.core.conditions.when import CONDITIONS, parse_when

__all__ = [
    "CONDITIONS",
    "HIT",
    "MAY",
    "MISS",
    "Condition",
    "Kind",
    "Match",
    "Names",
    "Scope",
    "all_of",
    "leaves",
    "parse_when",
]

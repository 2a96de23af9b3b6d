"""JSON objects from outside, read strictly: UTF-8, no name twice, nothing but JSON's own numbers.

Python's reader takes the last of two equal names, where a browser or another library may take
the first; so an object that names something twice is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn

BYTE_ORDER_MARK = "\ufeff"


def object_of(text: str | bytes) -> Mapping[str, object] | None:
    """Give the object that a text holds, or None; never raises.

    One byte order mark in front of bytes is dropped, as UTF-8 decode does (Encoding section 6).
    """
    try:
        decoded = text if isinstance(text, str) else _decoded(text)
        value = json.loads(decoded, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8").removeprefix(BYTE_ORDER_MARK)


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name stands twice")
    return named


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is no JSON")

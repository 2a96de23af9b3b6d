"""The gate's own cookies, read and cut out at the level of bytes.

Rules: a Cookie header is split at every `;`, in quotes too, because servers differ in what they
take for a quote. Own names count in any case. A name that arrives twice stands for no cookie
(RFC 6265 gives no order that could be trusted). Every other byte stays as it came.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from gate.core.header_names import Headers

LONGEST_VALUE: Final = 512  # characters of an own cookie; a session's token has 43

_VALUE: Final = re.compile(rb"[A-Za-z0-9_.~-]+")
_AROUND: Final = b' \t"'


def cookie_value(headers: Headers, name: bytes) -> bytes | None:
    """Give the value of an own cookie; None when absent, doubled, too long or oddly written."""
    wanted = name.lower()
    found = [
        part
        for header, value in headers
        if len(header) == len(b"cookie") and header.lower() == b"cookie"
        for part in value.split(b";")
        if _name(part) == wanted
    ]
    if len(found) != 1:
        return None
    written, _, value = found[0].strip(b" \t").partition(b"=")
    if written != name or len(value) > LONGEST_VALUE or not _VALUE.fullmatch(value):
        return None
    return value


def without_own(value: bytes, own: frozenset[bytes]) -> bytes | None:
    """Give a Cookie value without the own names, None when nothing is left."""
    parts = value.split(b";")
    kept = [part for part in parts if _name(part) not in _lower(own)]
    if len(kept) == len(parts):
        return value
    if kept and kept[0] is not parts[0]:
        kept[0] = kept[0].removeprefix(b" ")
    return b";".join(kept) or None


def sets_own(value: bytes, own: frozenset[bytes]) -> bool:
    """Say whether a Set-Cookie value would plant an own name, a nameless cookie included."""
    pair = value.partition(b";")[0].lstrip(b"= \t")
    return _name(pair) in _lower(own)


def _name(part: bytes) -> bytes:
    return part.partition(b"=")[0].strip(_AROUND).lower()


@lru_cache(maxsize=64)
def _lower(own: frozenset[bytes]) -> frozenset[bytes]:
    return frozenset(name.lower() for name in own)

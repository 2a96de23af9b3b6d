"""Bytes as text without padding (RFC 4648 section 5), read strictly: one text for one value."""

from __future__ import annotations

import base64
import re
from typing import Final

_ALPHABET: Final = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def to_base64url(value: bytes) -> str:
    """Give the text of some bytes."""
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")


def from_base64url(text: object) -> bytes | None:
    """Give the bytes of a text; None for any other value and for a text that is not canonical."""
    if not isinstance(text, str) or len(text) % 4 == 1 or not _ALPHABET.fullmatch(text):
        return None
    value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return value if to_base64url(value) == text else None

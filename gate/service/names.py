"""Account and group names: folded on input, a closed alphabet (G10); e-mail addresses."""

from __future__ import annotations

import re
from typing import Final

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
NAME_RULE: Final = "1 to 64 of a-z, 0-9, dot, dash and underscore, beginning with a letter or digit"
LONGEST_EMAIL: Final = 254  # characters, RFC 5321 section 4.5.3.1.3

_EMAIL: Final = re.compile(r"[^@\s<>\",;]+@[^@\s<>\",;]+")


def folded_name(text: str) -> str | None:
    """Give the one spelling of an account name, or None when it can't be one."""
    folded = text.strip(" \t").lower()
    return folded if folded.isascii() and NAME.fullmatch(folded) else None


def is_email(text: str) -> bool:
    """Say whether a text looks like one mail address and nothing beside it."""
    return len(text) <= LONGEST_EMAIL and text.isprintable() and bool(_EMAIL.fullmatch(text))

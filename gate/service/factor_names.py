"""Names that people give to their keys and code apps, to tell them apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

LONGEST: Final = 64  # characters, WebAuthn L3 section 6.4.1 lets authenticators cut at 64 bytes
_JOINED: Final = "\u200c\u200d"  # inside words and emoji, else unseen
_JOINERS: Final = str.maketrans("", "", _JOINED)


class NameProblem(StrEnum):
    """Why a name was not taken."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    TAKEN = "taken"


def factor_name(typed: str, taken: Iterable[str]) -> str | NameProblem:
    """Give a name in its one spelling; `taken` are those of the account's others."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not name.translate(_JOINERS):
        return NameProblem.EMPTY
    if len(name) > LONGEST:
        return NameProblem.TOO_LONG
    if not name.translate(_JOINERS).isprintable():
        return NameProblem.UNREADABLE
    if name.casefold() in {other.casefold() for other in taken}:
        return NameProblem.TAKEN
    return name


def readable(typed: str) -> str:
    """Give what can be seen of a typed name, where nobody is asked again; often nothing."""
    seen = (each for each in typed if each.isspace() or each in _JOINED or each.isprintable())
    name = " ".join(unicodedata.normalize("NFC", "".join(seen)).split())[:LONGEST].rstrip()
    return name if name.translate(_JOINERS) else ""


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Give a name to begin with: the wanted one, or the first with a number behind it."""
    others = {other.casefold() for other in taken}
    name, number = wanted, 1
    while name.casefold() in others:
        number += 1
        name = f"{wanted} {number}"
    return name

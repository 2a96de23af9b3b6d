"""`account`: who is signed in, by name; may for strangers and for partial sessions (G8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gate.core.conditions.base import HIT, MAY, MISS, Match, Scope, Timeless
from gate.core.conditions.kind import TEXT_OR_TEXTS, Kind, Names, each_text, problem
from gate.core.located import Node, Problems, Text

if TYPE_CHECKING:
    from gate.core.access import Seen

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")  # of accounts and groups (G10)
UNKNOWN: Final = "it is not known yet who asks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts(Timeless):
    """The account is one of these."""

    names: frozenset[str]

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "account"

    @property
    def scope(self) -> Scope:
        """The person."""
        return Scope.SUBJECT

    def match(self, seen: Seen) -> Match:
        """Say whether the account is one of these, may when nobody is fully signed in."""
        if seen.name is None:
            return MAY
        return HIT if seen.name in self.names else MISS

    def words(self, seen: Seen) -> str:
        """Say who is signed in and who was wanted."""
        if seen.name is None:
            return UNKNOWN
        verb = "is" if self.match(seen) is HIT else "is not"
        return f"{seen.name} {verb} {' or '.join(sorted(self.names))}"


def account_name(text: Text) -> str | Problems:
    """Give an account's name, folded (G10)."""
    name = text.value.lower()
    if NAME.fullmatch(name):
        return name
    return problem(
        text.at,
        f"`{text.value}` is no account name; small letters, digits, `.`, `_` and `-`, at most 64",
    )


def _parse(node: Node, _names: Names) -> Accounts | Problems:
    found = each_text("account", node, account_name)
    return found if isinstance(found, Problems) else Accounts(names=frozenset(found))


ACCOUNT: Final = Kind(
    key="account",
    parse=_parse,
    schema=TEXT_OR_TEXTS,
    docs="who is signed in, by account name",
)

"""One-time links by which somebody enrols or gets back in (G20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from gate.core.subject import AccountId

LinkHash = NewType("LinkHash", str)  # SHA-256 of the link's token, hex


class LinkPurpose(StrEnum):
    """What a link is for."""

    NEW = "new"
    ADD = "add"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link; it counts as long as its account's factor version is the one of its making.

    `issuer` is the id of the session that made it, from which it can't be redeemed (G25); empty:
    the command line.
    """

    hash: LinkHash
    account: AccountId
    purpose: LinkPurpose
    factor_version: int
    expires: datetime
    issuer: str = ""


class Links(Protocol):
    """Links by the hash of their token; they count together with what accounts change."""

    def put(self, link: Link) -> None:
        """Keep a link in the place of every older one of its account."""
        ...

    def peek(self, link: LinkHash, now: datetime) -> Link | None:
        """Give a link and leave it; None when it is gone, expired or void."""
        ...

    def take(self, link: LinkHash, now: datetime) -> Link | None:
        """Consume a link by one statement; None when it is gone, expired or void.

        Inside `together` it comes first: the factors that it lets in change the factor version.
        """
        ...

    def void(self, account: AccountId) -> int:
        """Forget the links of an account; say how many."""
        ...

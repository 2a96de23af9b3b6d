"""One-time links: by them somebody sets up what they sign in with, or gets back in (G20).

A link is 256 random bits, and only their hash is kept. It counts as long as nothing about its
account's factors changes; a newer link takes its place. What became of a link is remembered for a
while, so that whoever holds a dead one is told why it is dead, and whether somebody used it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gate.core.decision import Reason
from gate.core.ports import Clock, Link, LinkHash, LinkPurpose, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account
from gate.service.tokens import new_token, token_hash

LASTS: Final = timedelta(hours=24)  # RULES G20
FIRST_ADMIN_LASTS: Final = timedelta(hours=1)  # RULES G20
REMEMBERED: Final = timedelta(days=30)  # how long it is known what became of a link

MADE: Final = "link-made"
USED: Final = "link-used"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLink:
    """A link and its token, which is shown once and kept nowhere."""

    token: Secret
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes links, looks at them and uses them up."""

    store: Store
    clock: Clock

    def make(
        self,
        account: Account,
        purpose: LinkPurpose,
        *,
        lasts: timedelta = LASTS,
        issuer: str = "",
    ) -> MadeLink:
        """Make a link in the place of every older one of the account.

        `issuer` is the id of the session that makes it; empty: the command line.
        """
        token = new_token()
        link = Link(
            hash=link_hash(token),
            account=account.id,
            purpose=purpose,
            factor_version=account.factor_version,
            expires=self.clock.now() + lasts,
            issuer=issuer,
        )
        self.store.links.put(link)
        self._remember(MADE, link.hash, link.expires)
        return MadeLink(token=token, link=link)

    def peek(self, link: LinkHash) -> Link | None:
        """Give a link and leave it; None when it is gone, expired or void."""
        return self.store.links.peek(link, self.clock.now())

    def take(self, link: LinkHash) -> Link | None:
        """Use a link up; inside `together` this comes first."""
        return self.store.links.take(link, self.clock.now())

    def note_used(self, link: LinkHash) -> None:
        """Remember that a link was used and did not just end."""
        self._remember(USED, link, self.clock.now())

    def why_dead(self, link: LinkHash) -> Reason:
        """Say why a link is not good (any more)."""
        now = self.clock.now()
        if self.store.one_time.peek(USED, link, now) is not None:
            return Reason.LINK_USED
        expires = self.store.one_time.peek(MADE, link, now)
        if expires is not None and datetime.fromisoformat(expires) <= now:
            return Reason.LINK_EXPIRED
        return Reason.LINK_VOID

    def _remember(self, kind: str, link: LinkHash, at: datetime) -> None:
        self.store.one_time.put(kind, link, at.isoformat(), self.clock.now() + REMEMBERED)


def link_hash(token: Secret) -> LinkHash:
    """Give the hash under which a link's token is kept."""
    return LinkHash(token_hash(token))

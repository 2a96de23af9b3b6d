"""One-time links in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gate.core.errors import StoreCorrupt
from gate.core.ports import Link, LinkHash
from gate.core.subject import AccountId
from gate.store.memory.tables import Tables


@dataclass(frozen=True, slots=True)
class MemoryLinks:
    """Links by the hash of their token."""

    _tables: Tables

    def put(self, link: Link) -> None:
        """Keep a link in the place of every older one of its account."""
        with self._tables.lock:
            self._tables.existing(link.account)
            self.void(link.account)
            if link.hash in self._tables.links:
                raise StoreCorrupt("the link's token is in use; tokens are random")
            self._tables.links[link.hash] = link

    def peek(self, link: LinkHash, now: datetime) -> Link | None:
        """Give a link and leave it; None when it is gone, expired or void."""
        with self._tables.lock:
            kept = self._tables.links.get(link)
            if kept is None or kept.expires <= now:
                return None
            account = self._tables.existing(kept.account)
            return kept if kept.factor_version == account.factor_version else None

    def take(self, link: LinkHash, now: datetime) -> Link | None:
        """Consume a link; None when it is gone, expired or void."""
        with self._tables.lock:
            taken = self.peek(link, now)
            if taken is not None:
                del self._tables.links[link]
            return taken

    def void(self, account: AccountId) -> int:
        """Forget the links of an account; say how many."""
        with self._tables.lock:
            links = self._tables.links
            gone = [link.hash for link in links.values() if link.account == account]
            for link in gone:
                del links[link]
            return len(gone)

"""Secret columns: sealed on the way in, opened on the way out, for whoever was given the key.

A process without it, such as a plane's, uses all the rest of the store.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from gate.config.secret import Sealer
from gate.core.errors import BrokenSeal, SealedAway, StoreCorrupt, StoreUnavailable
from gate.core.secret_text import Secret
from gate.store.sql.schema import master_keys


@dataclass(slots=True)
class Vault:
    """Seals and opens what is bound to a table, a row and an account; a rotation brings keys."""

    _sealer: Sealer | None

    @property
    def sealer(self) -> Sealer:
        """Give the keys; a process that has none is told so."""
        if self._sealer is None:
            raise SealedAway("this process was not given the key to the store's secrets")
        return self._sealer

    def adopt(self, sealer: Sealer) -> None:
        """Seal under other keys from now on."""
        self._sealer = sealer

    def seal(self, secret: Secret, *, table: str, row: str, account: str) -> bytes:
        """Give a secret in the form in which it is stored."""
        return self.sealer.seal(secret, table=table, row=row, account=account)

    def refuse_retired(self, connection: sa.Connection) -> None:
        """Keep nothing under a key that a rotation has retired meanwhile: nobody could open it.

        In the transaction of the write, which then comes before the retirement or is refused.
        """
        key = sa.select(master_keys.c.kept).where(
            master_keys.c.key_id == self.sealer.keys.current_id
        )
        if connection.execute(key.with_for_update(read=True)).scalar() is not None:
            raise StoreUnavailable(
                "the master key was rotated meanwhile; run the command again, or begin anew"
            )

    def open(self, sealed: bytes, *, table: str, row: str, account: str) -> Secret:
        """Give a stored secret; one that was changed or moved is `StoreCorrupt`."""
        try:
            return self.sealer.unseal(bytes(sealed), table=table, row=row, account=account)
        except BrokenSeal as error:
            raise StoreCorrupt(str(error)) from error

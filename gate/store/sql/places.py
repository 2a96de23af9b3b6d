"""Where full sign-ins of an account came from (G16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gate.core.ports import FamiliarPlace
from gate.core.subject import AccountId
from gate.store.sql.database import Database
from gate.store.sql.schema import familiar_devices, familiar_ranges
from gate.store.sql.times import micros


@dataclass(frozen=True, slots=True)
class PlaceRows:
    """Devices and address ranges, each with its newest sign-in."""

    _live: Database

    def remember(self, place: FamiliarPlace) -> None:
        """Note a place, or that it was used again."""
        with self._live.write() as connection:
            for table, column, value in (
                (familiar_devices, "device", place.device),
                (familiar_ranges, "address_range", place.address_range),
            ):
                if value is None:
                    continue
                row = self._live.upsert(table).values(
                    {"account": place.account, column: value, "at": micros(place.at)}
                )
                later = row.on_conflict_do_update(
                    index_elements=["account", column],
                    set_={"at": row.excluded.at},
                    where=row.excluded.at > table.c.at,
                )
                connection.execute(later)

    def forget(self, account: AccountId) -> None:
        """Forget every place of an account."""
        with self._live.write() as connection:
            for table in (familiar_devices, familiar_ranges):
                connection.execute(sa.delete(table).where(table.c.account == account))

    def has_device(self, account: AccountId, device: str) -> bool:
        """Say whether the device was ever used."""
        places = familiar_devices.c
        return self._any(sa.select(places.at), places.account == account, places.device == device)

    def has_range(self, account: AccountId, address_range: str, since: datetime) -> bool:
        """Say whether the address range was used since then."""
        places = familiar_ranges.c
        return self._any(
            sa.select(places.at),
            places.account == account,
            places.address_range == address_range,
            places.at >= micros(since),
        )

    def _any(self, query: sa.Select[tuple[int]], *where: sa.ColumnElement[bool]) -> bool:
        with self._live.read() as connection:
            return connection.execute(query.where(*where)).first() is not None

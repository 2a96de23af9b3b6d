"""Policy versions in a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gate.core.ports import HeldPolicy, PolicyText, PolicyVersion
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.schema import held_policy, policy_in_force, policy_versions
from gate.store.sql.times import micros, moment

VERSION: Final = sa.select(
    policy_versions, sa.func.coalesce(policy_in_force.c.pinned, 0).label("pinned")
).join_from(
    policy_versions,
    policy_in_force,
    policy_in_force.c.number == policy_versions.c.number,
    isouter=True,
)


class SqlPolicies:
    """Stored policy versions and which one is in force."""

    def __init__(self, main: Database) -> None:
        self._main: Final = main
        self._active: Final = main.prepare(sa.select(policy_in_force.c.number))

    def active(self) -> PolicyVersion | None:
        """Give the version in force."""
        return self._find(policy_in_force.c.number == policy_versions.c.number)

    def active_number(self) -> int | None:
        """Give its number only; cheap."""
        row = self._main.row(self._active, {})
        return None if row is None else int(row[0])

    def version(self, number: int) -> PolicyVersion | None:
        """Give one version."""
        return self._find(policy_versions.c.number == number)

    def history(self) -> Sequence[PolicyVersion]:
        """Give all versions, newest first."""
        query = VERSION.order_by(policy_versions.c.number.desc())
        with self._main.read() as connection:
            return tuple(_version(row) for row in connection.execute(query).all())

    def publish(self, text: PolicyText, *, author: str, message: str, at: datetime) -> int:
        """Store a text as the next version and put it in force, in one transaction."""
        with self._main.write(alone="policies") as connection:
            last = connection.execute(sa.select(sa.func.max(policy_versions.c.number))).scalar()
            number = (last or 0) + 1
            row = sa.insert(policy_versions).values(
                number=number,
                files=policy_values(text),
                author=author,
                message=message,
                at=micros(at),
            )
            connection.execute(row)
            self._put_in_force(connection, number, pinned=False)
            return number

    def pin(self, number: int) -> bool:
        """Put a stored version in force and hold it there; false when there is none."""
        stored = sa.select(policy_versions.c.number).where(policy_versions.c.number == number)
        with self._main.write(alone="policies") as connection:
            if connection.execute(stored).first() is None:
                return False
            self._put_in_force(connection, number, pinned=True)
            return True

    def unpin(self) -> bool:
        """Let the folder rule again; false when nothing was pinned."""
        pinned = sa.update(policy_in_force).where(policy_in_force.c.pinned == 1)
        with self._main.write(alone="policies") as connection:
            freed = connection.execute(pinned.values(pinned=0).returning(policy_in_force.c.id))
            return freed.scalar() is not None

    def hold(self, held: HeldPolicy | None) -> None:
        """Note the folder's change that is not in force, or that there is none."""
        with self._main.write(alone="policies") as connection:
            connection.execute(sa.delete(held_policy))
            if held is not None:
                connection.execute(sa.insert(held_policy).values(_held_values(held)))

    def held(self) -> HeldPolicy | None:
        """Give the folder's change that is not in force."""
        with self._main.read() as connection:
            row = connection.execute(sa.select(held_policy)).one_or_none()
        return None if row is None else _held(row)

    def _find(self, where: sa.ColumnElement[bool]) -> PolicyVersion | None:
        with self._main.read() as connection:
            row = connection.execute(VERSION.where(where)).one_or_none()
        return None if row is None else _version(row)

    def _put_in_force(self, connection: sa.Connection, number: int, *, pinned: bool) -> None:
        values = {"number": number, "pinned": int(pinned)}
        row = self._main.upsert(policy_in_force).values(id=1, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


@rows.stored
def _version(row: sa.Row[Any]) -> PolicyVersion:
    return PolicyVersion(
        number=row.number,
        text=policy_text(row.files),
        author=row.author,
        message=row.message,
        at=moment(row.at),
        pinned=bool(row.pinned),
    )


def _held_values(held: HeldPolicy) -> dict[str, object]:
    why = json.dumps(held.why, ensure_ascii=False)
    return {"id": 1, "files": policy_values(held.text), "why": why, "at": micros(held.at)}


@rows.stored
def _held(row: sa.Row[Any]) -> HeldPolicy:
    why = tuple(str(reason) for reason in json.loads(row.why))
    return HeldPolicy(text=policy_text(row.files), why=why, at=moment(row.at))


@rows.stored
def policy_text(text: str) -> PolicyText:
    """Give the files of a policy."""
    return PolicyText(files=tuple((str(name), str(whole)) for name, whole in json.loads(text)))


def policy_values(text: PolicyText) -> str:
    """Give the column of a policy's files."""
    return json.dumps(text.files, ensure_ascii=False)

"""Security keys in a database; they hold no secret, so nothing of them is sealed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gate.core.ports import CredentialTaken, SecurityKey
from gate.core.subject import AccountId
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.factor_changes import factors_changed
from gate.store.sql.schema import security_keys
from gate.store.sql.times import micros, moment

KEY = security_keys.c


@dataclass(frozen=True, slots=True)
class SqlKeys:
    """Security keys."""

    _main: Database

    def of_account(self, account: AccountId) -> Sequence[SecurityKey]:
        """Give the account's keys, oldest first."""
        query = sa.select(security_keys).where(KEY.account == account)
        with self._main.read() as connection:
            found = connection.execute(query.order_by(KEY.added_at, KEY.id)).all()
        return tuple(_key(row) for row in found)

    def by_credential(self, credential_id: bytes) -> SecurityKey | None:
        """Give the key that an authenticator named, whoever's it is."""
        query = sa.select(security_keys).where(KEY.credential_id == credential_id)
        with self._main.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _key(row)

    def add(self, key: SecurityKey) -> CredentialTaken | None:
        """Add a key; a credential is registered once over all accounts."""
        row = self._main.upsert(security_keys).values(_values(key))
        fresh = row.on_conflict_do_nothing(index_elements=["credential_id"]).returning(KEY.id)
        with self._main.write() as connection:
            if connection.execute(fresh).scalar() is None:
                return CredentialTaken()
            factors_changed(connection, key.account)
            return None

    def rename(self, account: AccountId, key: str, name: str) -> bool:
        """Call a key otherwise; false when it is not there."""
        with self._main.write() as connection:
            renamed = sa.update(security_keys).where(*_own(account, key)).values(name=name)
            return connection.execute(renamed.returning(KEY.id)).scalar() is not None

    def remove(self, account: AccountId, key: str) -> bool:
        """Remove one; false when it is not there."""
        gone = sa.delete(security_keys).where(*_own(account, key)).returning(KEY.id)
        with self._main.write() as connection:
            if connection.execute(gone).scalar() is None:
                return False
            factors_changed(connection, account)
            return True

    def note_use(self, key: str, *, sign_count: int, backed_up: bool, at: datetime) -> bool:
        """Consume a use, in one statement (WebAuthn L3 section 7.2 step 22)."""
        uncounted = sign_count == 0
        newer = (KEY.sign_count == 0) if uncounted else (KEY.sign_count < sign_count)
        values = {"sign_count": sign_count, "backed_up": int(backed_up), "last_used": micros(at)}
        used = sa.update(security_keys).where(KEY.id == key, newer).values(values)
        with self._main.write() as connection:
            return connection.execute(used.returning(KEY.id)).scalar() is not None

    def warn_of_clone(self, key: str, at: datetime) -> None:
        """Note that the key's count went back."""
        warned = sa.update(security_keys).where(KEY.id == key).values(clone_warned_at=micros(at))
        with self._main.write() as connection:
            connection.execute(warned)

    def count_now(self, account: AccountId, key: str) -> bool:
        """Approve a key that waits, so that it counts from now on; false when it is not there."""
        approved = sa.update(security_keys).where(*_own(account, key))
        approved = approved.values(counts_from=None, approved=1)
        with self._main.write() as connection:
            return connection.execute(approved.returning(KEY.id)).scalar() is not None


def _own(account: AccountId, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return KEY.id == key, KEY.account == account


def _values(key: SecurityKey) -> dict[str, object]:
    return {
        "id": key.id,
        "account": key.account,
        "name": key.name,
        "credential_id": key.credential_id,
        "public_key": key.public_key,
        "algorithm": key.algorithm,
        "sign_count": key.sign_count,
        "rp_id": key.rp_id,
        "origins": json.dumps(key.origins),
        "added_at": micros(key.added_at),
        "added_with": " ".join(key.added_with),
        "transports": json.dumps(key.transports),
        "aaguid": key.aaguid,
        "backup_eligible": int(key.backup_eligible),
        "backed_up": int(key.backed_up),
        "discoverable": int(key.discoverable),
        "user_verified": int(key.user_verified),
        "counts_from": _micros(key.counts_from),
        "approved": int(key.approved),
        "last_used": _micros(key.last_used),
        "clone_warned_at": _micros(key.clone_warned_at),
    }


@rows.stored
def _key(row: sa.Row[Any]) -> SecurityKey:
    return SecurityKey(
        id=row.id,
        account=AccountId(row.account),
        name=row.name,
        credential_id=bytes(row.credential_id),
        public_key=bytes(row.public_key),
        algorithm=row.algorithm,
        sign_count=row.sign_count,
        rp_id=row.rp_id,
        origins=_texts(row.origins),
        added_at=moment(row.added_at),
        added_with=rows.methods(row.added_with),
        transports=_texts(row.transports),
        aaguid=bytes(row.aaguid),
        backup_eligible=bool(row.backup_eligible),
        backed_up=bool(row.backed_up),
        discoverable=bool(row.discoverable),
        user_verified=bool(row.user_verified),
        counts_from=_moment(row.counts_from),
        approved=bool(row.approved),
        last_used=_moment(row.last_used),
        clone_warned_at=_moment(row.clone_warned_at),
    )


def _texts(text: str) -> tuple[str, ...]:
    return tuple(str(each) for each in json.loads(text))


def _micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _moment(since_start: int | None) -> datetime | None:
    return None if since_start is None else moment(since_start)

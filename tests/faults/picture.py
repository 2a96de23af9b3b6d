"""Everything that an installation keeps, at one moment, so that two moments can be compared."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from gate.config.policy_folder import read_folder
from gate.core.located import Problems
from gate.store.sql.schema import MAIN

type Row = Mapping[str, str]
type Tables = Mapping[str, Mapping[str, Row]]  # rows by table and by their key
type Shape = Mapping[str, tuple[int, int, tuple[str, ...]]]  # added, removed, changed columns

SHORT: Final = 24  # characters that are shown; of a longer value its hash is
# What the use of a factor leaves, one statement each: a proof is spent before the change it is for.
SPENT: Final = frozenset({"last_step", "last_used", "sign_count"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The rows of the main database, the files of the policy, and how far the codes are spent."""

    tables: Tables
    policy: Mapping[str, str]
    steps: Mapping[str, int]

    def to_json(self) -> str:
        return json.dumps({"tables": self.tables, "policy": self.policy, "steps": self.steps})


def picture_from(text: str) -> Picture:
    """Give the picture of a JSON text."""
    return Picture(**json.loads(text))


def picture_of(database: Path, policies: Path) -> Picture:
    """Take the picture of a database and a policy folder."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.execute("BEGIN")
        tables = {table.name: _rows(connection, table) for table in MAIN.sorted_tables}
        steps = dict(connection.execute("SELECT id, last_step FROM totps").fetchall())
    text = read_folder(policies)
    if isinstance(text, Problems):
        raise AssertionError(text)  # noqa: TRY004 - a folder that can't be read is a finding
    policy = {name: _short(body) for name, body in text.files}
    return Picture(tables=tables, policy=policy, steps=steps)


def _rows(connection: sqlite3.Connection, table: sa.Table) -> Mapping[str, Row]:
    names = [column.name for column in table.columns]
    found = connection.execute(f"SELECT {', '.join(names)} FROM {table.name}").fetchall()
    rows: dict[str, Row] = {}
    for values in found:
        row = {name: _short(value) for name, value in zip(names, values, strict=True)}
        key = " ".join(row[column.name] for column in table.primary_key.columns)
        rows[key] = {name: value for name, value in row.items() if name not in SPENT}
    return rows


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text if len(text) <= SHORT else digest[:SHORT]


def shape(before: Tables, after: Tables) -> Shape:
    """Say what became of each table that is not as it was."""
    changes = {name: _change(before[name], rows) for name, rows in after.items()}
    return {name: change for name, change in changes.items() if change != (0, 0, ())}


def _change(
    before: Mapping[str, Row], after: Mapping[str, Row]
) -> tuple[int, int, tuple[str, ...]]:
    stayed = before.keys() & after.keys()
    changed = {
        column
        for key in stayed
        for column, value in after[key].items()
        if before[key][column] != value
    }
    return len(after.keys() - stayed), len(before.keys() - stayed), tuple(sorted(changed))

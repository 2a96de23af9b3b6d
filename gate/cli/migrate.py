"""`gate migrate`: brings the store's schema to what this version needs, or says whether it is."""

from __future__ import annotations

from typing import Any

import click

from gate.cli.compose import open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import ExitCode, result
from gate.config.settings import Settings
from gate.store.sql import store_exists
from gate.store.sql.migrate import Schema, current, downgrade, upgrade


@click.command("migrate")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when there is something to do.")
@click.option("--back", is_flag=True, help="One step back, for the version before this one.")
@settings_options
def migrate(*, check: bool, back: bool, **options: Any) -> int:
    """Bring the store to the schema that this version needs; stop the gate before."""
    if check and back:
        raise click.UsageError("--check changes nothing; leave out --back")
    settings = settings_from(options)
    before = _schema(settings)
    if not check:
        _move(settings, before, back=back)
    after = before if check else _schema(settings)
    _tell(before, after, as_json=options["as_json"])
    return ExitCode.FOUND if check and not _is_current(after) else ExitCode.OK


def _schema(settings: Settings) -> Schema | None:
    url = settings.state.reveal()
    return current(url) if store_exists(url) else None


def _is_current(schema: Schema | None) -> bool:
    return schema is not None and schema.main == schema.live == schema.head


def _move(settings: Settings, before: Schema | None, *, back: bool) -> None:
    if before is None:
        with open_world(settings):
            return
    if back:
        downgrade(settings.state.reveal())
    elif not _is_current(before):
        upgrade(settings.state.reveal())


def _tell(before: Schema | None, after: Schema | None, *, as_json: bool) -> None:
    value = {
        "before": before.main if before else None,
        "after": after.main if after else None,
        "needed": after.head if after else None,
        "current": _is_current(after),
    }
    result(value, [_words(before, after)], as_json=as_json)


def _words(before: Schema | None, after: Schema | None) -> str:
    if after is None:
        return "there is no store yet; `gate migrate` or `gate serve` makes it"
    if before is None:
        return f"the store was made, with schema {after.main}"
    if before != after:
        return f"the store went from schema {before.main} to {after.main}"
    if _is_current(after):
        return f"the store has schema {after.main}, as this version needs it"
    return f"the store has schema {after.main}, this version needs {after.head}; run: gate migrate"

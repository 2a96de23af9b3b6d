"""`gate audit export`: every record with its place in its chain, as JSON lines."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import click

from gate.cli.audit_lines import record_value
from gate.cli.compose import open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import print_json
from gate.core.ports import AuditRecord, Chain
from gate.service.audit_verify import all_records


@click.command("export")
@click.option("--after", metavar="ID", type=click.IntRange(0), default=0, help="Behind this id.")
@settings_options
def export(*, after: int, **options: Any) -> None:
    """Write the chains and then every record, the oldest first; one JSON object a line."""
    with open_world(settings_from(options)) as world:
        for chain in world.store.audit.chains():
            print_json(_chain_value(chain))
        for record in all_records(world.store.audit, after):
            print_json(_record_value(record))


def _chain_value(chain: Chain) -> dict[str, object]:
    return {
        "kind": "chain_began",
        "time": chain.began_at.astimezone(UTC).isoformat(),
        "chain": chain.id,
        "number": chain.number,
        "process": chain.process,
        "key": chain.key_id,
        "code": chain.code,
    }


def _record_value(record: AuditRecord) -> dict[str, object]:
    place = record.place
    if place is None:
        return record_value(record)
    exact = {"time": record.at.astimezone(UTC).isoformat()}  # what the code is over
    placed = {"chain": place.chain, "number": place.number, "code": place.code}
    return {**record_value(record), **exact, **placed}

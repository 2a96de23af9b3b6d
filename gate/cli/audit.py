"""`gate audit`: what was decided and what happened, as lines for people or JSON for programs.

Everything in a record may have been chosen by a client, so nothing of it moves a cursor or begins
a line of its own (T83).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import click

from gate.cli.audit_lines import record_line, record_value
from gate.cli.compose import open_world
from gate.cli.groups import Entry, LazyGroup
from gate.cli.options import settings_from, settings_options
from gate.cli.output import print_json, result
from gate.config.shapes import parse_duration
from gate.core.network import Address, Unusable, canonical
from gate.core.ports import AuditFilter, AuditLog, AuditRecord
from gate.service.audit_chain import LOG_CLOSED
from gate.service.names import folded_name

LOOK_EVERY: Final = 0.5  # seconds between two looks for new records
AT_ONCE: Final = 1000  # new records that one look brings
SHOWN: Final = 20
MOST: Final = 1000
UNINTERESTING: Final = frozenset({LOG_CLOSED})  # unless it is asked for

audit = LazyGroup(
    name="audit",
    entries={
        "tail": Entry(place="gate.cli.audit:tail", help="Show the newest records, and follow."),
        "search": Entry(place="gate.cli.audit:search", help="Look for records."),
        "verify": Entry(
            place="gate.cli.audit_verify:verify", help="Say whether records were lost or changed."
        ),
        "export": Entry(place="gate.cli.audit_export:export", help="Write all records as JSON."),
    },
    help="Read what was decided and what happened.",
)

type Decorated = Callable[..., Any]

FILTERS: Final = (
    click.option("--since", metavar="AGE|TIME", help="Not older: 2h, 3d, or a moment with zone."),
    click.option("--account", metavar="NAME", help="Of this account."),
    click.option("--from", "client", metavar="ADDRESS", help="From this client address."),
    click.option("--site", metavar="NAME", help="On this site."),
    click.option("--outcome", metavar="WORD", help="permit, sign_in, step_up or deny."),
    click.option("--reason", metavar="WORD", help="With this reason."),
    click.option("--request", metavar="ID", help="Of this request, as refusal pages show it."),
    click.option("--kind", metavar="WORD", help="`decision`, `refusal`, or an event's word."),
    click.option("--path-prefix", metavar="PATH", help="With a path that starts so."),
)


def filter_options(command: Decorated) -> Decorated:
    """Give a command the options that say what to look for."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


@click.command("tail")
@click.option("-n", "count", type=click.IntRange(0, MOST), default=SHOWN, show_default=True)
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes.")
@filter_options
@settings_options
def tail(*, count: int, follow: bool, **options: Any) -> None:
    """Show the newest records, the newest last; as JSON one object a line."""
    with open_world(settings_from(options)) as world:
        wanted = replace(_filter(options, world.clock.now()), most=count)
        show = _printer(as_json=options["as_json"])
        last = _show_new(world.store.audit, wanted, show)
        while follow:
            time.sleep(LOOK_EVERY)
            newer = replace(wanted, after_id=last, most=AT_ONCE)
            last = _show_new(world.store.audit, newer, show) or last


@click.command("search")
@click.option("-n", "count", type=click.IntRange(1), default=100, show_default=True)
@filter_options
@settings_options
def search(*, count: int, **options: Any) -> None:
    """Look for records, the newest first; as JSON one array."""
    with open_world(settings_from(options)) as world:
        wanted = replace(_filter(options, world.clock.now()), most=count)
        records = world.store.audit.search(wanted)
    lines = map(record_line, records)
    result([record_value(each) for each in records], lines, as_json=options["as_json"])


def _show_new(
    log: AuditLog, wanted: AuditFilter, show: Callable[[AuditRecord], None]
) -> int | None:
    """Show what fits, oldest first; give the id up to which the log was looked through."""
    newest = log.search(AuditFilter(most=1))
    found = log.search(wanted)
    for record in reversed(found):
        show(record)
    return max((record.id for record in (*newest, *found) if record.id is not None), default=None)


def _printer(*, as_json: bool) -> Callable[[AuditRecord], None]:
    if as_json:
        return lambda record: print_json(record_value(record))
    return lambda record: click.echo(record_line(record))


# --- what to look for ----------------------------------------------------------------------


def _filter(options: Mapping[str, Any], now: datetime) -> AuditFilter:
    account = options["account"]
    return AuditFilter(
        since=_since(options["since"], now),
        account=None if account is None else folded_name(account) or account,
        client=_client(options["client"]),
        site=options["site"],
        outcome=options["outcome"],
        reason=options["reason"],
        request=options["request"],
        kind=options["kind"],
        without=frozenset() if options["kind"] else UNINTERESTING,
        path_prefix=options["path_prefix"],
    )


def _since(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    age = parse_duration(text)
    if isinstance(age, timedelta):
        return now - age
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--since `{text}` is neither an age nor a time; write 2h") from None
    if at.tzinfo is None:
        raise click.UsageError(f"--since `{text}` has no zone; write {text}Z for UTC")
    return at


def _client(text: str | None) -> Address | None:
    if text is None:
        return None
    address = canonical(text)
    if isinstance(address, Unusable):
        raise click.UsageError(f"--from `{text}` is no address; write such as 203.0.113.9")
    return address

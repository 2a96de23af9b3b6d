"""An account's history as a file for a spreadsheet, in which nothing is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from gate.core.ports import AuditRecord
from gate.core.subject import Account
from ui.words import browser

COLUMNS: Final = ("time (UTC)", "event", "address", "browser", "site", "request", "kind")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")  # what spreadsheets compute


def history_file(
    account: Account,
    events: Sequence[AuditRecord],
    said: Callable[[AuditRecord], str],
    now: datetime,
) -> Response:
    """Give the file, to be saved and not shown (RFC 4180)."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows([inert(cell) for cell in _cells(event, said)] for event in events)
    name = f"gate-history-{account.name}-{now:%Y-%m-%d}.csv"
    return Response(
        text.getvalue(),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def inert(cell: str) -> str:
    """Give a cell that no spreadsheet computes."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _cells(event: AuditRecord, said: Callable[[AuditRecord], str]) -> tuple[str, ...]:
    sent = str(event.details.get("browser", ""))
    return (
        event.at.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00"),
        said(event),
        event.client or ("itself" if event.details.get("by") == "time" else "the terminal"),
        browser(sent) if sent else "",
        event.site,
        event.request,
        event.kind,
    )

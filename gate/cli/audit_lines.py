"""Audit records as lines for people and as values for programs."""

from __future__ import annotations

import json
from datetime import UTC

from gate.cli.output import printable
from gate.core.ports import RECORD_TEXTS, AuditRecord


def record_value(record: AuditRecord) -> dict[str, object]:
    """Give a record for JSON; what it does not have is left out."""
    texts = {name: getattr(record, name) for name in RECORD_TEXTS}
    value: dict[str, object] = {
        "id": record.id,
        "time": record.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        **{name: text for name, text in texts.items() if text},
    }
    if record.version is not None:
        value["version"] = record.version
    if record.repeats:
        value["repeats"] = record.repeats
    if record.details:
        value["details"] = dict(record.details)
    return value


def record_line(record: AuditRecord) -> str:
    """Give a record on one line: when, who, from where, what, and why."""
    at = record.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    who = record.account or "-"
    parts = [at, who, record.client or "-", *_what(record), *_why(record)]
    return printable(" ".join(parts))


def _what(record: AuditRecord) -> list[str]:
    if not record.method:
        return [record.kind.replace("_", " ")]
    site = [f"[{record.site}]"] if record.site else []
    return [*site, record.method, record.path or "/"]


def _why(record: AuditRecord) -> list[str]:
    parts: list[str] = []
    if record.outcome:
        parts.append(f"-> {record.outcome}")
    if record.reason:
        parts.append(f"({record.reason})")
    if record.rule:
        parts.append(f"rule `{record.rule}`")
    if record.repeats:
        parts.append(f"x{record.repeats}")
    if record.details and not record.method:
        parts.append(json.dumps(dict(record.details), ensure_ascii=False))
    if record.request:
        parts.append(f"#{record.request}")
    return parts

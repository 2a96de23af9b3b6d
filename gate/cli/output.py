"""What commands print.

A result goes to standard output: lines for people, JSON for programs. Everything else that is
said (warnings, questions, what was done) goes to standard error. Text that others chose is shown
without anything that moves a terminal's cursor (T83).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum

import click


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    FOUND = 1  # problems were found, or the answer is no
    USAGE = 2  # the command line makes no sense
    UNUSABLE = 3  # store, port or upstream can't be used
    CONFIGURATION = 78  # EX_CONFIG of sysexits.h


def result(value: object, lines: Iterable[str], *, as_json: bool) -> None:
    """Print a result: the value for programs, the lines for people."""
    if as_json:
        print_json(value)
        return
    for line in lines:
        click.echo(line)


def print_json(value: object) -> None:
    """Print one JSON value on one line."""
    click.echo(json.dumps(value))


def say(text: str) -> None:
    """Tell people something that is no result."""
    click.echo(text, err=True)


def complain(text: str) -> None:
    """Tell what is wrong, one line each."""
    for line in text.splitlines():
        say(f"gate: {line}")


def printable(text: str) -> str:
    """Give a text with every character that is no printable one escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Give aligned lines with a heading; nothing when there are no rows."""
    if not rows:
        return []
    shown = [list(headers), *([printable(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return [_line(cells, widths) for cells in shown]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def moment(at: datetime) -> str:
    """Give a time as people and programs read it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def span(length: timedelta) -> str:
    """Give a length of time in its largest whole unit."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if abs(seconds) >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"

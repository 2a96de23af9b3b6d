"""The five-megabyte download: stock movements since 2004, made up while they are sent.

Each record is a line of 64 bytes, so that any range of the file can be made without the rest.
Ranges follow RFC 9110 section 14: one range is served, several give the whole file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

RECORD: Final = 64  # bytes a line, its end included
RECORDS: Final = 81_920
SIZE: Final = RECORD * RECORDS  # 5 MiB
CHUNK: Final = 512  # records that are made at a time
ETAG: Final = '"movements-2004-1"'

_RANGE: Final = re.compile(r"bytes=(?P<first>[0-9]{0,15})-(?P<last>[0-9]{0,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the file, from the first byte to before the stop."""

    first: int
    stop: int


WHOLE: Final = Span(0, SIZE)


def span_of(range_header: str) -> Span | None:
    """Give the part that is asked for; None when there is nothing of it in the file."""
    found = _RANGE.fullmatch(range_header.strip())
    if found is None or not (found["first"] or found["last"]):
        return WHOLE
    if not found["first"]:
        length = min(int(found["last"]), SIZE)
        return Span(SIZE - length, SIZE) if length else None
    first = int(found["first"])
    stop = int(found["last"]) + 1 if found["last"] else max(SIZE, first + 1)
    if stop <= first:
        return WHOLE  # not a range at all, RFC 9110 section 14.1.1
    return Span(first, min(stop, SIZE)) if first < SIZE else None


def content(span: Span) -> Iterator[bytes]:
    """Make that part of the file, piece by piece."""
    at = span.first
    while at < span.stop:
        record = at // RECORD
        piece = b"".join(_record(n) for n in range(record, min(record + CHUNK, RECORDS)))
        start = at - record * RECORD
        piece = piece[start : start + span.stop - at]
        at += len(piece)
        yield piece


def _record(number: int) -> bytes:
    year, month, day = 2004 + number // 3800, number // 317 % 12 + 1, number // 11 % 28 + 1
    part, change, counter = 1000 + number * 37 % 521, number * 13 % 41 - 20, number % 4 + 1
    text = f"{number:06};{day:02}/{month:02}/{year};HP-{part};{change:+4};counter {counter};"
    return (text.ljust(RECORD - 2) + "\r\n").encode("ascii")

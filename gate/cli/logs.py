"""Log lines on standard error: one line a message, one JSON object for programs.

A terminal gets `time level process: message`; anything else gets JSON, so that nothing that a
client sent can make a second line (T83).
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import override

type ExcInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; control characters are escaped by JSON itself."""

    def __init__(self, process: str) -> None:
        """Name the process in every line."""
        super().__init__()
        self._process = process

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said)


class PlainLines(logging.Formatter):
    """Formats a record for a person at a terminal; what is no printable text is escaped."""

    def __init__(self, process: str) -> None:
        """Name the process in every line."""
        super().__init__(f"%(asctime)s %(levelname)s {process}: %(message)s", "%H:%M:%S")

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        """Give the line without anything that moves a terminal's cursor."""
        return _shown(super().formatMessage(record))

    @override
    def formatException(self, ei: ExcInfo) -> str:
        """Give the trace in its lines, each of them as harmless as the first."""
        return "\n".join(map(_shown, super().formatException(ei).split("\n")))


def _shown(line: str) -> str:
    """Give a line without anything that moves a terminal's cursor."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def set_up_logs(level: str, process: str) -> None:
    """Send the log of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    plain = sys.stderr.isatty()
    handler.setFormatter(PlainLines(process) if plain else JsonLines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "mitmproxy", "asyncio", "watchfiles", "_granian", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

"""The doctor's look at the machine: versions, clock, open files."""

from __future__ import annotations

import platform
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gate.cli.findings import Finding, fail, ok, warn
from gate.cli.version import PACKAGE, UNDER_IT, installed
from gate.config.settings import Settings
from gate.store.clock import SystemClock

WRITTEN: Final = datetime(2026, 1, 1, tzinfo=UTC)  # no right clock shows less
SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
SPARE_FILES: Final = 256  # a process's own: libraries, logs, the store
FILES_A_CONNECTION: Final = 3  # the client's socket, the upstream's, its hold during a body


def machine_findings(settings: Settings) -> Iterator[Finding]:
    """Give what there is to say about versions, clock and limits."""
    yield _versions()
    yield _clock()
    yield _open_files(settings)


def _versions() -> Finding:
    under = ", ".join(f"{name} {installed(name)}" for name in UNDER_IT)
    words = f"gate {installed(PACKAGE)}, Python {platform.python_version()}, {under}"
    missing = [name for name in UNDER_IT if installed(name) == "not installed"]
    if missing:
        return fail("versions", f"{missing[0]} is not installed; install gate with all its extras")
    if sys.implementation.name != "cpython":
        return warn("versions", f"{words}; only CPython is tested")
    return ok("versions", words)


def _clock() -> Finding:
    now = SystemClock().now()
    shown = now.strftime("%Y-%m-%d %H:%M:%S UTC")
    if now < WRITTEN:
        return fail("clock", f"it shows {shown}; set it, or no code app works")
    if SYNCHRONISED.parent.exists() and not SYNCHRONISED.exists():
        return warn("clock", f"it shows {shown} and is not synchronised; codes allow 30 seconds")
    return ok("clock", shown)


def _open_files(settings: Settings) -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    share = settings.limits.connections // settings.workers
    needed = share * FILES_A_CONNECTION + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        return warn(
            "open files",
            f"a process may open {soft}, {share} connections need {needed};"
            " raise `ulimit -n`, or lower `limits.connections`",
        )
    return ok("open files", f"{soft} are allowed, {needed} needed")

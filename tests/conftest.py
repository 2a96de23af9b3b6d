"""What holds for every test: where sockets may go, how hypothesis draws, what may be skipped.

Sockets reach loopback and unix paths and nothing else. Under `CI` the random draws are fixed, and
a test of `tests/browser` or `tests/apps` that can't run is a failure: a missing browser or
application must be noticed there.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from pathlib import Path
from typing import Final

import hypothesis
import pytest

HERE: Final = Path(__file__).parent
LOOPBACK: Final = ["127.0.0.0/8", "::1", "localhost"]
REAL: Final = {"apps": HERE / "apps", "browser": HERE / "browser"}
IN_CI: Final = bool(os.environ.get("CI"))

hypothesis.settings.register_profile("dev", deadline=None, max_examples=50)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True)
hypothesis.settings.register_profile(
    "mutants", deadline=None, max_examples=20, derandomize=True, database=None
)
hypothesis.settings.load_profile("ci" if IN_CI else "dev")


def pytest_configure() -> None:
    """Let children heed Ctrl-C also where a shell started the suite in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what drives a browser or a real application, and keep every test on loopback."""
    for name, folder in REAL.items():
        if item.path.is_relative_to(folder):
            item.add_marker(name)
    if item.get_closest_marker("allow_hosts") is None:
        item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


def _must_run(path: Path) -> bool:
    return IN_CI and any(path.is_relative_to(folder) for folder in REAL.values())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where a real browser or application must be there."""
    report = yield
    if report.skipped and _must_run(item.path) and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow here: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped file into a failure where a real browser or application must be there."""
    report = yield
    if report.outcome == "skipped" and _must_run(collector.path):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutines run on asyncio, as they do in the gate."""
    return "asyncio"

"""Coverage that must be reached, as a pytest plugin: `pytest -p tests.coverage_gates`.

Each source of core, factors and config is covered to the last branch by its own test file:
`gate/core/network.py` by `tests/core/test_network.py` (or `test_network_*.py`). What another test
happens to run does not count, nor what runs while tests are collected: outside a test, only the
lines that an import runs count. Each test file begins with empty caches, else a value that an
earlier file left there would hide the lines behind it. The packages of `SHARES` reach their share
as a whole, by any test. The plugin reads what pytest-cov recorded under `--cov --cov-context=test`.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import coverage
import pytest

ROOT: Final = Path(__file__).parent.parent
OWN: Final = ("gate/core", "gate/factors", "gate/config")
SHARES: Final = {"gate/service": 95.0, "gate/store": 95.0, "ui": 95.0}
AT_IMPORT: Final = "^$"
SHOWN: Final = 12  # lines and branches named for a source


def own_contexts(source: str) -> str:
    """Give the pattern of the test ids that count for a source."""
    path = Path(source.removeprefix("gate/"))
    if path.stem == "__init__":
        return rf"^tests/{re.escape(path.parent.as_posix())}/"
    folder = re.escape(path.parent.as_posix())
    return rf"^tests/{folder}/test_{re.escape(path.stem)}(_\w+)?\.py::"


def measure(sources: list[str], contexts: list[str] | None) -> dict[str, Any]:
    """Give coverage's own report of some sources, counting the named contexts only."""
    record = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"))
    record.load()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        with contextlib.suppress(coverage.exceptions.NoDataError):
            record.json_report(morfs=sources, outfile=str(out), contexts=contexts)
        report: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {}
    return report


def _sources(folder: str) -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py"))


def bodies(text: str) -> set[int]:
    """Give the lines of a source that run only when something calls a function."""
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {
        line
        for function in functions
        for part in function.body
        for line in range(part.lineno, (part.end_lineno or part.lineno) + 1)
    }


def _missing(source: str, contexts: list[str]) -> list[tuple[int, str]] | None:
    found = measure([source], contexts).get("files", {}).get(source)
    if found is None:
        return None
    lines = [(line, str(line)) for line in found["missing_lines"]]
    return lines + [(start, f"{start}->{end}") for start, end in found["missing_branches"]]


def _own_shortfall(source: str) -> list[str]:
    own = own_contexts(source)
    within, anywhere = _missing(source, [own]), _missing(source, [AT_IMPORT, own])
    if within is None or anywhere is None:
        return [f"{source}: not measured"]
    called = bodies((ROOT / source).read_text())
    at_import = [name for line, name in anywhere if line not in called]
    missing = [*at_import, *(name for line, name in within if line in called)]
    if not missing:
        return []
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    return [f"{source}: not covered by its own tests: {', '.join(missing[:SHOWN])}{more}"]


def _share_shortfall(folder: str, share: float) -> list[str]:
    sources = _sources(folder)
    if not sources:
        return []
    covered: float = measure(sources, None).get("totals", {}).get("percent_covered", 0.0)
    return [f"{folder}: {covered:.1f} % covered, {share:.0f} % wanted"] if covered < share else []


def shortfalls() -> list[str]:
    """Give every gate that is not reached, one a line."""
    sources = [source for folder in OWN for source in _sources(folder)]
    own = [line for source in sources for line in _own_shortfall(source)]
    return own + [line for share in SHARES.items() for line in _share_shortfall(*share)]


def _caches() -> Iterator[Any]:
    packages = tuple(folder.replace("/", ".") + "." for folder in OWN)
    modules = [module for name, module in sys.modules.items() if name.startswith(packages)]
    for module in modules:
        yield from (value for value in vars(module).values() if hasattr(value, "cache_clear"))


class CoverageGates:
    """Fails the run when a gate is not reached."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.file: Path | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Empty the caches when a test file begins."""
        if item.path != self.file:
            self.file = item.path
            for cached in _caches():
                cached.cache_clear()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Compare what was recorded with the gates, once all tests passed."""
        if session.exitstatus == pytest.ExitCode.OK:
            self.lines = shortfalls()
        if self.lines:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the gates that were not reached."""
        for line in self.lines:
            terminalreporter.write_line(f"coverage: {line}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Join the run."""
    config.pluginmanager.register(CoverageGates(), "coverage-gates")

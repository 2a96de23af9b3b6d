"""`gate test`: runs the tests that stand in a policy, and says of each how it went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gate.cli.options import settings_options
from gate.cli.output import ExitCode, complain, printable, result
from gate.cli.policy_source import Places, paths_argument, read_source
from gate.config.policy_yaml import load_policy
from gate.core.located import Problems
from gate.service.policy_tests import PolicyTestResult, run_policy_tests
from gate.store.clock import SystemClock


@click.command("test")
@paths_argument
@settings_options
def test(paths: tuple[Path, ...], **options: Any) -> int:
    """Run the tests that stand in a policy."""
    text, settings = read_source(paths, options)
    places = Places(paths, settings)
    loaded = text if isinstance(text, Problems) else load_policy(text)
    if isinstance(loaded, Problems):
        complain("\n".join(printable(str(places.problem(each))) for each in loaded.items))
        return ExitCode.FOUND
    results = run_policy_tests(loaded.policy, SystemClock().now())
    if not results:
        complain("the policy has no tests; write some under `tests:`")
    lines = [printable(line) for line in _lines(results, places)]
    result([_value(each, places) for each in results], lines, as_json=options["as_json"])
    passed = bool(results) and all(each.passed for each in results)
    return ExitCode.OK if passed else ExitCode.FOUND


def _lines(results: Sequence[PolicyTestResult], places: Places) -> list[str]:
    said = [
        f"ok    {each.test.name}"
        if each.passed
        else f"FAIL  {each.test.name} ({places.at(each.test.at)}): {each.failure}"
        for each in results
    ]
    failed = sum(not each.passed for each in results)
    return [*said, f"{len(results) - failed} passed, {failed} failed"]


def _value(one: PolicyTestResult, places: Places) -> dict[str, object]:
    at, came = places.at(one.test.at), one.came
    return {
        "name": one.test.name,
        "file": at.file,
        "line": at.line,
        "column": at.column,
        "passed": one.passed,
        "expected": " ".join(filter(None, (one.test.expect, one.test.level))),
        "came": " ".join(filter(None, (came.outcome, came.level))),
        "reason": came.reason.value,
        "rule": came.rule.name if came.rule else None,
        "failure": one.failure,
    }

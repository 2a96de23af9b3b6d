"""`gate check`: is this policy right? Errors, failing tests and warnings; no store is opened."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gate.cli.options import settings_options
from gate.cli.output import ExitCode, printable, result
from gate.cli.policy_source import Places, paths_argument, read_source, surroundings
from gate.config.policy_warnings import Warned, warnings
from gate.config.policy_yaml import Loaded, load_policy
from gate.config.settings import Settings
from gate.core.located import Location, Problem, Problems
from gate.core.ports import PolicyText
from gate.service.policy_tests import failures, run_policy_tests
from gate.store.clock import SystemClock


@click.command("check")
@paths_argument
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@settings_options
def check(paths: tuple[Path, ...], *, strict: bool, **options: Any) -> int:
    """Check a policy: errors, its own tests, and what was perhaps not meant."""
    text, settings = read_source(paths, options)
    places = Places(paths, settings)
    loaded = text if isinstance(text, Problems) else load_policy(text)
    problems, warned = _found(loaded, settings)
    problems = tuple(places.problem(each) for each in problems)
    warned = tuple(replace(each, at=places.at(each.at)) for each in warned)
    value = {
        "ok": not problems,
        "problems": [_value(each.at, message=each.message) for each in problems],
        "warnings": [_value(each.at, message=each.message, id=each.id) for each in warned],
    }
    lines = [*map(str, problems), *map(str, warned), _summary(loaded, text, problems, warned)]
    result(value, map(printable, lines), as_json=options["as_json"])
    return ExitCode.FOUND if problems or (strict and warned) else ExitCode.OK


def _found(
    loaded: Loaded | Problems, settings: Settings
) -> tuple[Sequence[Problem], Sequence[Warned]]:
    if isinstance(loaded, Problems):
        return loaded.items, ()
    failed = failures(run_policy_tests(loaded.policy, SystemClock().now()))
    return failed, warnings(loaded.policy, surroundings(loaded, settings))


def _value(at: Location, **more: str) -> dict[str, object]:
    return {"file": at.file, "line": at.line, "column": at.column, **more}


def _summary(
    loaded: Loaded | Problems,
    text: PolicyText | Problems,
    problems: Sequence[Problem],
    warned: Sequence[Warned],
) -> str:
    counted = f"{_count(problems, 'problem')}, {_count(warned, 'warning')}"
    if isinstance(loaded, Problems) or isinstance(text, Problems):
        return counted
    policy = loaded.policy
    rules = [rule for site in policy.sites.values() for rule in site.rules]
    return (
        f"{_count(text.files, 'file')}, {_count(policy.sites, 'site')}, {_count(rules, 'rule')},"
        f" {_count(policy.tests, 'test')}: {counted}"
    )


def _count(things: Sized, word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"

"""`gate audit verify`: says whether records were lost in a crash, taken away or changed (G27)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from gate.cli.compose import World, open_world
from gate.cli.compose.audit import first_key
from gate.cli.options import settings_from, settings_options
from gate.cli.output import ExitCode, printable, result
from gate.config.secret import Purpose
from gate.core.ports import ChainPlace
from gate.service.audit_verify import Finding, Verdict, verify as verified
from gate.store.anchor import AnchorFile


@click.command("verify")
@settings_options
def verify(**options: Any) -> int:
    """Verify every record; exit 1 when some were taken away or changed, 0 after a mere crash."""
    with open_world(settings_from(options)) as world:
        key_of = partial(first_key, world.keys(Purpose.AUDIT))
        verdict = verified(world.store.audit, key_of, _anchored(world))
    result(_value(verdict), _lines(verdict), as_json=options["as_json"])
    return ExitCode.OK if verdict.is_sound else ExitCode.FOUND


def _anchored(world: World) -> Sequence[ChainPlace]:
    path = world.settings.audit.anchor
    return () if path is None else AnchorFile(path=path, clock=world.clock).heads()


def _value(verdict: Verdict) -> dict[str, object]:
    return {
        "sound": verdict.is_sound,
        "records": verdict.records,
        "chains": verdict.chains,
        "unchained": verdict.unchained,
        "findings": [
            {
                "flaw": finding.flaw,
                "words": finding.words,
                "chain": finding.chain,
                "process": finding.process,
                "record": finding.record,
            }
            for finding in verdict.findings
        ],
    }


def _lines(verdict: Verdict) -> list[str]:
    lines = [_line(finding) for finding in verdict.findings]
    looked = f"{verdict.records} records in {verdict.chains} chains were verified"
    older = f"; {verdict.unchained} are older than the chains" if verdict.unchained else ""
    sound = "none was" if verdict.is_sound else "some were"
    return [*lines, f"{looked}{older}; {sound} taken away or changed"]


def _line(finding: Finding) -> str:
    where = finding.process or finding.chain or "the log"
    return printable(f"{finding.flaw.replace('_', ' ')}: {where}: {finding.words}")

"""`gate doctor`: looks at everything that an installation stands on, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from gate.cli.doctor_keys import security_key_findings
from gate.cli.doctor_machine import machine_findings
from gate.cli.doctor_network import listener_findings, upstream_findings
from gate.cli.doctor_store import key_findings, policy_findings, store_findings
from gate.cli.doctor_tls import tls_findings
from gate.cli.findings import Finding, Mark, fail, ok
from gate.cli.options import settings_from, settings_options
from gate.cli.output import ExitCode, printable, result
from gate.cli.people import stored_or_written_policy
from gate.config.settings import Settings
from gate.core.errors import GateError

COLOURS: Final = {Mark.OK: "green", Mark.WARN: "yellow", Mark.FAIL: "red"}


@click.command("doctor")
@settings_options
def doctor(**options: Any) -> int:
    """Check settings, keys, store, policy, upstreams, ports and machine; exit 1 on a failure."""
    settings = settings_from(options)
    findings = tuple(_found(settings))
    value = {
        "ok": all(each.mark is not Mark.FAIL for each in findings),
        "findings": [
            {"mark": each.mark.value, "about": each.about, "words": each.words} for each in findings
        ],
    }
    result(value, map(_line, findings), as_json=options["as_json"])
    return ExitCode.OK if value["ok"] else ExitCode.FOUND


def _found(settings: Settings) -> Iterator[Finding]:
    yield ok("settings", "every value is usable")
    yield from machine_findings(settings)
    yield from key_findings(settings)
    try:
        yield from store_findings(settings)
        policy = stored_or_written_policy(settings)
    except GateError as error:
        yield fail("store", str(error))
        return
    yield from policy_findings(settings, policy)
    yield from tls_findings(settings, policy)
    yield from security_key_findings(settings, policy)
    yield from listener_findings(settings)
    if policy is not None:
        for site in policy.sites.values():
            yield from upstream_findings(site.name, site.upstream)


def _line(finding: Finding) -> str:
    mark = click.style(f"{finding.mark.value:4}", fg=COLOURS[finding.mark])
    return f"{mark}  {printable(finding.about)}: {printable(finding.words)}"

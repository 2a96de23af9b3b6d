"""The doctor's look at certificates: until when they serve, whom, and who can read their keys."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from gate.cli.certificates import hosts_of, in_words, on_disk
from gate.cli.compose.origin import public_origin
from gate.cli.findings import Finding, fail, ok, warn
from gate.config.certificates import coverage_problems
from gate.config.settings import Settings
from gate.core.errors import SettingsError
from gate.core.policy import Policy
from gate.store.clock import SystemClock


def tls_findings(settings: Settings, policy: Policy | None) -> Iterator[Finding]:
    """Say of each certificate until when it serves, and which hosts have none."""
    now = SystemClock().now()
    found = on_disk(settings, now)
    for line in found.wrong:
        yield fail("tls", line)
    for certificate in found.usable:
        words = in_words(certificate, now)
        yield warn("tls", words) if certificate.ends_soon(now) else ok("tls", words)
        yield from _exposed(certificate.files.key)
    if settings.ends_tls and not found.wrong:
        for line in coverage_problems(found.usable, _hosts(settings, policy)):
            yield fail("tls", line)


def _exposed(key: Path) -> Iterator[Finding]:
    if key.stat().st_mode & stat.S_IRWXO:
        yield warn("tls", f"everybody on this machine can read `{key}`; run: chmod o= {key}")


def _hosts(settings: Settings, policy: Policy | None) -> tuple[str, ...]:
    """Give the hosts that need a certificate, as far as it is known where the pages live."""
    try:
        return () if policy is None else hosts_of(policy, public_origin(settings, policy))
    except SettingsError:
        return ()

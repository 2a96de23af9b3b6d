"""The certificates of an installation: whether they can serve its hosts, and until when.

A bad one keeps the gate from starting; one that ends soon is told to the log once a day, to
`gate doctor` and to the metrics.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gate.config.certificates import (
    SOON,
    Certificate,
    coverage_problems,
    read_certificate,
    unnamed_host,
)
from gate.config.policy_hosts import parse_authority
from gate.config.setting_types import Origin
from gate.config.settings import Settings
from gate.core.errors import SettingsError
from gate.core.policy import Policy
from gate.core.ports import Clock

DAY: Final = timedelta(days=1)
URGENT: Final = SOON[-1]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDisk:
    """What the files of `tls` hold now; `wrong` has a line for each pair that can't be served."""

    usable: tuple[Certificate, ...]
    wrong: tuple[str, ...]

    @property
    def ends(self) -> Mapping[str, datetime]:
        """The end of each certificate by its file."""
        return {str(each.files.cert): each.ends for each in self.usable}


def on_disk(settings: Settings, now: datetime) -> OnDisk:
    """Give what the files of `tls` hold."""
    read = [read_certificate(pair, now) for pair in settings.tls]
    return OnDisk(
        usable=tuple(each for each in read if isinstance(each, Certificate)),
        wrong=tuple(each for each in read if isinstance(each, str)),
    )


def hosts_of(policy: Policy, origin: Origin) -> tuple[str, ...]:
    """Give every host that people reach, without ports, each once."""
    written = [host for site in policy.sites.values() for host in site.hosts]
    parsed = (parse_authority(host) for host in written)
    return tuple(dict.fromkeys((*(host.name for host in parsed if host), origin.host.lower())))


def nameless(settings: Settings, policy: Policy, origin: Origin) -> str | None:
    """Give the host that a handshake without a server name means."""
    return unnamed_host(hosts_of(policy, origin)) if settings.ends_tls else None


def check_files(settings: Settings, now: datetime) -> None:
    """Raise `SettingsError` with every pair that can't be served, one a line."""
    found = on_disk(settings, now)
    problems = found.wrong or coverage_problems(found.usable, ())
    if problems:
        raise SettingsError("\n".join(problems))


def check_coverage(settings: Settings, policy: Policy, origin: Origin, now: datetime) -> None:
    """Raise `SettingsError` with every host that has no certificate, one a line.

    Files that are being changed say nothing about hosts; the former ones serve on.
    """
    found = on_disk(settings, now)
    if not settings.ends_tls or found.wrong:
        return
    problems = coverage_problems(found.usable, hosts_of(policy, origin))
    if problems:
        raise SettingsError("\n".join(problems))


def in_words(certificate: Certificate, now: datetime) -> str:
    """Say until when a certificate serves, and what to do when that is soon."""
    days = certificate.left(now) // DAY
    left = "1 day" if days == 1 else f"{days} days"
    words = f"`{certificate.files.cert}` ends on {certificate.ends:%Y-%m-%d}, in {left}"
    return f"{words}; renew it" if certificate.ends_soon(now) else words


async def remind(settings: Settings, clock: Clock) -> None:
    """Tell the log once a day, for as long as the process lives."""
    while True:
        say_what_ends(on_disk(settings, clock.now()), clock.now())
        await asyncio.sleep(DAY.total_seconds())


def say_what_ends(found: OnDisk, now: datetime) -> None:
    """Tell the log which certificates end soon; the last days are an error."""
    for line in found.wrong:
        log.error("%s", line)
    for certificate in found.usable:
        if certificate.ends_soon(now):
            urgent = certificate.left(now) <= URGENT
            log.log(logging.ERROR if urgent else logging.WARNING, "%s", in_words(certificate, now))

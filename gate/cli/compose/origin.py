"""Where the gate's pages live: `public_url`, or the first host of the only site (G24).

It is found out once, when the gate starts; a policy that would leave it open does not come into
force, and a process that is started again is told it.
"""

from __future__ import annotations

from collections.abc import Mapping

from gate.cli.certificates import check_coverage
from gate.config.policy_hosts import parse_authority
from gate.config.setting_types import Origin, is_loopback
from gate.config.settings import Settings
from gate.core.errors import SettingsError
from gate.core.located import Problem
from gate.core.policy import Policy
from gate.store.clock import SystemClock


def public_origin(settings: Settings, policy: Policy) -> Origin:
    """Give the origin of the pages; raises `SettingsError` when the operator has to name it."""
    if settings.public_url is not None:
        return settings.public_url
    if len(policy.sites) != 1:
        raise SettingsError(
            f"the policy has {len(policy.sites)} sites; set `public_url` to where people sign in"
        )
    (site,) = policy.sites.values()
    first = parse_authority(site.hosts[0])
    host = first.name if first else ""
    tls = next((endpoint for endpoint in settings.listen if endpoint.tls), None)
    if first is not None and tls is not None:
        return Origin(scheme="https", host=host, port=first.port or tls.port)
    if first is None or not is_loopback(host):
        raise SettingsError(
            f"people would sign in at http://{host} without TLS; set `public_url` to https://{host}"
        )
    return Origin(scheme="http", host=host, port=first.port or settings.listen[0].port)


def misfit(settings: Settings, policy: Policy) -> Problem | None:
    """Say why this installation could not serve a policy.

    Nobody would know where to sign in, or a host would have no certificate.
    """
    try:
        origin = public_origin(settings, policy)
        check_coverage(settings, policy, origin, SystemClock().now())
    except SettingsError as error:
        last = max(policy.sites.values(), key=lambda site: site.at)
        return Problem(at=last.at, message=str(error).partition("\n")[0])
    return None


def told_origin(origin: Origin) -> Mapping[str, object]:
    """Give the origin fit for JSON; all processes keep to the one with which the gate began."""
    return {"scheme": origin.scheme, "host": origin.host, "port": origin.port}


def pages_host(origin: Origin, policy: Policy) -> str | None:
    """Give the pages' host when it belongs to no site, None when they share a site's host."""
    shared = policy.site_for(f"{origin.host}:{origin.port}") or policy.site_for(origin.host)
    return None if shared else origin.host

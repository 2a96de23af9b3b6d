"""Composes one process of the data plane from what it was told over its pipe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey

from gate.cli.certificates import nameless
from gate.cli.compose.audit import chain_told, chained_audit, chained_log
from gate.cli.compose.limits import limits_in_force
from gate.cli.compose.origin import pages_host
from gate.cli.listening import shared_sockets
from gate.config.setting_types import Endpoint, Origin
from gate.config.settings import Settings
from gate.core.decision import Reason
from gate.core.front_door import FrontDoor
from gate.core.policy import Policy
from gate.core.ports import Clock
from gate.core.secret_text import Secret
from gate.planes.mitm import serve
from gate.planes.mitm.settings import Limits, MitmSettings
from gate.planes.mitm.tls import TlsSettings
from gate.service.activity import Activity
from gate.service.assertion import Assertions
from gate.service.enforce import Enforcer
from gate.service.enforcer_parts import EnforcerParts, EnforceSettings
from gate.service.identity import Identity
from gate.service.lifetimes import Lifetimes
from gate.service.policies import PolicyKeeper
from gate.service.responses import Responses, StaticPages
from gate.store.clock import SystemClock
from gate.store.sql import open_store
from ui.cookies import cookie_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One process of the plane, ready to serve."""

    enforcer: Enforcer
    settings: MitmSettings

    async def serve(
        self, *, ready: Callable[[], None], drain: asyncio.Event, force: asyncio.Event
    ) -> None:
        """Serve until drained."""
        await serve(self.enforcer, self.settings, ready=ready, stop=drain, force=force)


@contextmanager
def composed_worker(told: Mapping[str, Any], settings: Settings) -> Iterator[Worker]:
    """Compose a worker; it can't read what is sealed."""
    store = open_store(settings.state.reveal(), None)
    clock = SystemClock()
    chained = chained_log(store, clock, settings, chain_told(told["chain"]))
    audit = chained_audit(chained, settings)
    activity = Activity(store.sessions)
    keeper = PolicyKeeper(store=store, clock=clock)
    origin = Origin(**told["origin"])
    parts = EnforcerParts(
        store=store,
        clock=clock,
        keeper=keeper,
        audit=audit,
        activity=activity,
        lifetimes=Lifetimes(store.sessions, clock, limits_in_force(settings, keeper.policy)),
        identity=Identity(
            assertions=Assertions(issuer=str(origin), key=ECKey.import_key(told["assertion"]))
        ),
        responses=Responses(static=_static_pages(told["static"]), hsts=origin.is_secure),
    )
    policy = keeper.current().policy
    enforcer = Enforcer(parts, _enforce_settings(told, settings, origin, policy))
    tls = _tls_settings(settings, nameless(settings, policy, origin), clock)
    audit.start()
    activity.start()
    try:
        yield Worker(enforcer=enforcer, settings=_plane_settings(told, settings, tls))
    finally:
        enforcer.close()
        activity.stop()
        audit.stop()
        chained.close()
        store.close()


def _enforce_settings(
    told: Mapping[str, Any], settings: Settings, origin: Origin, policy: Policy
) -> EnforceSettings:
    names = cookie_names(str(origin))
    door = FrontDoor(
        trusted_proxies=settings.trusted_proxies,
        ports=frozenset({origin.port, *(endpoint.port for endpoint in settings.listen)}),
        own_cookies=frozenset(name.encode() for name in names.all),
        pages_host=pages_host(origin, policy),
    )
    return EnforceSettings(
        door=door,
        scheme=origin.scheme,
        port=origin.port,
        session_cookie=names.session.encode(),
        secret=Secret(told["secret"]),
        record_key=Secret(told["records"]),
        ends_tls=settings.ends_tls,
    )


def _tls_settings(settings: Settings, unnamed: str | None, clock: Clock) -> TlsSettings | None:
    if not settings.ends_tls:
        return None
    return TlsSettings(pairs=settings.tls, now=clock.now, unnamed=unnamed)


def _plane_settings(
    told: Mapping[str, Any], settings: Settings, tls: TlsSettings | None
) -> MitmSettings:
    endpoints = [
        Endpoint(host=host, port=port, tls=is_tls) for host, port, is_tls in told["listen"]
    ]
    limits = settings.limits
    return MitmSettings(
        sockets=shared_sockets([each for each in endpoints if not each.tls]),
        tls_sockets=shared_sockets([each for each in endpoints if each.tls]),
        tls=tls,
        proxies=settings.proxy_protocol if settings.proxy_protocol.networks else None,
        pages=(told["pages"][0], told["pages"][1]),
        drain=limits.drain,
        limits=Limits(
            connections=max(1, limits.connections // settings.workers),
            connections_per_address=limits.connections_per_address,
            requests_per_connection=limits.requests_per_connection,
            header=limits.header_time,
            body_idle=limits.body_idle,
            body_rate=limits.body_rate,
            keepalive=limits.keep_alive,
        ),
        uncounted=settings.trusted_proxies,
    )


def static_pages_told(static: StaticPages) -> Mapping[str, object]:
    """Give static pages, fit for JSON."""
    return {
        "pages": {reason.value: page.decode() for reason, page in static.by_reason.items()},
        "otherwise": static.otherwise.decode(),
        "policy": static.content_security_policy.decode(),
    }


def _static_pages(told: Mapping[str, Any]) -> StaticPages:
    return StaticPages(
        by_reason={Reason(reason): page.encode() for reason, page in told["pages"].items()},
        otherwise=told["otherwise"].encode(),
        content_security_policy=told["policy"].encode(),
    )

"""The admin listener: health, readiness and metrics for operators, as one raw ASGI callable.

It stands on a loopback address or a unix socket of its own, is never reached through the gate, and
says nothing secret. A Host that is no loopback name is refused, so that no web page of another
origin can reach it by a name that it made up (T102).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.core.errors import GateError

LOOPBACK_HOSTS: Final = frozenset({b"localhost", b"127.0.0.1", b"[::1]"})
JSON: Final = b"application/json"
TEXT: Final = b"text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How the gate stands; `degraded`: what the policy folder holds is not in force.

    `certificates` are the ends of those that the gate serves, by file.
    """

    ready: bool
    degraded: bool
    policy_version: int | None
    why: tuple[str, ...] = ()
    certificates: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


def operations_app(condition: Callable[[], Condition]) -> ASGIApp:
    """Give the application; `condition` is asked anew for each request."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status, kind, body = _answer(scope, condition)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", kind),
                    (b"content-length", str(len(body)).encode()),
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})

    return app


def _answer(scope: Scope, condition: Callable[[], Condition]) -> tuple[int, bytes, bytes]:
    if not _is_local(scope):
        return 421, JSON, _json({"error": "unknown_host"})
    if scope["method"] not in {"GET", "HEAD"}:
        return 405, JSON, _json({"error": "method_not_allowed"})
    match scope["path"]:
        case "/healthz":
            return 200, JSON, _json({"status": "ok"})
        case "/readyz":
            found = _asked(condition)
            return 200 if found.ready else 503, JSON, _json(_words(found))
        case "/metrics":
            return 200, TEXT, _metrics(_asked(condition))
        case _:
            return 404, JSON, _json({"error": "not_found"})


def _asked(condition: Callable[[], Condition]) -> Condition:
    try:
        return condition()
    except GateError as error:
        return Condition(ready=False, degraded=True, policy_version=None, why=(str(error),))


def _is_local(scope: Scope) -> bool:
    hosts = [value.lower() for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1:
        return False
    name, colon, port = hosts[0].rpartition(b":")
    plain = name if colon and port.isdigit() else hosts[0]
    return plain in LOOPBACK_HOSTS


def _words(found: Condition) -> dict[str, object]:
    status = "degraded" if found.degraded else "ready"
    return {
        "status": status if found.ready else "unavailable",
        "policy_version": found.policy_version,
        "why": list(found.why),
    }


def _metrics(found: Condition) -> bytes:
    registry = CollectorRegistry()
    for name, text, value in (
        ("gate_ready", "Whether the gate can decide.", found.ready),
        ("gate_policy_held", "Whether a change of the policy folder waits.", found.degraded),
        ("gate_policy_version", "Number of the policy in force.", found.policy_version or 0),
    ):
        Gauge(name, text, registry=registry).set(value)
    name, text = "gate_certificate_ends_timestamp_seconds", "When a certificate of the gate ends."
    ends = Gauge(name, text, ("file",), registry=registry)
    for file, end in found.certificates.items():
        ends.labels(file).set(end.timestamp())
    return generate_latest(registry)


def _json(said: object) -> bytes:
    return json.dumps(said).encode() + b"\n"

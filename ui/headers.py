"""Headers of every answer of the pages: what a browser may do with it, and that nobody keeps it.

`fallback_policy` is for what a data plane shows: the page of a refusal that it asked for, or, while
the pages process is away, one whose style stands in the page and is allowed by its hash.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.core import handoff

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_DENIED: Final = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "display-capture",
    "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection",
    "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock",
    "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
_ALLOWED: Final = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS: Final = ", ".join(
    [*(f"{name}=(self)" for name in _ALLOWED), *(f"{name}=()" for name in _DENIED)]
)
NO_STORE: Final = "no-store"
HSTS: Final = "max-age=63072000"  # two years

COMMON: Final = (
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-xss-protection", "0"),
    ("referrer-policy", "strict-origin"),  # RULES G17: with no-referrer a form sends Origin: null
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", PERMISSIONS),
)


def fallback_policy(style: str) -> str:
    """Give the content policy of a page of a data plane: the pages' own, and one style in it."""
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return CONTENT_POLICY.replace("style-src 'self'", f"style-src 'self' 'sha256-{digest}'")


class SecureHeaders:
    """Sets the headers on every answer, whoever made it, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and finish the answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = _is_https(scope["headers"])

        async def finished(message: Message) -> None:
            if message["type"] == "http.response.start":
                _finish(MutableHeaders(scope=message), secure=secure)
            elif scope["method"] == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, finished)


def _finish(headers: MutableHeaders, *, secure: bool) -> None:
    for name, value in COMMON:
        headers[name] = value
    headers.setdefault("content-security-policy", CONTENT_POLICY)
    headers.setdefault("cache-control", NO_STORE)
    if secure:
        headers["strict-transport-security"] = HSTS
    del headers["server"]


def _is_https(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Say whether the data plane speaks for an https address; the header comes from no client."""
    return (handoff.SCHEME, b"https") in headers

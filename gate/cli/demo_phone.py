"""The demo's phone: a page on a loopback port of its own with the accounts' current codes.

It shows what a code app would show, so it exists in the demo alone. Requests that name another
host than this machine are refused: a page elsewhere must not read the codes by a name of its own.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from string import Template
from typing import ClassVar, Final, override

from gate.core.ports import Clock
from gate.core.secret_text import Secret
from gate.factors import totp

HOST: Final = "127.0.0.1"
STEP_SECONDS: Final = totp.STEP.total_seconds()
CARD: Final = Template(
    """<li data-account="$account">
<div><span class="who">$account</span> <button title="Copy" aria-live="off">$code</button></div>
<svg class="ring" viewBox="0 0 44 44" aria-hidden="true"><circle cx="22" cy="22" r="18"/>\
<circle cx="22" cy="22" r="18" stroke-dasharray="113.1"/><text x="22" y="26">$seconds</text></svg>
</li>"""
)


class Phone(ThreadingHTTPServer):
    """Serves the codes of some accounts, by name."""

    daemon_threads = True
    allow_reuse_port = False

    def __init__(self, port: int, seeds: Mapping[str, Secret], clock: Clock) -> None:
        """Listen on a loopback port; 0 takes a free one. OSError when it is taken."""
        super().__init__((HOST, port), _Screen)
        self._seeds: Final = dict(seeds)
        self._clock: Final = clock
        self._page: Final = Template(files("gate.cli").joinpath("demo_phone.html").read_text())

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{HOST}:{self.server_port}"

    @property
    def names(self) -> frozenset[str]:
        """The hosts by which the page may be asked for."""
        return frozenset({f"{HOST}:{self.server_port}", f"localhost:{self.server_port}"})

    def codes(self) -> Mapping[str, object]:
        """Give what the page asks for: the codes now, and how long they stay."""
        now = self._clock.now()
        left = STEP_SECONDS - now.timestamp() % STEP_SECONDS
        return {
            "codes": {name: totp.code_at(seed, now) for name, seed in self._seeds.items()},
            "seconds": round(left, 2),
            "clock": now.astimezone().strftime("%H:%M"),
        }

    def page(self, nonce: str) -> str:
        """Give the page, which is whole without a script."""
        shown = self.codes()
        codes, seconds = shown["codes"], shown["seconds"]
        if not isinstance(codes, dict) or not isinstance(seconds, float):
            raise TypeError("the codes are of another shape than the page")
        cards = [
            CARD.substitute(account=name, code=f"{code[:3]} {code[3:]}", seconds=int(seconds))
            for name, code in codes.items()
        ]
        return self._page.substitute(nonce=nonce, clock=shown["clock"], cards="\n".join(cards))


class _Screen(BaseHTTPRequestHandler):
    """Answers one request."""

    server_version = "phone"
    sys_version = ""
    timeout: ClassVar[float | None] = 10  # seconds that a request may take

    def do_GET(self) -> None:
        """Send the page or the codes."""
        phone = self.server
        if not isinstance(phone, Phone) or self.headers.get("Host") not in phone.names:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif self.path == "/":
            nonce = secrets.token_urlsafe(16)
            self._send("text/html; charset=utf-8", phone.page(nonce), nonce)
        elif self.path == "/codes":
            self._send("application/json", json.dumps(phone.codes()))
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send(self, content_type: str, text: str, nonce: str = "") -> None:
        body = text.encode()
        allowed = f"script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'" if nonce else ""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; connect-src 'self'; frame-ancestors 'none'; {allowed}",
        )
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running(phone: Phone) -> Iterator[Phone]:
    """Serve the page for a while."""
    serving = threading.Thread(target=phone.serve_forever, name="phone", daemon=True)
    serving.start()
    try:
        yield phone
    finally:
        phone.shutdown()
        phone.server_close()
        serving.join()

"""Shows the pages without a gate: `python -m tests.ui.screens FOLDER` takes a picture of each.

A front on a loopback port plays the data plane: it hands requests over with the secret. Every page
is taken in light and dark, at desk and phone width, and its console has to stay empty. Without a
folder it only serves, for a look by hand.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, override

from playwright.sync_api import Browser as Chromium, BrowserContext, Page, sync_playwright

from gate.core import handoff
from gate.core.decision import Reason
from gate.core.handoff import PersonalRefusal, encode_refusal
from gate.core.secret_text import Secret
from gate.factors import totp
from tests.ui.exchange import Answer, exchange
from tests.ui.factor_forms import RECOVERY, RECOVERY_CODES, TOTP
from tests.ui.house import HANDOFF, PASSWORD, House
from ui.fallback import static_pages

CHROMIUM: Final = "/usr/bin/chromium"
CLIENT: Final = "203.0.113.9"
SIZES: Final = {"desk": (1280, 800), "phone": (375, 740), "narrow": (320, 640)}
REFUSE: Final = "/refuse/"  # followed by a reason: what a data plane would ask for
ALONE: Final = "/alone/"  # followed by a reason: the page that a plane shows by itself
DENIED: Final = "Administration is for admins in the office."


class Front(BaseHTTPRequestHandler):
    """Plays the data plane for one application."""

    protocol_version = "HTTP/1.1"
    house: House

    def do_GET(self) -> None:
        self._pass("GET", b"")

    def do_POST(self) -> None:
        self._pass("POST", self.rfile.read(int(self.headers["content-length"] or 0)))

    def _pass(self, method: str, body: bytes) -> None:
        if self.path.startswith(ALONE):
            self._answer(_alone(self.path.removeprefix(ALONE)))
            return
        path, extra = self.path, {}
        if self.path.startswith(REFUSE):
            path, extra = handoff.REFUSAL_PATH, _refusal(self.path.removeprefix(REFUSE))
        pairs = [(name.lower(), value) for name, value in self.headers.items()]
        handed = _handed(self.headers["host"]) | extra
        self._answer(exchange(self.house.app, method, path, [*pairs, *handed.items()], body))

    def _answer(self, answer: Answer) -> None:
        self.send_response_only(HTTPStatus(answer.status))
        for name, value in answer.headers:
            if name != "content-length":
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _handed(host: str) -> dict[str, str]:
    return {
        handoff.SECRET.decode(): HANDOFF.reveal(),
        handoff.CLIENT.decode(): CLIENT,
        handoff.SCHEME.decode(): "http",
        handoff.HOST.decode(): host,
        handoff.SITE.decode(): "wiki",
        handoff.REQUEST.decode(): "4f9a31c7-2e",
    }


def _refusal(words: str) -> dict[str, str]:
    reason, _, more = words.partition("?")
    refusal = PersonalRefusal(
        status=403,
        reason=reason,
        wanted="/admin/users",
        text=DENIED if reason == Reason.RULE_DENIES else "",
        account="" if reason in {Reason.NEEDS_SIGN_IN, Reason.NOT_FOUND} else "bob",
        undelivered="undelivered" in more,
    )
    return {handoff.REFUSAL.decode(): encode_refusal(refusal).decode()}


def _alone(reason: str) -> Answer:
    pages = static_pages()
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", pages.content_security_policy.decode()),
    )
    return Answer(status=503, headers=headers, body=pages.page(Reason(reason), "4f9a31c7-2e"))


@contextmanager
def running() -> Iterator[tuple[House, str]]:
    """Give a house with people and the address of its pages."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://localhost:{port}"
    house = House(public_url=origin)
    house.add("alice", networks="203.0.113.0/24  # office\n2001:db8:10::/48  # home")
    house.add("carol", has_app=False)
    handler = type("Handler", (Front,), {"house": house})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield house, origin
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Takes the pictures of one size and scheme."""

    folder: Path
    house: House
    origin: str
    context: BrowserContext
    label: str

    def all(self) -> None:
        """Take every page."""
        page = self.context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        self._strangers(page)
        self._signing_in(page)
        self._account(page)
        self._refusals(page)
        complaints = [each for each in said if "status of" not in each]
        if complaints:
            raise RuntimeError(f"the browser complains: {complaints}")

    def take(self, page: Page, name: str) -> None:
        """Take one picture, and see that nothing leads sideways."""
        page.wait_for_load_state()
        page.locator("main").wait_for()
        wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
        if wide:
            raise RuntimeError(f"{name} scrolls sideways ({self.label})")
        page.screenshot(path=self.folder / f"{name}-{self.label}.png", full_page=True)

    def _open(self, page: Page, path: str, name: str = "") -> None:
        page.goto(self.origin + path)
        if name:
            self.take(page, name)

    def _strangers(self, page: Page) -> None:
        self._open(page, "/-/gate/sign-in?next=/wiki/Start", "sign-in")
        page.fill("#account", "alice")
        page.fill("#password", "not the password")
        page.click("button[type=submit]")
        self.take(page, "sign-in-wrong")
        self._open(page, "/-/gate/sign-out", "signed-out")

    def _signing_in(self, page: Page) -> None:
        self._open(page, "/-/gate/sign-in?next=/-/gate/account/security")
        page.fill("#account", "alice")
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        self.take(page, "step-up")
        page.fill("#code", "000000")
        page.click("button[type=submit]")
        self.take(page, "step-up-wrong")
        page.fill("#code", self.house.next_code())
        page.click("button[type=submit]")

    def _account(self, page: Page) -> None:
        self._open(page, "/-/gate/account/security", "security")
        self._open(page, "/-/gate/step-up?next=/wiki/admin", "step-up-again")
        self._open(page, f"{RECOVERY}?next=/wiki/admin", "step-up-recovery")
        self._factors(page)
        self._open(page, "/-/gate/account/security/password", "password")
        page.fill("#current", PASSWORD)
        page.fill("#password", "alice2026")
        page.click("main button[type=submit]")
        self.take(page, "password-weak")
        self._open(page, "/-/gate/account/security/sessions", "sessions")
        self._open(page, "/-/gate/account/security/networks", "networks")
        page.fill("#networks", "198.51.100.0/24\n10.0.0.0/8 # vpn\n198.51.100.7")
        page.get_by_text("does not cover").wait_for()
        page.click("button[value=check]")
        self.take(page, "networks-locked-out")
        page.fill("#networks", "203.0.113.7/24\nwhat")
        page.click("button[value=check]")
        self.take(page, "networks-wrong")
        self._open(page, "/-/gate/sign-out", "sign-out")

    def _factors(self, page: Page) -> None:
        self._open(page, TOTP, "totp")
        page.fill("#proof", self.house.next_code())
        page.click("main button[type=submit] >> text=Add a code app")
        self.take(page, "totp-new")
        page.fill("#password", PASSWORD)
        page.fill("#code", "000000")
        page.click("text=Turn on")
        self.take(page, "totp-new-wrong")
        seed = Secret(page.locator("#seed").inner_text())
        page.fill("#password", PASSWORD)
        page.fill("#code", totp.code_at(seed, self.house.clock.now()))
        page.click("text=Turn on")
        self.take(page, "recovery-codes-none")
        page.fill("#proof", self.house.next_code())
        page.click("text=Make recovery codes")
        self.take(page, "recovery-codes-new")
        page.click("text=Continue")
        self.take(page, "recovery-codes-unconfirmed")
        page.check("#stored")
        page.click("text=Continue")
        self.take(page, "security-with-codes")
        self._open(page, RECOVERY_CODES, "recovery-codes")
        self._open(page, TOTP)
        page.click("summary >> nth=1")
        self.take(page, "totp-rename")
        page.click("main a >> text=Remove >> nth=1")
        self.take(page, "totp-remove")

    def _refusals(self, page: Page) -> None:
        for reason in ("ip_not_allowed", "rule_denies", "not_enrolled", "upstream_down"):
            self._open(page, REFUSE + reason, f"refusal-{reason}")
        self._open(page, f"{REFUSE}needs_sign_in?undelivered", "refusal-undelivered")
        self._open(page, f"{ALONE}gate_unavailable", "alone-gate_unavailable")


def take_all(folder: Path) -> None:
    """Take every page in every size and scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for size in SIZES:
            for scheme in ("light", "dark"):
                _take(chromium, folder, size, scheme)
        chromium.close()


def _take(chromium: Chromium, folder: Path, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    with running() as (house, origin):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        studio = Studio(
            folder=folder, house=house, origin=origin, context=context, label=f"{size}-{scheme}"
        )
        studio.all()
        context.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take_all(Path(sys.argv[1]))
    else:
        with running() as (_, address):
            print(f"{address}/-/gate/sign-in  alice / {PASSWORD}")  # noqa: T201  # for a person
            threading.Event().wait()

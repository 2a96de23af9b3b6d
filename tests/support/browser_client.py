"""A browser without a screen: it keeps cookies, says what browsers say, and fills in forms.

It follows no redirect by itself and sends a form with exactly the hidden inputs of the page that
it has open. What it says of itself can be replaced, which is what other origins' pages do.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from gate.core.secret_text import Secret
from gate.factors import totp
from tests.support.gate_process import LOOPBACK, PASSWORD, SEED, Answer, GateProcess, parsed

PAGES: Final = "/-/gate/"
SIGN_IN: Final = f"{PAGES}sign-in"
STEP_UP: Final = f"{PAGES}step-up"
SIGN_OUT: Final = f"{PAGES}sign-out"
FORM: Final = ("Content-Type", "application/x-www-form-urlencoded")

_INPUT: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_FORM: Final = re.compile(r'<form [^>]*?action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)

type Lines = Sequence[tuple[str, str]]


def code(offset: int = 0) -> str:
    """Give the code of now, or of so many steps from now."""
    return totp.code_at(Secret(SEED), datetime.now(UTC) + offset * totp.STEP)


@dataclass
class Browser:
    """A browser at one host."""

    gate: GateProcess
    host: str = "localhost"
    source: str = LOOPBACK
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.gate.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.authority}"

    @property
    def token(self) -> str:
        """The session's token, empty without one."""
        return self.cookies.get(self.gate.cookie_name, "")

    def open(self, path: str, site: str = "none") -> Answer:
        """Navigate to a path."""
        return self.send("GET", path, [("Sec-Fetch-Site", site)])

    def submit(
        self,
        path: str,
        fields: Mapping[str, str],
        *,
        said: Lines | None = None,
        hidden: bool = True,
    ) -> Answer:
        """Send the open page's form; `said` replaces what a browser says of where it is."""
        here = [("Origin", self.origin), ("Sec-Fetch-Site", "same-origin")]
        body = urlencode({**(self.hidden(path) if hidden else {}), **fields}).encode()
        return self.send("POST", path, [*(here if said is None else said), FORM], body)

    def hidden(self, path: str) -> dict[str, str]:
        """Give the hidden inputs of the open page's form that goes to a path."""
        for action, inner in _FORM.findall(self.page):
            if html.unescape(action) == path:
                return {name: html.unescape(value) for name, value in _INPUT.findall(inner)}
        return {}

    def sign_in(self, name: str, wanted: str = "/", password: str = PASSWORD) -> Answer:
        """Open the sign-in page, and send a name and a password."""
        self.open(f"{SIGN_IN}?next={wanted}")
        return self.submit(SIGN_IN, {"account": name, "password": password})

    def step_up(self, digits: str, wanted: str = "/") -> Answer:
        """Open the step-up page, and send a code."""
        self.open(f"{STEP_UP}?next={wanted}")
        return self.submit(STEP_UP, {"code": digits})

    def enter(self, name: str, wanted: str = "/") -> None:
        """Sign in with password and code."""
        for answer in (self.sign_in(name, wanted), self.step_up(code(), wanted)):
            assert answer.status == 303, (answer.status, answer.text)

    def send(self, method: str, path: str, lines: Lines, body: bytes = b"") -> Answer:
        """Send one request as a navigation, with the cookies, and keep what comes back."""
        head = [
            ("Host", self.authority),
            ("Accept", "text/html"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
            *lines,
        ]
        if self.cookies:
            head.append(("Cookie", "; ".join(f"{n}={v}" for n, v in self.cookies.items())))
        if method == "POST":
            head.append(("Content-Length", str(len(body))))
        text = "".join(f"{name}: {value}\r\n" for name, value in head)
        sent = f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode("latin-1") + body
        answer = self.exchange(sent)
        self._remember(answer)
        self.page = answer.text
        return answer

    def exchange(self, sent: bytes) -> Answer:
        """Send bytes and give the one answer."""
        return parsed(self.gate.raw(sent, source=self.source, timeout=60))

    def _remember(self, answer: Answer) -> None:
        for line in answer.values("set-cookie"):
            text = line.decode("latin-1")
            name, _, value = text.partition(";")[0].partition("=")
            if "max-age=0" in text.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

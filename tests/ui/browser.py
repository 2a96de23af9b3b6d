"""A browser in front of the pages' application, with a data plane between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from starlette.types import ASGIApp

from gate.core import handoff
from tests.ui.exchange import Answer, exchange
from tests.ui.house import HANDOFF, PASSWORD, House

HERE: Final = "203.0.113.9"
FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NAVIGATION: Final = {
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "accept": "text/html",
    "user-agent": FIREFOX,
}


@dataclass
class Browser:
    """Keeps cookies, says where its requests come from, and stands behind a data plane."""

    app: ASGIApp
    host: str = "wiki.example.com"
    scheme: str = "https"
    client: str = HERE
    site: str = "wiki"
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Give the origin of the pages that this browser sees."""
        return f"{self.scheme}://{self.host}"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Open a page as a person does."""
        return self.send("GET", path, NAVIGATION | dict(headers or {}))

    def follow(self, answer: Answer) -> Answer:
        """Go where a redirect leads."""
        return self.get(answer.location)

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a form as a page of this origin does."""
        sent = NAVIGATION | {
            "origin": self.origin,
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        }
        return self.send("POST", path, sent | dict(headers or {}), urlencode(fields).encode())

    def fill(self, page: str, fields: Mapping[str, str], action: str = "") -> Answer:
        """Open a page and send its form."""
        hidden = self.get(page).hidden
        return self.post(action or page.partition("?")[0], hidden | dict(fields))

    def handed(self) -> dict[str, str]:
        """Give what the data plane adds."""
        return {
            handoff.SECRET.decode(): HANDOFF.reveal(),
            handoff.CLIENT.decode(): self.client,
            handoff.SCHEME.decode(): self.scheme,
            handoff.HOST.decode(): self.host,
            handoff.SITE.decode(): self.site,
            handoff.REQUEST.decode(): "boot-1",
        }

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request through the hand-off."""
        sent = {name: value for name, value in headers.items() if value != "(absent)"}
        pairs = [*self.handed().items(), *sent.items()]
        if self.cookies:
            pairs.append(("cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items())))
        answer = exchange(self.app, method, path, pairs, body)
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for each in answer.set_cookies:
            name, _, value = each.partition(";")[0].partition("=")
            if "Max-Age=0" in each:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    # --- what people do ---------------------------------------------------------------------

    def enter(self, name: str, secret: str = PASSWORD, target: str = "") -> Answer:
        """Give name and password."""
        page = "/-/gate/sign-in" + (f"?{urlencode({'next': target})}" if target else "")
        return self.fill(page, {"account": name, "password": secret})

    def prove(self, code: str, target: str = "") -> Answer:
        """Give a code."""
        page = "/-/gate/step-up" + (f"?{urlencode({'next': target})}" if target else "")
        return self.fill(page, {"code": code})

    def sign_in(self, house: House, name: str) -> Answer:
        """Sign in with both factors."""
        self.enter(name)
        return self.prove(house.next_code())

"""A browser that goes from host to host, with the cookies of each, as the pages lead it (G5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import urlencode, urlsplit

from tests.ui.browser import HERE, Browser
from tests.ui.exchange import Answer
from tests.ui.house import PASSWORD, House

PAGES: Final = "https://wiki.example.com"
SHOP: Final = "https://shop.example.com"
SIGN_IN: Final = "/-/gate/sign-in"
STEP_UP: Final = "/-/gate/step-up"
SIGN_OUT: Final = "/-/gate/sign-out"
COOKIE: Final = "__Host-gate"
NONCE: Final = "__Host-gate-ticket"
MOST: Final = 10  # redirects; a browser gives up after twenty

_REFRESH: Final = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


@dataclass
class Traveller:
    """One browser on all hosts of an installation; a site behind a host is nobody's business."""

    house: House
    client: str = HERE
    trail: list[str] = field(default_factory=list)
    browsers: dict[str, Browser] = field(default_factory=dict)

    def at(self, origin: str) -> Browser:
        """Give the browser as one host knows it."""
        if origin not in self.browsers:
            host = origin.partition("://")[2]
            site = (
                host.partition(".")[0] if host in {"wiki.example.com", "shop.example.com"} else ""
            )
            app = self.house.app
            self.browsers[origin] = Browser(app, host=host, client=self.client, site=site)
        return self.browsers[origin]

    def open(self, url: str) -> Answer:
        """Open an address and stay there."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        self.trail.append(url)
        return self.at(origin).get(url.removeprefix(origin) or "/")

    def follow(self, answer: Answer, origin: str) -> str:
        """Go where an answer leads, and on, to a page that leads nowhere or out of the pages."""
        for _ in range(MOST):
            led = answer.location or _refreshed(answer)
            if not led:
                return self.trail[-1]
            url = led if "://" in led else origin + led
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}"
            if not parts.path.startswith("/-/gate/"):
                self.trail.append(url)
                return url
            answer = self.open(url)
        raise AssertionError(self.trail)

    def go(self, url: str) -> str:
        """Open an address of the pages and follow; give where it ends."""
        parts = urlsplit(url)
        return self.follow(self.open(url), f"{parts.scheme}://{parts.netloc}")

    def wants(self, path: str, page: str = SIGN_IN, origin: str = SHOP) -> str:
        """Be led to a page of the gate by a site that was asked for a path."""
        return self.go(f"{origin}{page}?{urlencode({'next': path})}")

    def sends(self, url: str, fields: dict[str, str]) -> str:
        """Fill in the form of the page that is open at an address, and follow."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return self.follow(self.at(origin).fill(url.removeprefix(origin), fields), origin)

    def signs_in(self, path: str = "/", name: str = "alice") -> str:
        """Begin at a path of the shop and prove both factors; give where that ends."""
        asked = self.wants(path)
        asked = self.sends(asked, {"account": name, "password": PASSWORD})
        return self.sends(asked, {"code": self.house.next_code()})

    def token(self, origin: str = SHOP) -> str:
        """Give the token of the session that a host has."""
        return self.at(origin).cookies.get(COOKIE, "")


def _refreshed(answer: Answer) -> str:
    found = _REFRESH.search(answer.text)
    return unescape(found[1]) if found else ""

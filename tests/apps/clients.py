"""Clients: a browser's behaviour by httpx, and curl, git and websocat by their command lines.

Sign-in is done as a browser would: forms, hidden fields, redirects. The code comes from oathtool,
an implementation of RFC 6238 that is not the gate's.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Final

import httpx

from tests.apps.programs import START, program
from tests.apps.running_gate import PASSWORD, SEED, RunningGate

PAGE: Final = {"Accept": "text/html"}
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
REFRESH: Final = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to an application: straight to it, or through the gate with a session's cookie.

    `host` is the same on both ways, so that the application sees itself at the same address.
    """

    address: str
    host: str
    cookie: str = ""

    @property
    def url(self) -> str:
        """Where to connect to."""
        return f"http://{self.address}"

    @property
    def origin(self) -> str:
        """What a browser calls the application's origin."""
        return f"http://{self.host}"

    def cookies(self, *others: str) -> str:
        """Give the value of a Cookie header: the session's between others, if there is one."""
        return "; ".join([*others[:1], *filter(None, [self.cookie]), *others[1:]])

    def browser(self) -> httpx.Client:
        """Give a client that keeps cookies, follows nothing and takes bytes as they are."""
        headers = {"Host": self.host, "Accept": "text/html,*/*", "Accept-Encoding": "identity"}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=START, trust_env=False)
        if self.cookie:
            client.cookies.set(*self.cookie.split("=", 1))
        return client


def code(at: datetime | None = None) -> str:
    """Give the code that the accounts' app shows now, or at another moment."""
    moment = (at or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M:%S UTC")
    words = [program("oathtool"), "--totp", "--base32", f"--now={moment}", SEED]
    told = subprocess.run(words, capture_output=True, text=True, timeout=START, check=True)
    return told.stdout.strip()


def sign_in(gate: RunningGate, site: str, account: str) -> str:
    """Sign in on the way to a site and give the session's cookie, `name=value`."""
    with signed_in_by_password(gate, site, account) as (browser, page):
        submitted(browser, page, {"code": code()})
        found = [
            cookie
            for cookie in browser.cookies.jar
            if cookie.domain == gate.addresses[site] and cookie.name == gate.cookie_name
        ]
    (cookie,) = found
    return f"{cookie.name}={cookie.value}"


@contextmanager
def signed_in_by_password(
    gate: RunningGate, site: str, account: str
) -> Iterator[tuple[httpx.Client, httpx.Response]]:
    """Go to a site and give the right password; gives the browser and the page that asks on."""
    with httpx.Client(headers=PAGE, follow_redirects=True, trust_env=False) as browser:
        page = _led_on(browser, browser.get(f"http://{gate.host(site)}/", timeout=START))
        yield browser, submitted(browser, page, {"account": account, "password": PASSWORD})


def submitted(
    browser: httpx.Client, page: httpx.Response, fields: dict[str, str]
) -> httpx.Response:
    """Submit the form of a page as a browser does, hidden fields and all."""
    form = dict(HIDDEN.findall(page.text)) | fields
    origin = f"http://{page.url.netloc.decode()}"
    action = page.url.copy_with(query=None)
    answer = browser.post(action, data=form, headers={"Origin": origin}, timeout=START)
    return _led_on(browser, answer)


def _led_on(browser: httpx.Client, page: httpx.Response) -> httpx.Response:
    """Follow the pages that lead to another host, which no redirect of a form's answer may."""
    while found := REFRESH.search(page.text):
        page = browser.get(unescape(found[1]), timeout=START)
    return page


def curl(
    way: Way, path: str, *options: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run curl on a way; its output is the whole response."""
    words = [program("curl"), "--silent", "--include", "--max-time", str(START)]
    head = ["--header", f"Host: {way.host}"]
    if way.cookie and not any(option.startswith("Cookie:") for option in options):
        head += ["--header", f"Cookie: {way.cookie}"]
    command = [*words, *head, *options, f"{way.url}{path}"]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=2 * START, check=False)


def git(
    folder: Path, *words: str, settings: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run git in a folder, without any settings but these."""
    environment = {
        "GIT_AUTHOR_EMAIL": "ann@example.com",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.com",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CURL_VERBOSE": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    chosen = [word for setting in settings for word in ("-c", setting)]
    return subprocess.run(
        [program("git"), *chosen, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=2 * START,
        check=False,
    )

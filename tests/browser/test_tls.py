"""A site whose TLS the gate ends: a person comes in the clear once, and stays on https."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import override

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import new_browser
from tests.browser.installation import Installation
from tests.browser.looks import Console, chromium_path
from tests.browser.person import ACCOUNT, Person
from tests.support.certificates import Authority
from tests.support.gate_process import free_port, gate_process
from tests.support.raw_upstream import ok, raw_upstream, says

PAGE = b"<!doctype html><title>Old site</title><link rel=icon href=data:,><h1>Inside</h1>"


@dataclass
class SecureInstallation(Installation):
    """A gate that ends TLS, with a plain address beside it."""

    port: int = 0

    @property
    @override
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def plain_origin(self) -> str:
        """Where the site is in the clear."""
        return f"http://localhost:{self.gate.port}"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureInstallation]:
    chromium_path()
    pair = Authority(tmp_path_factory.mktemp("certificates")).write("site", "localhost")
    port = free_port()
    settings = {"public_url": f"https://localhost:{port}", "tls": [pair]}
    folder = tmp_path_factory.mktemp("tls") / "gate"
    script = says(ok(PAGE, b"Content-Type: text/html"))
    with raw_upstream(script) as upstream, gate_process(folder, {}, settings) as gate:
        rule = {"name": "staff", "when": "any", "then": {"require": "second_factor"}}
        where = f"http://127.0.0.1:{upstream.port}"
        site = {"hosts": ["localhost"], "upstream": where, "rules": [rule]}
        text = json.dumps({"sites": {"old": site}})
        folder.joinpath("policies", "old.yaml").write_text(text)
        gate.settings["listen"] = [f"https://127.0.0.1:{port}", f"127.0.0.1:{gate.port}"]
        gate.config.write_text(json.dumps(gate.settings))
        gate.add_accounts({"name": "alice"})
        gate.start()
        yield SecureInstallation(gate, port=port)


def test_t25_t46_who_comes_in_the_clear_signs_in_and_stays_on_https(
    chromium: Browser, console: Console, secure: SecureInstallation
) -> None:
    """The browser knows no authority of tests; names and chains are looked at elsewhere."""
    with new_browser(chromium, console, ignore_https_errors=True) as browser:
        person = Person("alice", browser.new_page(), secure)
        person.page.goto(f"{secure.plain_origin}/papers?page=2")
        assert person.page.url.startswith(f"{secure.origin}/-/gate/sign-in?")
        person.enters()
        person.proves()
        expect(person.page.get_by_role("heading", name="Inside")).to_be_visible()
        assert person.url == "/papers?page=2"
        cookies = {each.get("name", ""): each for each in browser.cookies()}
        assert "__Host-gate" in cookies
        assert all(each.get("secure") for each in cookies.values())
        person.opens(ACCOUNT)
        expect(person.page.get_by_role("heading", level=1)).to_be_visible()
        assert person.page.evaluate("isSecureContext")

"""Pages on an https host of their own, with what ends TLS in front (G5, G24, T46)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import override

import pytest

from gate.core.handoff import PREFIX
from tests.contracts.plane.conftest import PLANES
from tests.support.browser_client import SIGN_IN, SIGN_OUT, Browser, code
from tests.support.gate_process import Answer, GateProcess, free_port, gate_process
from tests.support.raw_upstream import raw_upstream
from tests.support.sites import echo, policy, silence

PAGES = "sign-in.test"
SESSION = "__Host-gate"


@dataclass
class Secure(Browser):
    """A browser on https, behind what ends TLS."""

    host: str = PAGES
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    @override
    def authority(self) -> str:
        return self.host

    @property
    @override
    def origin(self) -> str:
        return f"https://{self.host}"


@pytest.fixture(scope="module", params=PLANES)
def gate(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GateProcess]:
    folder = tmp_path_factory.mktemp(f"https-{request.param}")
    with raw_upstream(echo) as upstream, raw_upstream(silence) as silent:
        ports = {"ECHO": upstream.port, "DOWN": free_port(), "SILENT": silent.port}
        settings = {"plane": request.param, "public_url": f"https://{PAGES}"}
        with gate_process(folder, {"sites.yaml": policy(ports)}, settings) as running:
            running.add_accounts({"name": "alice"}, {"name": "bob"})
            running.start()
            yield running


def attributes(answer: Answer, name: str) -> set[str]:
    """Give the attributes of the one Set-Cookie of a name, in lower case."""
    texts = [line.decode() for line in answer.values("set-cookie")]
    (mine,) = [text for text in texts if text.startswith(f"{name}=")]
    return {part.strip().lower() for part in mine.split(";")[1:]}


def test_t46_g24_cookies_are_bound_to_the_host_and_to_https(gate: GateProcess) -> None:
    usual = {"path=/", "httponly", "secure", "samesite=lax"}
    browser = Secure(gate)
    assert attributes(browser.open(SIGN_IN), f"{SESSION}-form") == usual
    assert attributes(browser.sign_in("alice"), SESSION) == usual
    stepped = browser.step_up(code())
    assert attributes(stepped, SESSION) == usual
    assert attributes(stepped, f"{SESSION}-device") == {*usual, "max-age=34560000"}
    browser.open(SIGN_OUT)
    assert attributes(browser.submit(SIGN_OUT, {}), SESSION) == {*usual, "max-age=0"}


def test_g24_a_cookie_by_the_name_of_plain_http_is_none(gate: GateProcess) -> None:
    token = gate.session("bob", host="echo.test")
    for name in (gate.cookie_name, "gate-443", "gate", "__host-gate", "__Secure-gate"):
        headers = [("Cookie", f"{name}={token}")]
        assert gate.ask("/x", "echo.test", headers=headers).status == 401
    headers = [("Cookie", f"{SESSION}={token}; other=1")]
    answer = gate.ask("/x", "echo.test", headers=headers)
    assert answer.status == 200
    assert dict(answer.json()["headers"])["Cookie"] == "other=1"


def test_t25_the_site_learns_that_the_browser_came_by_https(gate: GateProcess) -> None:
    told = dict(gate.ask("/public/x", "echo.test").json()["headers"])
    assert told["X-Forwarded-Proto"] == "https"
    assert told["X-Forwarded-Port"] == "443"


def test_g5_pages_on_a_host_of_their_own_lend_the_site_nothing(gate: GateProcess) -> None:
    assert gate.ask("/public/x", "echo.test").header("permissions-policy") == ""
    answer = gate.ask("/", PAGES, page=True)
    assert (answer.status, answer.header("location")) == (303, f"{PREFIX}account/")
    for path in ("/x", "/public/x", "/admin/x"):
        assert gate.ask(path, PAGES, page=True).status == 404


def test_g14_account_pages_live_on_their_own_host_alone(gate: GateProcess) -> None:
    token = gate.session("bob", host="echo.test")
    headers = [("Cookie", f"{SESSION}={token}")]
    answer = gate.ask(f"{PREFIX}account/security", "echo.test", headers=headers, page=True)
    assert answer.status == 303
    assert answer.header("location") == f"https://{PAGES}{PREFIX}account/security"


def test_t52_pages_on_https_keep_to_https(gate: GateProcess) -> None:
    answer = gate.ask(SIGN_IN, PAGES, page=True)
    assert answer.header("strict-transport-security") == "max-age=63072000"


@pytest.mark.parametrize("port", [":80", ":8080", ":1"])
def test_t24_a_port_that_is_not_served_is_421(gate: GateProcess, port: str) -> None:
    assert gate.ask("/public/x", f"echo.test{port}").status == 421
    assert gate.ask("/public/x", "echo.test:443").status == 200


def test_g24_plain_http_beyond_this_machine_is_refused_at_start(gate: GateProcess) -> None:
    folder = gate.folder / "plain"
    folder.mkdir()
    with gate_process(folder, {}, {"public_url": "http://sign-in.test"}) as plain:
        done = plain.run("serve")
    assert done.returncode == 78
    assert "not encrypted" in done.stderr

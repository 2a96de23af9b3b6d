"""One gate for the whole suite, in front of scripted and real upstreams, once for each plane."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pytest

from gate.core.subject import Method
from tests.support.browser_client import Browser
from tests.support.gate_process import GateProcess, free_port, gate_process, until
from tests.support.hurt_gate import Running
from tests.support.raw_upstream import RawUpstream, raw_upstream
from tests.support.sites import CROWD, HURT_CROWD, echo, policy, silence

PLANES: Final = ("mitm",)
ECHO: Final = "echo.test"
PROXY: Final = "127.0.0.9"  # the one peer whose X-Forwarded-For is believed

PEOPLE: Final = (
    {"name": "alice", "display_name": 'Älice "A"', "email": "alice@example.com"},
    {"name": "bob"},
    {"name": "carol", "networks": "10.9.9.0/24"},
    {"name": "dave"},
    {"name": "erin"},
    *({"name": name} for name in CROWD),
)
MARKS: Final = itertools.count(1)


@dataclass
class House:
    """A running gate and the upstream behind most of its sites."""

    gate: GateProcess
    upstream: RawUpstream
    tokens: dict[tuple[str, str], str]
    strangers: Iterator[str]

    def browser(self, host: str = "localhost") -> Browser:
        """Give a browser that was never here."""
        return Browser(self.gate, host)

    def token(self, name: str, host: str = ECHO) -> str:
        """Give the token of a full session that stays."""
        if (name, host) not in self.tokens:
            self.tokens[name, host] = self.gate.session(name, host=host)
        return self.tokens[name, host]

    def fresh(self, name: str, host: str = ECHO) -> str:
        """Give the token of a full session of one's own."""
        return self.gate.session(name, host=host)

    def partial(self, name: str, host: str = ECHO) -> str:
        """Give the token of a session that proved a password only."""
        return self.gate.session(name, {Method.PASSWORD: timedelta()}, host=host)


@pytest.fixture(scope="session", params=PLANES)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Run the gate with one of the planes."""
    folder = tmp_path_factory.mktemp(str(request.param))
    with raw_upstream(echo) as upstream, raw_upstream(silence) as silent:
        ports = {"ECHO": upstream.port, "DOWN": free_port(), "SILENT": silent.port}
        settings = {
            "plane": request.param,
            "limits": {"header_time": "2s", "body_idle": "2s", "keep_alive": "3s"},
            "trusted_proxies": [PROXY],
            "admin_listen": f"127.0.0.1:{free_port()}",
        }
        with gate_process(folder, {"sites.yaml": policy(ports)}, settings) as gate:
            gate.add_accounts(*PEOPLE)
            gate.start()
            yield House(gate, upstream, {}, iter(CROWD))


@pytest.fixture
def person(house: House) -> str:
    """Give the name of an account that nobody else in the suite uses."""
    return next(house.strangers)


@pytest.fixture
def mark() -> str:
    """Give a word that stands in no other request."""
    return f"mark-{next(MARKS)}"


# --- a gate of its own for tests that hurt it ---------------------------------------------------


def changed(network: str) -> str:
    """Give the file that tests change; the network stands on its line 12."""
    return "# a comment\n" * 9 + f"networks:\n  one: [10.0.0.0/8]\n  two: [{network}]\n"


@pytest.fixture(scope="session", params=PLANES)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp(f"operation-{request.param}")
    with raw_upstream(echo) as upstream, raw_upstream(silence) as silent:
        ports = {"ECHO": upstream.port, "DOWN": free_port(), "SILENT": silent.port}
        texts = {"sites.yaml": policy(ports), "extra.yaml": changed("10.0.0.0/8")}
        settings = {
            "plane": request.param,
            "workers": "2",
            "admin_listen": f"127.0.0.1:{free_port()}",
        }
        with gate_process(folder, texts, settings) as gate:
            gate.add_accounts(
                *({"name": name} for name in ("alice", "bob", *CROWD[:9], *HURT_CROWD))
            )
            gate.start()
            yield Running(gate, upstream)


@pytest.fixture
def whole(running: Running) -> Iterator[None]:
    """Every test leaves the gate as it found it."""
    yield
    assert until(running.serves_throughout, 60), running.gate.log[-3000:]

"""Both ways to each application; what is not asked for is not started and signs nobody in."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.apps.applications import APPLICATIONS, Application
from tests.apps.clients import Way, sign_in
from tests.apps.running_gate import RunningGate


class Applications:
    """The applications, each started when it is first asked for."""

    def __init__(self, factory: pytest.TempPathFactory, ports: dict[str, int]) -> None:
        """Start nothing yet."""
        self._factory = factory
        self._ports = ports
        self._running: dict[str, Application] = {}
        self.stack = ExitStack()

    def __getitem__(self, name: str) -> Application:
        """Give a running application."""
        if name not in self._running:
            starter = APPLICATIONS[name](self._factory.mktemp(name), self._ports[name])
            self._running[name] = self.stack.enter_context(starter)
        return self._running[name]


class Ways:
    """Both ways to each application; a session is begun when its way is first asked for."""

    def __init__(self, gate: RunningGate, applications: Applications) -> None:
        """Sign nobody in yet."""
        self._gate = gate
        self._applications = applications
        self._cookies: dict[tuple[str, str], str] = {}

    def straight(self, site: str) -> Way:
        """Give the way past the gate."""
        address = f"127.0.0.1:{self._applications[site].port}"
        return Way(address=address, host=self._gate.host(site))

    def stranger(self, site: str, cookie: str = "") -> Way:
        """Give the way through the gate for somebody who is not signed in."""
        assert self._applications[site].port
        host = self._gate.host(site)
        return Way(address=host, host=host, cookie=cookie)

    def gated(self, site: str, account: str = "") -> Way:
        """Give the way through the gate for somebody who is signed in."""
        account = account or site
        if (site, account) not in self._cookies:
            self._cookies[site, account] = sign_in(self._gate, site, account)
        return self.stranger(site, self._cookies[site, account])

    def both(self, site: str) -> tuple[Way, Way]:
        """Give the straight way and the one through the gate."""
        return self.straight(site), self.gated(site)

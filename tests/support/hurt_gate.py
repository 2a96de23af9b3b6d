"""A gate with two workers that tests may hurt: its files, its processes, its store."""

from __future__ import annotations

import psutil

from tests.support.gate_process import Answer, GateProcess
from tests.support.raw_upstream import RawUpstream

HOST = "echo.test"


class Running:
    """A gate with two workers that a test may hurt, and people who ask it all the while."""

    def __init__(self, gate: GateProcess, upstream: RawUpstream) -> None:
        self.gate = gate
        self.upstream = upstream
        self.token = gate.session("alice", host=HOST)

    def permitted(self, path: str = "/x") -> Answer:
        return self.gate.ask(path, HOST, token=self.token)

    def refused(self) -> Answer:
        return self.gate.ask("/x", HOST, page=True)

    def serves(self) -> bool:
        """Say whether it lets in and turns away as it should."""
        try:
            pages = self.gate.ask("/-/gate/sign-in", "localhost", page=True).status
            return (self.permitted().status, self.refused().status, pages) == (200, 303, 200)
        except OSError:
            return False

    def serves_throughout(self) -> bool:
        """Say whether it does so each time, whichever worker is asked."""
        return all(self.serves() for _ in range(10))

    def processes(self, module: str) -> list[psutil.Process]:
        return [
            process
            for process in map(psutil.Process, self.gate.children())
            if module in process.cmdline()
        ]

"""One gate in front of all applications; each application starts when its first test runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.apps.applications import APPLICATIONS
from tests.apps.programs import program
from tests.apps.running_gate import RunningGate, running_gate
from tests.apps.ways import Applications, Ways
from tests.support.gate_process import free_port

pytest.register_assert_rewrite("tests.apps.compare")

# Each signs in once: a code counts once. Those below do what ends a session, or begin none.
EXTRA = ("ahead", "behind", "tail", "other-tail", "terminal")


@pytest.fixture(scope="session")
def upstreams() -> dict[str, int]:
    """Give each application the port that it will have."""
    return {name: free_port() for name in APPLICATIONS}


@pytest.fixture(scope="session")
def gate(
    tmp_path_factory: pytest.TempPathFactory, upstreams: dict[str, int]
) -> Iterator[RunningGate]:
    """Run a gate in front of all applications."""
    program("oathtool")
    accounts = (*APPLICATIONS, *EXTRA)
    with running_gate(tmp_path_factory.mktemp("gate"), upstreams, accounts) as gate:
        yield gate


@pytest.fixture(scope="session")
def applications(
    tmp_path_factory: pytest.TempPathFactory, upstreams: dict[str, int]
) -> Iterator[Applications]:
    """Give the applications, and end those that run."""
    running = Applications(tmp_path_factory, upstreams)
    with running.stack:
        yield running


@pytest.fixture(scope="session")
def ways(gate: RunningGate, applications: Applications) -> Ways:
    """Give both ways to each application."""
    return Ways(gate, applications)

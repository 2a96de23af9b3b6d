"""A running gate in front of the applications: each site has a loopback address of its own.

So any client reaches any site without knowing a name, and each site's sessions are its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.gate_process import PASSWORD, SEED, GateProcess, free_port, gate_process

__all__ = ["PASSWORD", "SEED", "RunningGate", "running_gate"]

PAGES: Final = "127.0.0.1"
EVERYBODY: Final = {"name": "everybody", "when": "any", "then": {"require": "second_factor"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningGate:
    """A running gate, and its sites' addresses by name."""

    process: GateProcess
    addresses: Mapping[str, str]

    @property
    def cookie_name(self) -> str:
        """The name of a session's cookie."""
        return self.process.cookie_name

    def host(self, site: str) -> str:
        """Give what a browser sends as Host to reach a site."""
        return f"{self.addresses[site]}:{self.process.port}"

    def revoke(self, account: str) -> None:
        """End the sessions of an account at the command line."""
        self.process.command("session", "revoke", "--account", account)


@contextmanager
def running_gate(
    folder: Path, upstreams: Mapping[str, int], accounts: Sequence[str]
) -> Iterator[RunningGate]:
    """Run a gate in front of `upstreams`, ports by names of sites."""
    addresses = {name: f"127.0.0.{number}" for number, name in enumerate(upstreams, start=2)}
    policies = {
        f"{name}.yaml": _policy(name, addresses[name], upstreams[name]) for name in upstreams
    }
    with gate_process(folder, policies) as process:
        process.port = free_port()
        every = (PAGES, *addresses.values())
        process.settings |= {
            "listen": [f"{address}:{process.port}" for address in every],
            "public_url": f"http://{PAGES}:{process.port}",
        }
        process.start()
        process.add_accounts(*({"name": name} for name in accounts))
        yield RunningGate(process=process, addresses=addresses)


def _policy(name: str, address: str, port: int) -> str:
    site = {"hosts": [address], "upstream": f"http://127.0.0.1:{port}", "rules": [EVERYBODY]}
    return json.dumps({"sites": {name: site}})  # JSON is YAML too

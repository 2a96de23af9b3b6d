"""A running gate in front of the applications: each site has a loopback address of its own.

So any client reaches any site without knowing a name, and each site's sessions are its own.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.apps.programs import PAUSE, START, end, program

PAGES: Final = "127.0.0.1"
PASSWORD: Final = "correct horse battery staple"
SEED: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # base32, 160 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningGate:
    """A running gate: its port, its sites' addresses by name, and its command line."""

    port: int
    addresses: Mapping[str, str]
    config: Path

    def host(self, site: str) -> str:
        """Give what a browser sends as Host to reach a site."""
        return f"{self.addresses[site]}:{self.port}"

    def command(self, *words: str) -> str:
        """Run one command of the gate's own and give what it prints."""
        told = [program("gate"), *words, "--config", str(self.config)]
        done = subprocess.run(told, capture_output=True, text=True, timeout=START, check=True)
        return done.stdout


@contextmanager
def running_gate(
    folder: Path, port: int, upstreams: Mapping[str, int], accounts: tuple[str, ...]
) -> Iterator[RunningGate]:
    """Run a gate in front of `upstreams`, ports by names of sites."""
    addresses = {name: f"127.0.0.{number}" for number, name in enumerate(upstreams, start=2)}
    gate = RunningGate(port=port, addresses=addresses, config=folder / "gate.yaml")
    _write_policy(folder / "policies", addresses, upstreams)
    _write_settings(gate, folder)
    _import_accounts(gate, folder / "accounts.jsonl", accounts)
    output, log = folder / "output", folder / "log"
    with output.open("wb") as said, log.open("wb") as errors:
        process = subprocess.Popen(
            [program("gate"), "serve", "--config", str(gate.config)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=errors,
        )
    try:
        _await_ready(process, output, log)
        yield gate
    finally:
        end(process)


def _write_policy(folder: Path, addresses: Mapping[str, str], upstreams: Mapping[str, int]) -> None:
    folder.mkdir()
    for name, address in addresses.items():
        rule = {"name": "everybody", "when": "any", "then": {"require": "second_factor"}}
        site = {
            "hosts": [address],
            "upstream": f"http://127.0.0.1:{upstreams[name]}",
            "rules": [rule],
        }
        # JSON is YAML too.
        (folder / f"{name}.yaml").write_text(json.dumps({"sites": {name: site}}))


def _write_settings(gate: RunningGate, folder: Path) -> None:
    every = (PAGES, *gate.addresses.values())
    settings = {
        "listen": [f"{address}:{gate.port}" for address in every],
        "policies": str(folder / "policies"),
        "public_url": f"http://{PAGES}:{gate.port}",
        "state": f"sqlite:///{folder}/state/gate.db",
        "workers": "1",
    }
    gate.config.write_text(json.dumps(settings))


def _import_accounts(gate: RunningGate, file: Path, names: tuple[str, ...]) -> None:
    lines = [json.dumps({"name": name, "password": PASSWORD, "totp": SEED}) for name in names]
    file.write_text("\n".join(lines))
    gate.command("account", "import", str(file))


def _await_ready(process: subprocess.Popen[bytes], output: Path, log: Path) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and process.poll() is None:
        if output.read_text().startswith("ready "):
            return
        time.sleep(PAUSE)
    raise RuntimeError(f"the gate does not serve: {log.read_text()[-2000:]}")

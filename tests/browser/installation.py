"""A running gate in front of the demo's old site, and people with accounts who live behind it.

The site answers at `localhost`, and once more at `times.localhost`, as another site with rules of
its own. At `127.0.0.1` stands one whose application does not run, so that the pages about that can
be looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.gate_process import GateProcess, free_port, gate_process

SITE: Final = (sys.executable, "-m", "gate.demo_site", "--port", "0")
DENIED: Final = "The office is for administrators. Alice is one."
ELSEWHERE: Final = "10.9.9.0/24"
PEOPLE: Final = tuple(f"person-{number}" for number in range(1, 161))
NAMED: Final = ("alice", "bob")
RESIDENTS: Final = ("erin", "frank", "grace", "henry", "ivy", "jack", "kate", "liam")
ADMINS: Final = ("alice", *(f"admin-{number}" for number in range(1, 13)))
TRAVELLERS: Final = ("dora", *(f"traveller-{number}" for number in range(1, 13)))
NEWCOMERS: Final = ("carol", *(f"newcomer-{number}" for number in range(1, 9)))
KEYHOLDERS: Final = tuple(f"keyholder-{number}" for number in range(1, 81))
INVITED: Final = tuple(f"invited-{number}" for number in range(1, 41))  # without accounts yet
STAFF: Final = (*PEOPLE, *KEYHOLDERS, *INVITED, *NAMED, *RESIDENTS, *ADMINS[1:], *TRAVELLERS)


@dataclass
class Installation:
    """A running gate, and who of its people has not been anybody in a test yet."""

    gate: GateProcess
    waiting: dict[str, list[str]] = field(
        default_factory=lambda: {
            "person": list(PEOPLE),
            "keyholder": list(KEYHOLDERS),
            "invited": list(INVITED),
            "resident": list(RESIDENTS),
            "admin": list(ADMINS[1:]),
            "traveller": list(TRAVELLERS[1:]),
            "newcomer": list(NEWCOMERS[1:]),
        }
    )

    @property
    def origin(self) -> str:
        """Where the site is, and the gate's pages with it."""
        return f"http://localhost:{self.gate.port}"

    @property
    def other_origin(self) -> str:
        """Where the other site is."""
        return f"http://times.localhost:{self.gate.port}"

    @property
    def dead_origin(self) -> str:
        """Where a site is whose application does not run."""
        return self.gate.url

    def link(self, name: str, *words: str) -> str:
        """Make a one-time link for somebody, who gets an account by the first one."""
        made = self.gate.command("account", *(words or ("add",)), name, "--json")
        return str(json.loads(made)["link"])

    def somebody(self, kind: str = "person") -> str:
        """Give the name of an account that nobody has used: its codes are all unspent."""
        return self.waiting[kind].pop(0)


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """Run the old site and the gate in front of it."""
    with _old_site() as upstream, gate_process(folder, {"intranet.yaml": ""}) as gate:
        policy = _policy(gate.port, upstream)
        gate.folder.joinpath("policies", "intranet.yaml").write_text(json.dumps(policy))
        gate.start()
        gate.add_accounts(
            *({"name": name} for name in (*PEOPLE, *KEYHOLDERS, *NAMED, *RESIDENTS, *ADMINS[1:])),
            *({"name": name, "networks": [ELSEWHERE]} for name in TRAVELLERS),
            *({"name": name, "totp": None} for name in NEWCOMERS),
        )
        yield Installation(gate)


@contextmanager
def _old_site() -> Iterator[str]:
    """Run the demo's site; it ends with its standard input."""
    with subprocess.Popen(SITE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as site:
        try:
            ready, _, address = (site.stdout.readline() if site.stdout else "").partition(" ")
            if ready != "ready":
                raise RuntimeError("the demo's site does not serve")
            yield address.strip()
        finally:
            site.terminate()


def _policy(port: int, upstream: str) -> Mapping[str, Any]:
    admin = ["/admin/**"]
    rules = [
        {"name": "style", "when": {"path": ["/static/**", "/favicon.ico"]}, "then": "public"},
        {
            "name": "office",
            "when": {"path": admin, "group": "admins"},
            "then": {"require": "second_factor", "within": "15m"},
        },
        {"name": "closed", "when": {"path": admin}, "then": {"deny": DENIED}},
        {
            "name": "connection test",
            "when": {"path": "/headers"},
            "then": {"require": "security_key", "within": "15m"},
        },
        {"name": "staff", "when": {"group": "staff"}, "then": {"require": "second_factor"}},
    ]
    fresh = {
        "name": "stock",
        "when": {"path": "/stock/**", "group": "staff"},
        "then": {"require": "second_factor", "within": "15m"},
    }
    dead = {"name": "all", "when": "any", "then": "public"}
    return {
        "groups": {"admins": ADMINS, "staff": STAFF},
        "admins": {"group": "admins"},
        "accounts": {"*": {"require": "second_factor"}},
        "sites": {
            "intranet": {"hosts": [f"localhost:{port}"], "upstream": upstream, "rules": rules},
            "times": {
                "hosts": [f"times.localhost:{port}"],
                "upstream": upstream,
                "rules": [rules[0], fresh, rules[-1]],
            },
            "closed": {
                "hosts": [f"127.0.0.1:{port}"],
                "upstream": f"http://127.0.0.1:{free_port()}",
                "rules": [dead],
            },
        },
    }

"""Runs commands of the gate that are killed: `python -m tests.faults.command_worker`.

An order is the words of a command as a JSON list.
"""

from __future__ import annotations

import json
import os

from gate.cli import (  # noqa: F401 - imported once, before anything is killed
    account_import,
    backup,
    compose,
    migrate,
    restore,
    rotate_key,
)
from gate.cli.main import main
from gate.store.sql import migrate as migrations  # noqa: F401 - likewise
from tests.faults.forks import carry_out_orders, go


def run(order: str) -> int:
    """Run a command and give its exit code; what it says is of no interest."""
    go()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    try:
        main(json.loads(order), prog_name="gate")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


if __name__ == "__main__":
    carry_out_orders(run)

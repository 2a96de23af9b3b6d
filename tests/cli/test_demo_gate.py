"""`gate serve` for the demo ends with its standard input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.gate_process import START, free_port
from tests.support.policies import SITE

COMMAND = (sys.executable, "-m", "gate.cli.demo_gate", "--config")


def test_it_serves_until_its_input_ends(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "p.yaml").write_text(SITE.replace("wiki.example.com", "localhost"))
    (tmp_path / "gate.yaml").write_text(
        f"{{listen: ['127.0.0.1:{port}'], policies: policies, workers: 1,"
        " state: 'sqlite:///state/gate.db'}"
    )
    with subprocess.Popen(
        [*COMMAND, tmp_path / "gate.yaml"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == f"ready http://localhost:{port}\n".encode()
        process.stdin.close()
        assert process.wait(START) == 0

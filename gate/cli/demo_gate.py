"""`gate serve` for the demo, as `python -m gate.cli.demo_gate`: it ends with its standard input.

Whoever kills the demo closes the pipe by it, so that no gate is left over on its port.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Final

from gate.cli.main import main

CHUNK: Final = 4096
PATIENCE: Final = 2.0  # seconds between a TERM and the one that forces


def _end_with_input() -> None:
    """Wait for the end of the input, then stop as an operator does who is in a hurry."""
    while os.read(sys.stdin.fileno(), CHUNK):
        pass
    while True:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(PATIENCE)


if __name__ == "__main__":
    threading.Thread(target=_end_with_input, name="input", daemon=True).start()
    main(["serve", *sys.argv[1:]])

"""Run the application: `python -m gate.demo_site --port PORT`."""

import argparse
import os
import signal
import sys
import threading
from typing import Final

from gate.demo_site.wire import HOST, DemoServer

IN_USE: Final = 3  # exit status when the port is taken


def main() -> int:
    """Serve until TERM, INT or the end of the standard input."""
    parser = argparse.ArgumentParser(prog="python -m gate.demo_site", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    port: int = parser.parse_args().port
    try:
        server = DemoServer(port)
    except OSError as error:
        sys.stderr.write(f"can't listen on {HOST}:{port}: {error.strerror}\n")
        return IN_USE
    _serve(server)
    return 0


def _serve(server: DemoServer) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    serving = threading.Thread(target=server.run)
    serving.start()
    threading.Thread(target=_wait_for_end_of_input, args=(ended,), daemon=True).start()
    sys.stdout.write(f"ready http://{HOST}:{server.server_port}\n")
    sys.stdout.flush()
    ended.wait()
    server.stop()
    serving.join()


def _wait_for_end_of_input(ended: threading.Event) -> None:
    """Read from the descriptor itself: a buffered reader is locked while the process ends."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    ended.set()


if __name__ == "__main__":
    sys.exit(main())

"""Starts the mitm plane in a process of its own, with an enforcer from `fake_enforcers`.

The process is told everything in one JSON argument, writes `ready PORT` and obeys single words on
its standard input: `drain`, `force`. The end of its input ends it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final

ROOT: Final = Path(__file__).parents[2]
START: Final = 60  # seconds
NOWHERE: Final = 1  # a port where nobody listens


@dataclass
class PlaneProcess:
    """A running plane."""

    port: int
    pid: int
    revoked: Path
    log: Path
    process: subprocess.Popen[str] = field(repr=False)

    def say(self, word: str) -> None:
        """Tell the process to drain or to stop."""
        _open(self.process.stdin).write(f"{word}\n")
        _open(self.process.stdin).flush()

    def revoke(self) -> None:
        """Take back every permit."""
        self.revoked.touch()

    def connect(self) -> socket.socket:
        """Give a client connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def ask(self, request: bytes) -> bytes:
        """Send bytes and give what comes until the plane closes."""
        with self.connect() as client:
            client.sendall(request)
            return read_all(client)

    def open_sockets(self) -> int:
        """Count the descriptors of the process that are sockets."""
        folder = Path(f"/proc/{self.pid}/fd")
        links = [_link(entry) for entry in folder.iterdir()]
        return len([link for link in links if link.startswith("socket:")])

    def resident(self) -> int:
        """Give the process's memory in KiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line)


def read_all(client: socket.socket) -> bytes:
    """Give what comes until the other side closes, or nothing comes for the socket's timeout."""
    received = b""
    try:
        while chunk := client.recv(65536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def read_until(client: socket.socket, mark: bytes) -> bytes:
    """Give what comes up to a mark."""
    received = b""
    while mark not in received and (chunk := client.recv(65536)):
        received += chunk
    return received


@contextmanager
def running_plane(
    enforcer: str = "Permitting",
    *,
    upstream: int | Mapping[str, object] = NOWHERE,
    pages: int = NOWHERE,
    limits: Mapping[str, float] | None = None,
    options: Mapping[str, float] | None = None,
    **settings: Any,
) -> Iterator[PlaneProcess]:
    """Run a plane; limits and options by their names, times in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        revoked, log = Path(folder, "revoked"), Path(folder, "log")
        told = {
            "enforcer": enforcer,
            "upstream": upstream if isinstance(upstream, int) else dict(upstream),
            "pages": pages,
            "limits": dict(limits or {}),
            "options": dict(options or {}),
            "revoked": str(revoked),
            **settings,
        }
        with log.open("w") as errors:
            process = _started(json.dumps(told), errors)
        try:
            line = _open(process.stdout).readline()
            if not line.startswith("ready"):
                raise RuntimeError(log.read_text())
            yield PlaneProcess(int(line.split()[1]), process.pid, revoked, log, process)
        finally:
            _ended(process)


def _started(told: str, errors: IO[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-O", "-m", "tests.support.plane_process", told]
    cached = {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir(), "gate-tests-pycache"))}
    environment = {**os.environ, **cached}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a start costs seconds without a cache
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )


def _ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _open(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("no pipe")
    return stream


def _link(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


# --- in the process --------------------------------------------------------------------------


def main() -> None:
    """Run the plane that the argument describes."""
    import gc  # noqa: PLC0415 - only the plane's own process needs all of this

    from gate.config.tls_files import CertificateFiles  # noqa: PLC0415 - as above
    from gate.core.client_address import trusted_proxies  # noqa: PLC0415 - as above
    from gate.core.network import NetworkProblem  # noqa: PLC0415 - as above
    from gate.planes.mitm import Limits, MitmSettings, new_event_loop, self_test, serve  # noqa: PLC0415 - as above
    from gate.planes.mitm.tls import TlsSettings  # noqa: PLC0415 - as above
    from gate.store.clock import SystemClock  # noqa: PLC0415 - as above

    told = json.loads(sys.argv[1])
    self_test()
    listener = socket.create_server(("127.0.0.1", told.get("port", 0)), reuse_port=True)
    pairs = tuple(CertificateFiles.model_validate(pair) for pair in told.get("tls", ()))
    tls = TlsSettings(pairs=pairs, now=SystemClock().now, unnamed=told.get("unnamed"))
    proxies = trusted_proxies(told["proxies"]) if "proxies" in told else None
    if isinstance(proxies, NetworkProblem):
        raise TypeError(proxies.message)
    settings = MitmSettings(
        sockets=() if pairs else (listener,),
        tls_sockets=(listener,) if pairs else (),
        tls=tls if pairs else None,
        proxies=proxies,
        pages=("127.0.0.1", told["pages"]),
        pages_timeout=timedelta(seconds=told.get("pages_timeout", 2)),
        drain=timedelta(seconds=told.get("drain", 30)),
        limits=_timed(Limits(), told["limits"]),
    )
    gc.collect()
    gc.freeze()

    async def run() -> None:
        stop, force = asyncio.Event(), asyncio.Event()
        words = {"drain": (stop,), "force": (stop, force), "": (stop, force)}

        def obey() -> None:
            for word in os.read(0, 4096).decode().split() or [""]:
                for event in words[word]:
                    event.set()
                if not word:
                    asyncio.get_running_loop().remove_reader(0)

        asyncio.get_running_loop().add_reader(0, obey)
        await serve(
            _enforcer(told),
            settings,
            ready=lambda: print(f"ready {listener.getsockname()[1]}", flush=True),  # noqa: T201 - the parent reads it
            stop=stop,
            force=force,
        )

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(run())


def _enforcer(told: dict[str, Any]) -> Any:
    from gate.core.policy import SiteOptions, Upstream  # noqa: PLC0415 - only the plane's own process
    from tests.support.fake_enforcers import ENFORCERS  # noqa: PLC0415 - as above

    upstream = told["upstream"]
    where = {"scheme": "http", "host": "127.0.0.1"} | (
        upstream if isinstance(upstream, dict) else {"port": upstream}
    )
    return ENFORCERS[told["enforcer"]](
        Upstream(**where), _timed(SiteOptions(), told["options"]), Path(told["revoked"])
    )


def _timed[T](base: T, changes: dict[str, float]) -> T:
    """Give a dataclass with some fields changed; seconds become times where the field is one."""
    kept = {
        name: timedelta(seconds=value) if isinstance(getattr(base, name), timedelta) else value
        for name, value in changes.items()
    }
    return dataclasses.replace(base, **kept)  # type: ignore[type-var]  # every T here is a dataclass


if __name__ == "__main__":
    main()

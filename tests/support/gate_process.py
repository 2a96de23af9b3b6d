"""The real gate, started as an operator starts it, for tests that look at it from outside.

Sessions are put into the store with the proofs that a test wants, so that a case costs one request
and no code; tests of signing in go through the pages.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from gate.cli.compose import World, open_world
from gate.config.setting_sources import load_settings
from gate.config.settings import Settings
from gate.core.secret_text import Secret
from gate.core.subject import AccountState, Method, Proof, Session, SessionLimits
from gate.factors.password import Profile, hash_password
from gate.service.accounts import Refused
from gate.service.tokens import new_session_id, token_hash
from gate.store.sql import open_store

GATE: Final = Path(sys.executable).parent / "gate"
START: Final = 180.0  # seconds; a busy machine takes thirty times as long as a quiet one
END: Final = 90.0  # draining takes up to thirty
PATIENCE: Final = 60.0  # for an answer, or for the gate to close
LOOPBACK: Final = "127.0.0.1"
PORTS: Final = range(20_000, 32_768)  # Linux takes those of outgoing connections above
PAUSE: Final = 0.05
_GIVEN: Final[set[int]] = set()
PASSWORD: Final = "correct horse battery staple"
SEED: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # base32, 160 bits


def free_port() -> int:
    """Give a port that nobody has on any address, once, and that no outgoing connection takes."""
    while True:
        port = secrets.choice([each for each in PORTS if each not in _GIVEN])
        with contextlib.suppress(OSError):
            socket.create_server(("", port)).close()
            _GIVEN.add(port)
            return port


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, split at its seams; names of headers are in lower case."""

    status: int
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    raw: bytes = field(repr=False, default=b"")

    def values(self, name: str) -> list[bytes]:
        """Give the values of a header."""
        return [value for key, value in self.headers if key == name.lower()]

    def header(self, name: str) -> str:
        """Give a header's value, or nothing."""
        return b", ".join(self.values(name)).decode("latin-1")

    @property
    def reason(self) -> str:
        """Give the gate's reason; nothing when the site itself answered."""
        return self.header("x-gate-reason")

    @property
    def text(self) -> str:
        """Give the body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Give the body as JSON."""
        return json.loads(self.body)


@dataclass
class GateProcess:
    """A running gate: where it listens, its files, and its command line."""

    folder: Path
    port: int
    settings: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> Path:
        """Its settings file."""
        return self.folder / "gate.yaml"

    @property
    def log(self) -> str:
        """What it wrote to standard error."""
        return (self.folder / "log").read_text()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    # --- life ------------------------------------------------------------------------------

    def start(self, *, wait: bool = True) -> None:
        """Start it and wait until it says that it is ready."""
        self.config.write_text(json.dumps(self.settings))
        with (self.folder / "output").open("wb") as out, (self.folder / "log").open("ab") as err:
            self.process = subprocess.Popen(
                [GATE, "serve", "--config", self.config],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        if wait:
            until(lambda: self.is_ready or self.exit_code is not None, START)
            if not self.is_ready:
                raise RuntimeError(f"the gate does not serve: {self.log[-3000:]}")

    @property
    def is_ready(self) -> bool:
        """Whether it wrote its one line."""
        return (self.folder / "output").read_bytes().startswith(b"ready ")

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs."""
        return None if self.process is None else self.process.poll()

    def stop(self) -> int:
        """End it as an operator does, and give its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def children(self) -> list[int]:
        """Give the pids of its processes."""
        if self.process is None:
            return []
        pid = self.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(word) for word in found.split()]

    def command(self, *words: str, check: bool = True, given: str = "") -> str:
        """Run one command of the gate's own and give what it prints."""
        done = self.run(*words, given=given)
        if check and done.returncode:
            raise RuntimeError(f"gate {' '.join(words)}: {done.stderr}")
        return done.stdout

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command and give all that came of it."""
        return subprocess.run(
            [GATE, *words, "--config", self.config],
            input=given,
            capture_output=True,
            text=True,
            timeout=START,
            check=False,
        )

    @contextmanager
    def world(self) -> Iterator[World]:
        """Give the store as commands at the terminal have it, without the time of a command."""
        settings = load_settings(self.config, {}, {})
        if not isinstance(settings, Settings):
            raise TypeError(settings)
        with open_world(settings) as world:
            yield world

    # --- people ----------------------------------------------------------------------------

    def disable(self, name: str) -> None:
        """Turn an account away."""
        with self.world() as world:
            account = world.accounts.by_name(name)
            assert not isinstance(account, Refused)
            world.accounts.set_state(account, AccountState.DISABLED)

    def add_accounts(self, *accounts: Mapping[str, object]) -> None:
        """Import accounts; each has a password and a code app unless it says otherwise."""
        usual = {"password_hash": _hashed(), "totp": SEED}
        lines = [json.dumps({**usual, **account}) for account in accounts]
        self.command("account", "import", "-", given="\n".join(lines))

    def session(
        self,
        name: str,
        proofs: Mapping[Method, timedelta] | None = None,
        *,
        host: str,
        age: timedelta = timedelta(),
    ) -> str:
        """Put a session into the store and give its token; `proofs` are ages."""
        now = datetime.now(UTC)
        token = Secret(secrets.token_urlsafe(32))
        given = {Method.PASSWORD: age, Method.TOTP: age} if proofs is None else proofs
        store = open_store(f"sqlite:///{self.folder}/state/gate.db", None)
        try:
            account = store.accounts.by_name(name)
            if account is None:
                raise LookupError(name)
            store.sessions.begin(
                Session(
                    hash=token_hash(token),
                    id=new_session_id(),
                    account=account,
                    host=host,
                    proofs=tuple(Proof(method=m, at=now - old) for m, old in given.items()),
                    created_at=now - age,
                    last_seen=now,
                    limits=SessionLimits(),
                    address=ip_address("127.0.0.1"),
                )
            )
        finally:
            store.close()
        return token.reveal()

    @property
    def cookie_name(self) -> str:
        """The session cookie's name."""
        return f"gate-{self.port}"

    # --- requests --------------------------------------------------------------------------

    def connect(self, timeout: float = PATIENCE, *, source: str = LOOPBACK) -> socket.socket:
        """Give a client connection, from one of the loopback addresses."""
        return socket.create_connection((LOOPBACK, self.port), timeout, (source, 0))

    def raw(self, sent: bytes, *, timeout: float = PATIENCE, source: str = LOOPBACK) -> bytes:
        """Send bytes, and give whatever comes until the gate closes or goes quiet."""
        with self.connect(timeout, source=source) as connection:
            _send(connection, sent)
            return read_answer(connection, head=sent.startswith(b"HEAD "))

    def until_closed(self, sent: bytes, *, timeout: float = PATIENCE) -> bytes:
        """Send bytes, and give all that comes until the gate closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as connection:
            _send(connection, sent)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    def ask(
        self,
        path: str | bytes,
        host: str,
        *,
        method: str = "GET",
        token: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        page: bool = False,
        source: str = LOOPBACK,
    ) -> Answer:
        """Send one clean request; with `page` as a browser opens a page."""
        target = path if isinstance(path, bytes) else path.encode()
        lines = [(b"Host", host.encode())]
        if page:
            lines += [
                (b"Accept", b"text/html"),
                (b"Sec-Fetch-Mode", b"navigate"),
                (b"Sec-Fetch-Dest", b"document"),
                (b"Sec-Fetch-Site", b"none"),
            ]
        if token is not None:
            lines.append((b"Cookie", f"{self.cookie_name}={token}".encode()))
        lines += [(name.encode(), value.encode("latin-1")) for name, value in headers]
        if body or method in {"POST", "PUT"}:
            lines.append((b"Content-Length", str(len(body)).encode()))
        head = b"".join(name + b": " + value + b"\r\n" for name, value in lines)
        sent = method.encode() + b" " + target + b" HTTP/1.1\r\n" + head + b"\r\n" + body
        return parsed(self.raw(sent, source=source))


@cache
def _hashed() -> str:
    """Give the hash of the one password; hashing it for each account would take seconds."""
    return hash_password(Secret(PASSWORD), Profile())


def _send(connection: socket.socket, sent: bytes) -> None:
    """Send as much as the gate takes; what it refuses it may stop reading."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(sent)


def read_answer(connection: socket.socket, *, head: bool = False) -> bytes:
    """Give one whole answer, or what there is when the other side closes."""
    got = b""
    while not _is_whole(got, head=head):
        try:
            chunk = connection.recv(65_536)
        except (TimeoutError, ConnectionResetError):
            break
        if not chunk:
            break
        got += chunk
    return got


def _is_whole(got: bytes, *, head: bool) -> bool:
    if b"\r\n\r\n" not in got:
        return False
    top, _, body = got.partition(b"\r\n\r\n")
    status = int(top.split(b" ", 2)[1])
    lower = top.lower()
    if head or status in {101, 204, 304}:
        return True
    if b"transfer-encoding: chunked" in lower:
        return body.endswith(b"0\r\n\r\n")
    _, found, rest = lower.partition(b"content-length: ")
    return bool(found) and len(body) >= int(rest.split(b"\r\n", 1)[0])


def parsed(raw: bytes) -> Answer:
    """Split a response; status 0 when there is none."""
    if not raw.startswith(b"HTTP/1."):
        return Answer(0, (), raw, raw)
    top, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = top.split(b"\r\n")
    pairs = [line.partition(b":") for line in lines]
    headers = tuple((name.decode("latin-1").lower(), value.strip()) for name, _, value in pairs)
    return Answer(int(first.split(b" ", 2)[1]), headers, body, raw)


def until(holds: Any, seconds: float = PATIENCE) -> bool:
    """Wait until something holds; say whether it did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(PAUSE)
    return bool(holds())


@contextmanager
def gate_process(
    folder: Path, policies: Mapping[str, str], settings: Mapping[str, Any] | None = None
) -> Iterator[GateProcess]:
    """Give a gate with its files, not started; whatever runs at the end is ended."""
    folder.joinpath("policies").mkdir(parents=True)
    for name, text in policies.items():
        folder.joinpath("policies", name).write_text(text)
    port = free_port()
    usual: dict[str, Any] = {
        "listen": [f"127.0.0.1:{port}"],
        "policies": str(folder / "policies"),
        "public_url": f"http://localhost:{port}",
        "state": f"sqlite:///{folder}/state/gate.db",
        "workers": "1",
        "contact": "the help desk",
    }
    gate = GateProcess(folder, port, {**usual, **(settings or {})})
    gate.config.write_text(json.dumps(gate.settings))
    try:
        yield gate
    finally:
        if gate.exit_code is None:
            gate.stop()

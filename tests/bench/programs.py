"""What is measured: nginx as the upstream, two mitmproxies and the gate, all on loopback."""

from __future__ import annotations

import http.client
import os
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, override

from tests.support.gate_process import LOOPBACK, GateProcess, free_port, gate_process, until

START: Final = 30.0  # seconds
BULK: Final = 1 << 30  # octets, 1 GiB
CHUNK: Final = 1 << 18
BODY: Final = "hello\n"
TICKS: Final = os.sysconf("SC_CLK_TCK")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
LEAN: Final = Path(__file__).with_name("lean_mitmproxy.py")
NGINX: Final = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off; client_max_body_size 0; keepalive_requests 1000000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{ return 200 "hello\\n"; }}
    location = /bulk {{ root {folder}; }}
    location = /sink {{
      proxy_pass http://127.0.0.1:{sink}; proxy_http_version 1.1; proxy_request_buffering off;
    }}
  }}
}}
"""
POLICY: Final = """
sites:
  site:
    hosts: [localhost]
    upstream: http://127.0.0.1:{port}
    rules:
      - name: everybody signs in with a second factor
        when: any
        then: {{require: second_factor}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One server to measure: how to reach it, and the processes that do its work."""

    name: str
    port: int
    pids: tuple[int, ...]
    cookie: str = "site=1"

    def headers(self) -> dict[str, str]:
        """Give the ten headers of a browser."""
        return {
            "Host": f"localhost:{self.port}",
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "en-GB,en;q=0.5",
            "Accept-Encoding": "gzip, deflate, br, zstd",
            "Referer": f"http://localhost:{self.port}/",
            "Cookie": self.cookie,
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Site": "same-origin",
        }

    def cpu(self) -> float:
        """Give the seconds of CPU that its processes have used."""
        return sum(_cpu(pid) for pid in self.pids)

    def memory(self) -> int:
        """Give the octets of memory that its processes hold."""
        return sum(_memory(pid) for pid in self.pids)

    def answers(self) -> bool:
        """Whether it gives the upstream's answer to the request that is measured."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=10)
        try:
            connection.request("GET", "/page", headers=self.headers())
            answer = connection.getresponse()
            return answer.status == 200 and answer.read() == BODY.encode()
        except OSError:
            return False
        finally:
            connection.close()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS  # utime and stime, proc(5)


def _memory(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE  # resident, proc(5)


@contextmanager
def running(name: str, command: Sequence[str | Path], port: int) -> Iterator[Measured]:
    """Run a program until the end of the block, from when it answers."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        measured = Measured(name=name, port=port, pids=(process.pid,))
        if not until(measured.answers, START):
            raise RuntimeError(f"{name} does not answer")
        yield measured
    finally:
        process.terminate()
        process.wait(START)


class Sink(socketserver.StreamRequestHandler):
    """Reads a body to its end before it answers."""

    @override
    def handle(self) -> None:
        """Answer one request and close."""
        length = 0
        while (line := self.rfile.readline().strip().lower()) != b"":
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        while length > 0 and (chunk := self.rfile.read(min(CHUNK, length))):
            length -= len(chunk)
        if length == 0:
            head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(BODY)}\r\n\r\n"
            self.wfile.write((head + BODY).encode())


@contextmanager
def sink() -> Iterator[int]:
    """Give the port of a server that takes bodies of any length."""
    with socketserver.ThreadingTCPServer((LOOPBACK, 0), Sink) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


@contextmanager
def upstream(folder: Path) -> Iterator[Measured]:
    """Run nginx with one short answer, one long file and one place for uploads."""
    with folder.joinpath("bulk").open("wb") as file:
        file.truncate(BULK)
    port, config = free_port(), folder / "nginx.conf"
    with sink() as bodies:
        config.write_text(NGINX.format(folder=folder, port=port, sink=bodies))
        command: list[str | Path] = [
            program("nginx"),
            "-p",
            folder,
            "-e",
            folder / "error.log",
            "-c",
            config,
        ]
        with running("upstream, no proxy", command, port) as measured:
            yield measured


@contextmanager
def stock(folder: Path, to: int) -> Iterator[Measured]:
    """Run mitmdump as it comes, quiet and streaming."""
    port = free_port()
    command: list[str | Path] = [
        Path(sys.executable).with_name("mitmdump"),
        "-q",
        "--listen-host",
        LOOPBACK,
    ]
    command += ["--listen-port", str(port), "--mode", f"reverse:http://127.0.0.1:{to}"]
    for option in (f"confdir={folder}/mitm", "stream_large_bodies=1"):
        command += ["--set", option]
    with running("stock mitmdump", command, port) as measured:
        yield measured


@contextmanager
def lean(_: Path, to: int) -> Iterator[Measured]:
    """Run the leanest mitmproxy."""
    port = free_port()
    command: list[str | Path] = [sys.executable, "-O", LEAN, str(port), str(to)]
    with running("lean mitmproxy", command, port) as measured:
        yield measured


@contextmanager
def gate(folder: Path, to: int) -> Iterator[Measured]:
    """Run the gate with one worker and somebody signed in with two factors."""
    with gate_process(folder / "gate", {"site.yaml": POLICY.format(port=to)}) as process:
        process.add_accounts({"name": "alice"})
        process.start()
        yield signed_in(process)


def signed_in(process: GateProcess) -> Measured:
    """Give the gate as a signed-in person reaches it."""
    assert process.process is not None
    measured = Measured(
        name="gate",
        port=process.port,
        pids=(process.process.pid, *process.children()),
        cookie=f"{process.cookie_name}={process.session('alice', host='localhost')}",
    )
    if not until(measured.answers, START):
        raise RuntimeError(f"the gate does not let a signed-in person pass: {process.log[-2000:]}")
    return measured


def program(name: str) -> str:
    """Give where a program is."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise RuntimeError(f"{name} is not installed")
    return found

"""Interleaved rounds of wrk, and how much memory 1 GiB costs."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.programs import BULK, Measured, program

CONNECTIONS: Final = 32
BULK_TIME: Final = 90  # seconds
SAMPLE: Final = 0.05  # seconds
MEBIBYTE: Final = 1 << 20
REPORT: Final = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\nREPORT {"requests":%d,"microseconds":%d,"errors":%d,"p50":%f,"p99":%f}\\n',
    summary.requests, summary.duration, e.status + e.connect + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One round of one server."""

    rate: float  # requests a second
    cpu: float  # microseconds a request
    p50: float  # milliseconds
    p99: float  # milliseconds


type Figure = Callable[[Load], float]


def loaded(measured: Measured, folder: Path, seconds: int) -> Load:
    """Load a server and give what came of it; any wrong answer is an error."""
    script = folder / "report.lua"
    script.write_text(REPORT)
    command = [program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script)]
    for name, value in measured.headers().items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:{measured.port}/page")
    before = measured.cpu()
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=True)
    used = measured.cpu() - before
    said = json.loads(done.stdout.rpartition("REPORT ")[2])
    if said["errors"] or not said["requests"] or not measured.answers():
        raise RuntimeError(f"{measured.name} answered wrongly: {done.stdout}")
    return Load(
        rate=said["requests"] / said["microseconds"] * 1e6,
        cpu=used / said["requests"] * 1e6,
        p50=said["p50"] / 1000,
        p99=said["p99"] / 1000,
    )


def interleaved(
    servers: Sequence[Measured], folder: Path, rounds: int, seconds: int
) -> dict[str, list[Load]]:
    """Load every server in turn, round by round, after a short round that warms it up."""
    for server in servers:
        loaded(server, folder, 1)
    taken: dict[str, list[Load]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            taken[server.name].append(loaded(server, folder, seconds))
    return taken


def ratio(one: Iterable[Load], other: Iterable[Load], figure: Figure) -> float:
    """Give the median over the rounds of one server's figure against another's."""
    pairs = zip(one, other, strict=True)
    return statistics.median(figure(mine) / max(figure(its), 1e-9) for mine, its in pairs)


def growth(measured: Measured, words: Sequence[str | Path], path: str) -> float:
    """Give by how many MiB a server grew at most while curl moved 1 GiB through it."""
    command = [program("curl"), "-sSf", "-m", str(BULK_TIME), "-o", "/dev/null", "-H", "Expect:"]
    command += ["-w", "%{size_download} %{size_upload}"]
    headers = measured.headers()
    for name in ("Host", "Cookie", "Sec-Fetch-Site"):
        command += ["-H", f"{name}: {headers[name]}"]
    start = most = measured.memory()
    url = f"http://127.0.0.1:{measured.port}{path}"
    with subprocess.Popen([*command, *words, url], stdout=subprocess.PIPE, text=True) as curl:
        while curl.poll() is None:
            most = max(most, measured.memory())
            time.sleep(SAMPLE)
        said, _ = curl.communicate()
    if curl.returncode or str(BULK) not in said.split():
        raise RuntimeError(f"1 GiB by {path} did not pass {measured.name}: {said}")
    return (most - start) / MEBIBYTE

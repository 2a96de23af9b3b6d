"""Runs every measurement: `python -m tests.bench [--write] [--rounds N] [--seconds N]`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.bench import decide, load_policy
from tests.bench.programs import Measured, gate, lean, stock, upstream
from tests.bench.rounds import growth, interleaved
from tests.bench.table import Rounds, absolute, markdown, ratios, written

NOTE: Final = (
    "One worker, 32 connections, a short answer, a browser's ten headers. CPU, p50 and p99 are\n"
    "against the lean mitmproxy, the same proxy without any gate. Medians of the ratios of\n"
    "{rounds} rounds of {seconds} s; absolute figures don't carry over to another machine and\n"
    "aren't given. Other programs kept a load of {load:.1f} on {cores} cores when it began: the\n"
    "more of it, the less req/s, p50 and p99 say; CPU a request stays steadier."
)


def arguments() -> argparse.Namespace:
    """Give the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--write", action="store_true", help="put the ratios into README.md")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each server in each round")
    parser.add_argument("--no-bulk", action="store_true", help="leave 1 GiB up and down out")
    parser.add_argument("--no-core", action="store_true", help="leave decide and loading out")
    return parser.parse_args()


def served(given: argparse.Namespace) -> tuple[Rounds, list[list[str]]]:
    """Give the rounds of every server, and what 1 GiB costs the gate."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        site = stack.enter_context(upstream(folder))
        proxies = [stack.enter_context(run(folder, site.port)) for run in (stock, lean, gate)]
        bulk = [] if given.no_bulk else moved(proxies[-1], folder)
        return interleaved([site, *proxies], folder, given.rounds, given.seconds), bulk


def moved(proxy: Measured, folder: Path) -> list[list[str]]:
    """Give what 1 GiB costs, before a load leaves memory that could hide it."""
    down = growth(proxy, (), "/bulk")
    up = growth(proxy, ("-T", folder / "bulk"), "/sink")
    return [
        ["gate's growth on 1 GiB down", f"{down:.1f} MiB", "< 10 MB"],
        ["gate's growth on 1 GiB up", f"{up:.1f} MiB", "< 10 MB"],
    ]


def core() -> list[list[str]]:
    """Give what deciding and loading a huge policy take."""
    rows = [
        [f"`decide`, {taken.name}", f"{taken.median:.1f} us", "10 us"]
        for taken in decide.decisions()
    ]
    cpu, times = load_policy.times()
    rows.append(["loading that policy, CPU", f"{cpu:.2f} s", "2 s"])
    return [*rows, ["loading that policy, time", f"{times:.2f} s", "2 s"]]


def main() -> int:
    """Measure, print, and write where asked to; a signal to end takes the servers away too."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    given, load = arguments(), os.getloadavg()[0]
    rounds, rows = served(given)
    print(absolute(rounds), ratios(rounds), sep="\n\n", flush=True)
    if given.write:
        asked = {"rounds": given.rounds, "seconds": given.seconds}
        note = NOTE.format(load=load, cores=os.cpu_count(), **asked)
        written(f"{ratios(rounds)}\n\n{note}")
    if not given.no_core:
        rows += core()
    if rows:
        print()
        print(markdown(("what", "median", "to reach"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

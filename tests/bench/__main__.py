"""Runs every measurement: `python -m tests.bench [--write] [--rounds N] [--seconds N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.bench import decide, load_policy
from tests.bench.programs import gate, lean, stock, upstream
from tests.bench.rounds import growth, interleaved
from tests.bench.table import Rounds, absolute, markdown, ratios, written

NOTE: Final = (
    "One worker, 32 connections, a short answer, a browser's ten headers. CPU, p50 and p99 are\n"
    "against the lean mitmproxy, the same proxy without any gate. Medians of the rounds' ratios;\n"
    "absolute figures don't carry over to another machine and aren't given."
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
        rounds = interleaved([site, *proxies], folder, given.rounds, given.seconds)
        if given.no_bulk:
            return rounds, []
        down = growth(proxies[-1], (), "/bulk")
        up = growth(proxies[-1], ("-T", folder / "bulk"), "/sink")
    return rounds, [
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
    """Measure, print, and write where asked to."""
    given = arguments()
    rounds, rows = served(given)
    print(absolute(rounds), ratios(rounds), sep="\n\n", flush=True)
    if given.write:
        written(f"{ratios(rounds)}\n\n{NOTE}")
    if not given.no_core:
        rows += core()
    if rows:
        print()
        print(markdown(("what", "median", "to reach"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

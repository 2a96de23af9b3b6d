"""What was measured as Markdown; README.md gets ratios alone."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.bench.rounds import Load, ratio

README: Final = Path(__file__).parents[2] / "README.md"
BEGIN: Final = "<!-- bench:begin -->"
END: Final = "<!-- bench:end -->"
STOCK: Final = "stock mitmdump"
LEAN: Final = "lean mitmproxy"
GATE: Final = "gate"

type Rounds = Mapping[str, Sequence[Load]]


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def absolute(rounds: Rounds) -> str:
    """Give medians as they were on this machine."""
    head = ("server", "req/s", "CPU us a request", "p50 ms", "p99 ms")

    def row(name: str) -> list[str]:
        def middle(figure: Callable[[Load], float]) -> float:
            return statistics.median(figure(load) for load in rounds[name])

        return [
            name,
            f"{middle(lambda load: load.rate):.0f}",
            f"{middle(lambda load: load.cpu):.0f}",
            f"{middle(lambda load: load.p50):.1f}",
            f"{middle(lambda load: load.p99):.1f}",
        ]

    return markdown(head, map(row, rounds))


def ratios(rounds: Rounds) -> str:
    """Give medians of ratios, round by round."""
    head = ("server", "req/s against stock", "req/s against lean", "CPU a request", "p50", "p99")

    def row(name: str) -> list[str]:
        mine, its = rounds[name], rounds[LEAN]
        found = [
            ratio(mine, rounds[STOCK], lambda load: load.rate),
            ratio(mine, its, lambda load: load.rate),
            ratio(mine, its, lambda load: load.cpu),
            ratio(mine, its, lambda load: load.p50),
            ratio(mine, its, lambda load: load.p99),
        ]
        return [name, *(f"{value:.2f}" for value in found)]

    return markdown(head, map(row, rounds))


def written(table: str) -> None:
    """Put a text between the markers of README.md."""
    text = README.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise RuntimeError(f"README.md has no `{BEGIN}` and `{END}`")
    README.write_text(f"{before}{begin}\n{table}\n{end}{after}")

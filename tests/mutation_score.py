"""Tells how many of mutmut's changes a test noticed: `python -m tests.mutation_score`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

STATS: Final = Path("mutants/mutmut-cicd-stats.json")
WANTED: Final = 90.0  # per cent of the changes of core and factors


def score(stats: dict[str, int]) -> float:
    """Give the share of changes that a test noticed, in per cent; a time-out is noticed."""
    noticed = stats["killed"] + stats["timeout"] + stats["segfault"]
    judged = stats["total"] - stats["skipped"]
    return 100.0 * noticed / judged if judged else 0.0


def main() -> int:
    """Print the score; exit 1 when it is too low."""
    stats: dict[str, int] = json.loads(STATS.read_text())
    reached = score(stats)
    sys.stdout.write(f"mutation score {reached:.1f} % ({WANTED:.0f} % wanted): {stats}\n")
    return 0 if reached >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())

"""Reads the cases of `tests/vectors`, so that suites of every layer run the same ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent.parent / "vectors"


def cases(name: str) -> Any:
    """Give what a file of cases holds."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))

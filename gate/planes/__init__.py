"""Policy enforcement points: wire in, wire out, nothing else.

A plane moves bytes and asks an enforcer about each request; it knows no policy and no store. Its
library is imported only when the plane is asked for, so that every other one runs without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# name -> package; each has `serve`, `self_test` and `new_event_loop`
PLANES: Final[Mapping[str, str]] = MappingProxyType({"mitm": "gate.planes.mitm"})

"""How long a store keeps what nobody needs any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

SWEEP_GRACE: Final = timedelta(minutes=1)  # last-seen is written behind, up to 10 s late (G2)
PLACE_LIFE: Final = timedelta(days=400)  # no browser keeps a cookie longer, RFC 6265bis 5.5

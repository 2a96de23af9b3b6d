"""QR codes as inline pictures, and secrets in groups that people can read and type."""

from __future__ import annotations

from itertools import batched
from typing import Final

import segno
from markupsafe import Markup

from gate.core.secret_text import Secret

SEED_GROUP: Final = 4  # characters
QUIET_ZONE: Final = 4  # modules, ISO/IEC 18004 section 6.3.8


def qr_code(text: Secret) -> Markup:
    """Give a QR code as an SVG element that scales, black on white whatever the page looks like."""
    drawn = segno.make(text.reveal(), error="m", micro=False)
    picture = drawn.svg_inline(
        border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(picture)  # noqa: S704 - drawn from modules, no text of anybody stands in it


def in_groups(seed: Secret) -> tuple[str, ...]:
    """Give a seed in groups of four."""
    return tuple("".join(group) for group in batched(seed.reveal(), SEED_GROUP))

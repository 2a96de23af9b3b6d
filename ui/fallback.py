"""Refusal pages that stand alone: what a data plane shows while the pages process is away.

They come from the same templates and words as the personal ones, say nothing about the person,
and bring their style with them, since no other file could be loaded then.
"""

from __future__ import annotations

from functools import cache

from gate.core.decision import Reason
from gate.service.responses import REQUEST_MARK, StaticPages
from ui.headers import fallback_policy
from ui.refusals import REFUSALS, Way, words_of
from ui.services import DEFAULT_CONTACT
from ui.templates import render, static_files

STYLE = "gate.css"
NO_ADDRESS = "a network that is not on its list"


@cache
def static_pages(contact: str = DEFAULT_CONTACT) -> StaticPages:
    """Give the pages of all reasons, rendered once."""
    style = static_files().text(STYLE)
    pages = {reason: _page(reason, contact, style) for reason in REFUSALS}
    return StaticPages(
        by_reason=pages,
        otherwise=pages[Reason.GATE_UNAVAILABLE],
        content_security_policy=fallback_policy(style).encode(),
    )


def _page(reason: Reason, contact: str, style: str) -> bytes:
    words = words_of(reason)
    way = Way.START if words.way is Way.OTHER_ACCOUNT else words.way
    text = render(
        "refusal.html",
        account=None,
        address=NO_ADDRESS,
        contact=contact,
        errors={},
        handed={"request": REQUEST_MARK.decode(), "site": ""},
        name="",
        reason=str(reason),
        style=style,
        text="",
        undelivered=False,
        wanted="",
        way=way,
        words=words,
    )
    return text.encode()

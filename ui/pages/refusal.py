"""The refusal that a data plane asks for: what happened, why, and the way on."""

from __future__ import annotations

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PersonalRefusal
from ui.answers import page, refuse
from ui.ask import Ask
from ui.redirects import safe_next
from ui.refusals import Way, words_of

LONGEST_SHOWN = 200  # characters of the wanted address


def show(ask: Ask, refusal: PersonalRefusal | None) -> Response:
    """Show the refusal; the plane puts its own status on it. Without one nothing is here."""
    if refusal is None:
        return refuse(ask, Reason.NOT_FOUND, status=404)
    words = words_of(refusal.reason)
    target = safe_next(refusal.wanted, ask.handed, ask.services.policy())
    return page(
        ask,
        "refusal.html",
        reason=refusal.reason,
        words=words,
        way=_way(words.way, refusal),
        text=refusal.text,
        undelivered=refusal.undelivered,
        name=refusal.account,
        address=str(ask.handed.client),
        wanted=target.url,
    )


def _way(way: Way, refusal: PersonalRefusal) -> Way:
    """Give the way on; another account helps only somebody who is signed in."""
    if way is Way.OTHER_ACCOUNT and not refusal.account:
        return Way.START
    return way

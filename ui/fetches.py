"""Pages are for people who look at them, not for scripts of the application beside them (G3).

A script in the application shares this origin and could read a page and its form's token. So HTML
is answered only to a navigation of a window; a fetch, a frame or an image gets 401 and JSON.
Clients that send no `Sec-Fetch-*` are old browsers or programs, and are served.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from gate.core.decision import Reason
from ui.handoff import HandOff
from ui.redirects import sign_in_link
from ui.words import curly


def is_navigation(headers: Headers) -> bool:
    """Say whether a window shows the answer, as far as the browser tells."""
    modes, targets = headers.getlist("sec-fetch-mode"), headers.getlist("sec-fetch-dest")
    return modes in ([], ["navigate"]) and targets in ([], ["document"])


def refused_fetch(handed: HandOff, reason: Reason = Reason.NEEDS_SIGN_IN) -> JSONResponse:
    """Give the answer to a script, frame or image that asked for a page."""
    return as_json(handed, reason, status=401)


def as_json(handed: HandOff, reason: Reason | str, *, status: int, words: str = "") -> JSONResponse:
    """Give an error as programs read it; `words` are for the person, where a script shows them."""
    body = {"error": str(reason), "sign_in": sign_in_link(), "request": handed.request}
    return JSONResponse(body | ({"words": curly(words)} if words else {}), status)

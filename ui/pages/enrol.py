"""The start of a one-time link: its token becomes a cookie, and a page says what will happen.

Opening a link consumes nothing, so a mail filter or a preview that opens it does no harm. The
redirect leads to an address without the token, which then stands in no history and no referrer.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.secret_text import Secret
from gate.service.journeys import JourneyRefused
from ui.answers import refuse
from ui.ask import Ask
from ui.enrolment import (
    PATHS,
    START,
    at_step,
    begin_journey,
    led_home,
    refused,
    step_page,
    traveller,
)
from ui.page import Page, Reach

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits in base64url


def open_link(ask: Ask) -> Response:
    """Swap a link's token for a cookie."""
    token = ask.path.removeprefix(f"{PREFIX}{START}/")
    if not _TOKEN.fullmatch(token):
        return refuse(ask, Reason.NOT_FOUND, status=404)
    if home := led_home(ask):
        return home
    held = ask.services.enrolment.journeys.open(Secret(token), traveller(ask))
    if isinstance(held, JourneyRefused):
        return refused(ask, held.reason)
    return begin_journey(ask, held)


def show(ask: Ask) -> Response:
    """Say for whom the link is and what will happen."""
    found = at_step(ask)
    if isinstance(found, Response):
        return found
    return step_page(ask, "enrol.html", found, next_path=PREFIX + PATHS[found.journey.open_step])


PAGE = Page(path=START, show=show, reach=Reach.PUBLIC)
LINK = Page(path=f"{START}/{{token}}", show=open_link, reach=Reach.PUBLIC)

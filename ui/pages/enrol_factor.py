"""The journey's part about the second factor: which one, in words for who never heard of any."""

from __future__ import annotations

from starlette.responses import Response

from gate.service.journey import Step
from ui.ask import Ask
from ui.enrolment import PATHS, at_step, step_page
from ui.page import Page, Reach


def show(ask: Ask) -> Response:
    """Show what can be set up, and what is."""
    found = at_step(ask, Step.FACTOR)
    return found if isinstance(found, Response) else step_page(ask, "enrol_factor.html", found)


PAGE = Page(path=PATHS[Step.FACTOR], show=show, reach=Reach.PUBLIC)

"""The journey's recovery codes: shown in the answer to a POST, and kept by the person (G21)."""

from __future__ import annotations

from starlette.responses import Response

from gate.service.journey import Step
from ui.ask import Ask
from ui.enrolment import FORM, PATHS, at_step, step_page
from ui.page import Page, Reach


def show(ask: Ask) -> Response:
    """Say what they are for; with codes from before, that these stay."""
    found = at_step(ask, Step.RECOVERY_CODES)
    if isinstance(found, Response):
        return found
    return step_page(ask, "enrol_recovery_codes.html", found, codes=())


def submit(ask: Ask) -> Response:
    """Show the codes."""
    found = at_step(ask, Step.RECOVERY_CODES)
    if isinstance(found, Response):
        return found
    codes = ask.services.enrolment.end.codes(found)
    return step_page(ask, "enrol_recovery_codes.html", found, codes=codes)


PAGE = Page(
    path=PATHS[Step.RECOVERY_CODES],
    show=show,
    submit=submit,
    reach=Reach.PUBLIC,
    form=FORM,
    enrolment=True,
)

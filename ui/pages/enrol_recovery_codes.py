"""The journey's recovery codes: shown in the answer to a POST, and kept by the person (G21)."""

from __future__ import annotations

from starlette.responses import Response

from gate.service.journey import Step
from ui.ask import Ask
from ui.enrolment import FORM, PATHS, at_step, step_page, to_step
from ui.page import Page, Reach
from ui.recovery_file import recovery_file


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


def download(ask: Ask) -> Response:
    """Give the codes that were shown as a file."""
    found = at_step(ask, Step.RECOVERY_CODES)
    if isinstance(found, Response):
        return found
    if not found.journey.shown_codes:
        return to_step(Step.RECOVERY_CODES)
    return recovery_file(ask, found.account, found.journey.shown_codes)


PAGE = Page(
    path=PATHS[Step.RECOVERY_CODES],
    show=show,
    submit=submit,
    reach=Reach.PUBLIC,
    form=FORM,
    enrolment=True,
)
DOWNLOAD = Page(
    path=f"{PATHS[Step.RECOVERY_CODES]}/download",
    show=show,
    submit=download,
    reach=Reach.PUBLIC,
    form=FORM,
    enrolment=True,
)

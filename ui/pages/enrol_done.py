"""The journey's end: the form that makes everything count, and the page that says so."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.service.enrol import NotEnrolled
from gate.service.journey import Step
from gate.service.journeys import Enrolling
from ui.answers import FieldError, page, redirect, with_session
from ui.ask import Ask
from ui.enrolment import (
    FORM,
    at_step,
    refused,
    step_page,
    to_step,
    typed,
    without_enrolment,
)
from ui.page import Page, Reach
from ui.redirects import sign_in_link, start

PATH: Final = "enrol/done"
NOT_STORED: Final = FieldError(
    field="stored",
    text="Tick the box once you have stored the codes, or enter one of them.",
)
WRONG: Final = FieldError(field="recovery_code", text="That is none of the codes above.")


def show(ask: Ask) -> Response:
    """Say that it is done, to the browser that did it."""
    if ask.session is None:
        return redirect(sign_in_link())
    return page(ask, "enrol_done.html", start=start(ask.handed))


def submit(ask: Ask) -> Response:
    """Make all of it count."""
    found = at_step(ask, Step.RECOVERY_CODES)
    if isinstance(found, Response):
        return found
    code = typed(ask, "recovery_code")
    if code is None and not found.keeps_codes and ask.form.get("stored") != "yes":
        return _again(ask, found, NOT_STORED)
    result = ask.services.enrolment.end.finish(found, ask.visitor, typed=code, planted=ask.token)
    if isinstance(result, NotEnrolled):
        return _refused(ask, found, result)
    response = with_session(redirect(PREFIX + PATH), ask, result.issued.token, result.device)
    return without_enrolment(response, ask)


def _refused(ask: Ask, enrolling: Enrolling, result: NotEnrolled) -> Response:
    if result.reason is Reason.WRONG_CODE and enrolling.journey.shown_codes:
        return _again(ask, enrolling, WRONG)
    if result.reason in {Reason.WRONG_CODE, Reason.NEEDS_SECOND_FACTOR}:
        return to_step(enrolling.journey.open_step)
    if result.reason is Reason.WRONG_KEY:
        return to_step(Step.FACTOR)
    return refused(ask, result.reason)


def _again(ask: Ask, enrolling: Enrolling, error: FieldError) -> Response:
    """Show the codes once more; this answers a POST as well."""
    if not enrolling.journey.shown_codes:
        return to_step(Step.RECOVERY_CODES)
    return step_page(
        ask,
        "enrol_recovery_codes.html",
        enrolling,
        status=422,
        errors=(error,),
        codes=enrolling.journey.shown_codes,
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.PUBLIC, form=FORM, enrolment=True)

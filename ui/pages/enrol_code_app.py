"""The journey's code app: its picture and seed, and the code that confirms it.

The seed is shown only in the answer to a POST; who comes by a GET is led back (G3).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from gate.service.journey import Step
from gate.service.journeys import Enrolling
from gate.service.new_code_apps import NothingPending, Unconfirmed
from ui.answers import FieldError, with_wait
from ui.ask import Ask
from ui.enrolment import FORM, at_step, step_page, to_step, typed
from ui.page import Page, Reach
from ui.words import span

PATH: Final = "enrol/code-app"
WRONG: Final = (
    "That code does not fit. Enter the six digits that the app shows for this account now."
)
TOO_LATE: Final = "That took too long, so there is a new picture. Scan it, then enter its code."


def show(ask: Ask) -> Response:
    """Lead back to the choice; nothing is shown by a GET."""
    found = at_step(ask, Step.FACTOR)
    return found if isinstance(found, Response) else to_step(Step.FACTOR)


def submit(ask: Ask) -> Response:
    """Show the app, or confirm it by a code."""
    found = at_step(ask, Step.FACTOR)
    if isinstance(found, Response):
        return found
    code = typed(ask, "code")
    if code is None:
        return _form(ask, found)
    refused = ask.services.enrolment.code_app.confirm(found, code, ask.visitor)
    return to_step(Step.FACTOR) if refused is None else _refused(ask, found, refused)


def _refused(ask: Ask, enrolling: Enrolling, refused: Unconfirmed | NothingPending) -> Response:
    if isinstance(refused, NothingPending):
        error = FieldError(field="code", text=TOO_LATE)
        return _form(ask, enrolling, status=422, errors=(error,))
    if refused.wait is not None:
        text = f"Too many attempts. Try again in {span(refused.wait)}."
        error = FieldError(field="code", text=text)
        return with_wait(_form(ask, enrolling, status=429, errors=(error,)), refused.wait)
    text = WRONG if refused.clock_off is None else _clock_words(refused.clock_off)
    return _form(ask, enrolling, status=422, errors=(FieldError(field="code", text=text),))


def _clock_words(offset: timedelta) -> str:
    way = "ahead" if offset > timedelta() else "behind"
    return (
        f"The clock of your phone is about {span(abs(offset))} {way}. Set it to"
        " automatic in the phone's settings, then enter the code that is shown."
    )


def _form(
    ask: Ask, enrolling: Enrolling, *, status: int = 200, errors: tuple[FieldError, ...] = ()
) -> Response:
    app = ask.services.enrolment.code_app.show(enrolling)
    return step_page(
        ask, "enrol_code_app.html", enrolling, status=status, errors=errors, pending=app
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.PUBLIC, form=FORM, enrolment=True)

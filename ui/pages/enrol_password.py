"""The journey's part about the password: choose one, or give the account's own."""

from __future__ import annotations

from starlette.responses import Response

from gate.core.decision import Reason
from gate.service.enrol_password import PasswordNotTaken
from gate.service.journey import Step
from gate.service.journeys import Enrolling
from ui.answers import FieldError, with_wait
from ui.ask import Ask
from ui.enrolment import FORM, PATHS, at_step, step_page, to_step
from ui.page import Page, Reach
from ui.words import span

WRONG = FieldError(field="password", text="That is not the password of this account.")


def show(ask: Ask) -> Response:
    """Show the form."""
    found = at_step(ask, Step.PASSWORD)
    return found if isinstance(found, Response) else _form(ask, found)


def submit(ask: Ask) -> Response:
    """Take the password, or say why not."""
    found = at_step(ask, Step.PASSWORD)
    if isinstance(found, Response):
        return found
    refused = ask.services.enrolment.password(found, ask.secret("password"), ask.visitor)
    if refused is None:
        return to_step(Step.FACTOR)
    return _refused(ask, found, refused)


def _refused(ask: Ask, enrolling: Enrolling, refused: PasswordNotTaken) -> Response:
    if refused.wait is not None:
        text = f"Too many attempts. Try again in {span(refused.wait)}."
        error = FieldError(field="password", text=text)
        return with_wait(_form(ask, enrolling, status=429, errors=(error,)), refused.wait)
    if refused.reason is Reason.WRONG_PASSWORD:
        return _form(ask, enrolling, status=422, errors=(WRONG,))
    text = " ".join(refused.words)
    error = FieldError(field="password", text=text, short="Choose a stronger password.")
    return _form(ask, enrolling, status=422, errors=(error,))


def _form(
    ask: Ask, enrolling: Enrolling, *, status: int = 200, errors: tuple[FieldError, ...] = ()
) -> Response:
    return step_page(ask, "enrol_password.html", enrolling, status=status, errors=errors)


PAGE = Page(
    path=PATHS[Step.PASSWORD],
    show=show,
    submit=submit,
    reach=Reach.PUBLIC,
    form=FORM,
    enrolment=True,
)

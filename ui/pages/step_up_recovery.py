"""Step-up by a recovery code: the last way, for somebody without phone and key (G21)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.service.recovered import is_recovered
from gate.service.step_up import StepUpRefused
from ui.answers import (
    FieldError,
    lead_on,
    page,
    redirect,
    refuse,
    with_session,
    with_wait,
    without_session,
)
from ui.ask import Ask
from ui.page import Page, Reach
from ui.pages.step_up import NO_TOKEN
from ui.redirects import sign_in_link
from ui.words import span

FORM: Final = "step-up-recovery"
WRONG: Final = FieldError(
    field="recovery_code",
    text="That code was not accepted. Each works once; look for one that you have not used.",
)
PAGES_OF_THEIR_OWN: Final = (
    Reason.NOT_ENROLLED,
    Reason.IP_NOT_ALLOWED,
    Reason.NOT_BY_RECOVERY_CODE,
)


def show(ask: Ask) -> Response:
    """Show the form; a session that used a code already would gain nothing by another one."""
    if ask.session is not None and is_recovered(ask.session):
        return refuse(ask, Reason.NOT_BY_RECOVERY_CODE)
    return _form(ask)


def submit(ask: Ask) -> Response:
    """Try the code."""
    result = ask.services.factors.recovery_step_up(
        token=ask.token or NO_TOKEN, code=ask.secret("recovery_code"), visitor=ask.visitor
    )
    if isinstance(result, StepUpRefused):
        return _refused(ask, result)
    return with_session(lead_on(ask, ask.target), ask, result.issued.token, result.device)


def _refused(ask: Ask, refused: StepUpRefused) -> Response:
    if refused.reason is Reason.SESSION_ENDED:
        return without_session(redirect(sign_in_link(ask.target.url)), ask)
    if refused.reason in PAGES_OF_THEIR_OWN:
        return refuse(ask, refused.reason)
    if refused.wait is not None:
        text = f"Too many attempts. Try again in {span(refused.wait)}."
        error = FieldError(field="recovery_code", text=text)
        return with_wait(_form(ask, status=429, errors=(error,)), refused.wait)
    return _form(ask, status=422, errors=(WRONG,))


def _form(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    return page(ask, "step_up_recovery.html", status=status, errors=errors, target=ask.target)


PAGE = Page(path="step-up/recovery", show=show, submit=submit, reach=Reach.SESSION, form=FORM)

"""Step-up: a session proves a second factor. Today that is a code; other proofs stand beside it."""

from __future__ import annotations

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import SECOND_METHODS
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
from ui.redirects import sign_in_link
from ui.words import span

FORM = "step-up"
NO_TOKEN = Secret("")  # no session has it
WRONG = FieldError(
    field="code", text="That code was not accepted. Wait for the next one, then enter it."
)


def show(ask: Ask) -> Response:
    """Show the form, or say that there is no factor to prove."""
    if ask.session is None or not ask.session.account.has_totp:
        return refuse(ask, Reason.NOT_ENROLLED)
    return _form(ask)


def submit(ask: Ask) -> Response:
    """Try the code."""
    result = ask.services.step_up.code(
        token=ask.token or NO_TOKEN, code=ask.secret("code"), visitor=ask.visitor
    )
    if isinstance(result, StepUpRefused):
        return _refused(ask, result)
    return with_session(lead_on(ask, ask.target), ask, result.issued.token, result.device)


def _refused(ask: Ask, refused: StepUpRefused) -> Response:
    if refused.reason is Reason.SESSION_ENDED:
        return without_session(redirect(sign_in_link(ask.target.url)), ask)
    if refused.reason in {Reason.NOT_ENROLLED, Reason.IP_NOT_ALLOWED}:
        return refuse(ask, refused.reason)
    if refused.wait is not None:
        text = f"Too many attempts. Try again in {span(refused.wait)}."
        error = FieldError(field="code", text=text)
        return with_wait(_form(ask, status=429, errors=(error,)), refused.wait)
    return _form(ask, status=422, errors=(WRONG,))


def _form(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    proofs = ask.session.proofs if ask.session else ()
    return page(
        ask,
        "step_up.html",
        status=status,
        errors=errors,
        target=ask.target,
        again=any(proof.method in SECOND_METHODS for proof in proofs),
    )


PAGE = Page(path="step-up", show=show, submit=submit, reach=Reach.SESSION, form=FORM)

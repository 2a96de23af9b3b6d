"""Step-up: a session proves more; a security key first, and a code where that will do.

What will do is decided anew from where the person is going (`ui.offers`).
"""

from __future__ import annotations

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.service.step_up import SteppedUp, StepUpRefused
from ui.account_page import session_of
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
from ui.hosts import step_up_away
from ui.offers import Offer, offer_for
from ui.page import Page, Reach
from ui.redirects import sign_in_link
from ui.words import span

FORM = "step-up"
NO_TOKEN = Secret("")  # no session has it
KEY_ONLY = FieldError(
    field="by-key", text="A code is not enough here: this page asks for your security key."
)
WRONG = FieldError(
    field="code", text="That code was not accepted. Wait for the next one, then enter it."
)

WRONG_PASSWORD = FieldError(field="password", text="That password was not accepted.")


def show(ask: Ask) -> Response:
    """Show what may be proved, or say that there is no factor to prove."""
    offer = offer_for(ask, session_of(ask))
    return _nothing_to_prove(ask, offer) if offer.is_empty else _form(ask, offer)


def submit(ask: Ask) -> Response:
    """Try the code, where a code will do."""
    offer = offer_for(ask, session_of(ask))
    if offer.is_empty:
        return _nothing_to_prove(ask, offer)
    if not offer.code:
        return _form(ask, offer, status=422, errors=(KEY_ONLY,))
    result = ask.services.step_up.code(
        token=ask.token or NO_TOKEN, code=ask.secret("code"), visitor=ask.visitor
    )
    return _answered(ask, offer, result, WRONG)


def submit_password(ask: Ask) -> Response:
    """Try the password, where it has to be fresh."""
    offer = offer_for(ask, session_of(ask))
    if not offer.password:
        return show(ask)
    result = ask.services.step_up.password(
        token=ask.token or NO_TOKEN, password=ask.secret("password"), visitor=ask.visitor
    )
    return _answered(ask, offer, result, WRONG_PASSWORD)


def _nothing_to_prove(ask: Ask, offer: Offer) -> Response:
    return refuse(ask, Reason.NEEDS_SECURITY_KEY if offer.key_only else Reason.NOT_ENROLLED)


def _answered(
    ask: Ask, offer: Offer, result: SteppedUp | StepUpRefused, wrong: FieldError
) -> Response:
    if isinstance(result, SteppedUp):
        return with_session(lead_on(ask, ask.target), ask, result.issued.token, result.device)
    if result.reason is Reason.SESSION_ENDED:
        return without_session(redirect(sign_in_link(ask.target.url)), ask)
    if result.reason in {Reason.NOT_ENROLLED, Reason.IP_NOT_ALLOWED}:
        return refuse(ask, result.reason)
    if result.wait is not None:
        text = f"Too many attempts. Try again in {span(result.wait)}."
        error = FieldError(field=wrong.field, text=text)
        return with_wait(_form(ask, offer, status=429, errors=(error,)), result.wait)
    return _form(ask, offer, status=422, errors=(wrong,))


def _form(
    ask: Ask, offer: Offer, *, status: int = 200, errors: tuple[FieldError, ...] = ()
) -> Response:
    return page(ask, "step_up.html", status=status, errors=errors, target=ask.target, offer=offer)


PAGE = Page(
    path="step-up",
    show=show,
    submit=submit,
    reach=Reach.SESSION,
    form=FORM,
    away=step_up_away,
)
PASSWORD = Page(path="step-up/password", submit=submit_password, reach=Reach.SESSION, form=FORM)

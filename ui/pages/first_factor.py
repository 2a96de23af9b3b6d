"""A first factor from the account page, where a first sign-in may set one up (G20).

The password is given in the same request (G3) and begins the same journey as a link.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.service.fresh_proof import Unproved
from ui.account_page import session_of
from ui.answers import FieldError, page, redirect, refuse, with_wait, without_session
from ui.ask import Ask
from ui.enrolment import begin_journey
from ui.page import Page
from ui.proofs import proof_error
from ui.redirects import sign_in_link

PATH: Final = "account/security/first-factor"
FORM: Final = "first-factor"


def may_begin(ask: Ask) -> bool:
    """Say whether the account may set up its first factor here and now."""
    first_sign_in = ask.services.enrolment.journeys.first_sign_in
    return first_sign_in.allows(session_of(ask).account, ask.visitor.client)


def show(ask: Ask) -> Response:
    """Ask for the password."""
    return _form(ask) if may_begin(ask) else refuse(ask, Reason.NOT_ENROLLED)


def submit(ask: Ask) -> Response:
    """Begin the journey, after the password."""
    session = session_of(ask)
    if not may_begin(ask):
        return refuse(ask, Reason.NOT_ENROLLED)
    unproved = ask.services.fresh_proof.password(session, ask.secret("password"))
    if unproved is not None:
        return _refused(ask, unproved)
    held = ask.services.enrolment.journeys.begin(session.account, ask.visitor)
    return refuse(ask, Reason.NOT_ENROLLED) if held is None else begin_journey(ask, held)


def _refused(ask: Ask, unproved: Unproved) -> Response:
    if unproved.session_ended:
        return without_session(redirect(sign_in_link(ask.path)), ask)
    error = proof_error(session_of(ask).account, unproved, "password")
    status = 422 if unproved.wait is None else 429
    return with_wait(_form(ask, status=status, errors=(error,)), unproved.wait)


def _form(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    return page(ask, "first_factor.html", status=status, errors=errors, notice="")


PAGE = Page(path=PATH, show=show, submit=submit, form=FORM)

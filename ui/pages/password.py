"""Change of the password: the current one is proved in the same request (G3)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.service.passwords import PasswordRefused
from ui.account_page import done, session_of
from ui.answers import (
    FieldError,
    page,
    redirect,
    with_session,
    with_wait,
    without_session,
)
from ui.ask import Ask
from ui.page import Page
from ui.redirects import ACCOUNT_START, sign_in_link
from ui.words import span

PATH: Final = "account/security/password"
FORM: Final = "password"
WRONG: Final = FieldError(field="current", text="That is not your current password.")


def show(ask: Ask) -> Response:
    """Show the form."""
    return _form(ask)


def submit(ask: Ask) -> Response:
    """Change the password, or say why not."""
    result = ask.services.passwords.change(
        session=session_of(ask),
        current=ask.secret("current"),
        new=ask.secret("password"),
        visitor=ask.visitor,
    )
    if isinstance(result, PasswordRefused):
        return _refused(ask, result)
    token = result.issued.token
    return with_session(done(ask, ACCOUNT_START, "password", token), ask, token)


def _refused(ask: Ask, refused: PasswordRefused) -> Response:
    if refused.reason is Reason.SESSION_ENDED:
        return without_session(redirect(sign_in_link(ask.path)), ask)
    if refused.words:
        text = " ".join(refused.words)
        error = FieldError(field="password", text=text, short="Choose a stronger password.")
        return _form(ask, status=422, errors=(error,))
    if refused.wait is not None:
        text = f"Too many attempts. Try again in {span(refused.wait)}."
        error = FieldError(field="current", text=text)
        return with_wait(_form(ask, status=429, errors=(error,)), refused.wait)
    return _form(ask, status=422, errors=(WRONG,))


def _form(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    least = 8 if session_of(ask).account.has_second_factor else 12
    return page(ask, "password.html", status=status, errors=errors, notice="", least=least)


PAGE = Page(path=PATH, show=show, submit=submit, form=FORM)

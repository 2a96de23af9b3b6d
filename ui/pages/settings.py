"""Settings of an account: what the person is called, and what the site is told beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from gate.core.handoff import PREFIX
from gate.service.profile import LONGEST, DisplayNameProblem
from ui.account_page import done, notice_of, session_of
from ui.answers import FieldError, page, redirect, without_session
from ui.ask import Ask
from ui.page import Page, Reach
from ui.redirects import sign_in_link

PATH: Final = "account/settings"
FORM: Final = "settings"
WORDS: Final[Mapping[DisplayNameProblem, str]] = {
    DisplayNameProblem.TOO_LONG: f"That name is too long: {LONGEST} characters are the most.",
    DisplayNameProblem.UNREADABLE: "That name holds characters that can't be seen.",
}


def show(ask: Ask) -> Response:
    """Show the form."""
    return _form(ask, session_of(ask).account.display_name)


def submit(ask: Ask) -> Response:
    """Save it."""
    typed = ask.form.get("display_name", "")
    named = ask.services.own.profile.rename(session_of(ask), typed, ask.visitor)
    if not isinstance(named, DisplayNameProblem):
        return done(ask, PREFIX + PATH, "settings")
    if named is DisplayNameProblem.SESSION_ENDED:
        return without_session(redirect(sign_in_link(ask.path)), ask)
    error = FieldError(field="display_name", text=WORDS[named])
    return _form(ask, typed[: 2 * LONGEST], status=422, errors=(error,))


def _form(
    ask: Ask, entered: str, *, status: int = 200, errors: tuple[FieldError, ...] = ()
) -> Response:
    return page(
        ask,
        "settings.html",
        status=status,
        errors=errors,
        notice=notice_of(ask),
        entered=entered,
        longest=LONGEST,
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)

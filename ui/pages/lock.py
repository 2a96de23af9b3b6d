"""What somebody presses who was not it: one button signs everything out and locks the account."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from ui.account_page import session_of
from ui.answers import page, redirect, without_session
from ui.ask import Ask
from ui.page import Page, Reach
from ui.redirects import sign_in_link

PATH: Final = "account/security/lock"
FORM: Final = "lock"


def show(ask: Ask) -> Response:
    """Ask whether it is meant, and say how one comes back."""
    return page(ask, "lock.html", notice="")


def submit(ask: Ask) -> Response:
    """Lock the account; this is the last page that the session sees."""
    if not ask.services.own.lockdown.lock(session_of(ask), ask.visitor):
        return without_session(redirect(sign_in_link(ask.path)), ask)
    response = without_session(page(ask, "locked.html"), ask)
    response.headers["clear-site-data"] = '"cache"'
    return response


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)

"""Sign-out: a page with a button, since a GET changes nothing; the button ends the session.

The browser forgets what it has cached of this host. Cookies and storage of the application stay:
they are not the gate's to clear.
"""

from __future__ import annotations

from starlette.responses import Response

from ui.answers import page, redirect, without_session
from ui.ask import Ask
from ui.page import Page, Reach
from ui.redirects import start

FORM = "sign-out"


def show(ask: Ask) -> Response:
    """Show the button, or say that it is done."""
    return page(ask, "sign_out.html", start=start(ask.handed))


def submit(ask: Ask) -> Response:
    """End the session."""
    if ask.token is not None:
        ask.services.sessions.sign_out(ask.token, ask.visitor)
    response = without_session(redirect(ask.path), ask)
    response.headers["clear-site-data"] = '"cache"'
    return response


PAGE = Page(
    path="sign-out",
    show=show,
    submit=submit,
    reach=Reach.PUBLIC,
    form=FORM,
    everywhere=True,
)

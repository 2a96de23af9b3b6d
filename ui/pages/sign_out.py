"""Sign-out: a page with a button, since a GET changes nothing; the button ends the session.

It ends those of the same browser on other hosts with it, wherever the button is pressed (G5).
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
    others = tuple(host for host in _hosts(ask) if host != ask.handed.place.name)
    several = len(ask.services.policy().sites) > 1
    return page(ask, "sign_out.html", start=start(ask.handed), others=others, several=several)


def submit(ask: Ask) -> Response:
    """End the session."""
    if ask.token is not None:
        ask.services.sessions.sign_out(ask.token, ask.visitor)
    response = without_session(redirect(ask.path), ask)
    response.headers["clear-site-data"] = '"cache"'
    return response


def _hosts(ask: Ask) -> tuple[str, ...]:
    """Give the hosts on which this browser is signed in."""
    if ask.session is None:
        return ()
    return ask.services.sessions.hosts(ask.session.account.id).get(ask.session.family, ())


PAGE = Page(
    path="sign-out",
    show=show,
    submit=submit,
    reach=Reach.PUBLIC,
    form=FORM,
    everywhere=True,
)

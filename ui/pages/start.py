"""The bare prefix: leads whoever is signed in to the account, and a stranger to sign-in."""

from __future__ import annotations

from starlette.responses import Response

from ui.answers import redirect
from ui.ask import Ask
from ui.page import Page, Reach
from ui.redirects import ACCOUNT_START, sign_in_link


def show(ask: Ask) -> Response:
    """Lead to where there is something to see."""
    return redirect(ACCOUNT_START if ask.session else sign_in_link())


PAGE = Page(path="", show=show, reach=Reach.PUBLIC)

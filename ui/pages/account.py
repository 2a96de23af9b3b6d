"""The account's start, which is the overview of its security."""

from __future__ import annotations

from starlette.responses import Response

from ui.answers import redirect
from ui.ask import Ask
from ui.page import Page
from ui.redirects import ACCOUNT_START


def show(_ask: Ask) -> Response:
    """Lead to the overview."""
    return redirect(ACCOUNT_START)


PAGE = Page(path="account", show=show)
PAGE_WITH_SLASH = Page(path="account/", show=show)

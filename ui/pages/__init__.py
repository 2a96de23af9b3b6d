"""One page a file; `PAGES` lists them all."""

from __future__ import annotations

from typing import Final

from ui.page import Page
from ui.pages import (
    account,
    networks,
    password,
    proof,
    security,
    sessions,
    sign_in,
    sign_out,
    start,
    step_up,
)

PAGES: Final[tuple[Page, ...]] = (
    start.PAGE,
    sign_in.PAGE,
    step_up.PAGE,
    sign_out.PAGE,
    account.PAGE,
    account.PAGE_WITH_SLASH,
    security.PAGE,
    password.PAGE,
    sessions.PAGE,
    sessions.OTHERS,
    networks.PAGE,
    networks.CHECK,
    proof.PAGE,
)

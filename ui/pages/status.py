"""Answers that need nothing but a status: no such page, wrong method, something broke.

They ask neither the store nor a service, so they can be given whatever else is out of order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from gate.core.decision import Reason
from gate.service.responses import StaticPages
from ui.fetches import as_json, is_navigation
from ui.handoff import HandOff

REASONS: Final[Mapping[int, Reason]] = {
    400: Reason.UNCLEAN_REQUEST,
    404: Reason.NOT_FOUND,
    405: Reason.METHOD_NOT_ALLOWED,
    413: Reason.TOO_LARGE,
}


def show(pages: StaticPages, handed: HandOff, headers: Headers, status: int) -> Response:
    """Give the page of a status, or JSON to whoever can't use a page."""
    reason = REASONS.get(status, Reason.GATE_UNAVAILABLE)
    if not is_navigation(headers):
        return as_json(handed, reason, status=status)
    policy = {"content-security-policy": pages.content_security_policy.decode()}
    return HTMLResponse(pages.page(reason, handed.request), status, headers=policy)

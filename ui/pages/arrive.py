"""Arriving by a ticket: the host gets a session of its own, the person the wanted page (G5)."""

from __future__ import annotations

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.service.tickets import Arrived
from ui.answers import redirect, refuse, with_session
from ui.ask import Ask
from ui.cookies import deleted
from ui.hosts import is_up_to_date
from ui.page import Page, Reach
from ui.redirects import safe_next


def show(ask: Ask) -> Response:
    """Take the ticket; a browser that has arrived already only goes on.

    One that came for what it has proved since is told, or it would be sent for it in a circle.
    """
    ticket = Secret(ask.query.get("ticket", ""))
    came = ask.services.tickets.redeem(
        ticket, nonce=ask.nonce, visitor=ask.visitor, planted=ask.token
    )
    target = safe_next(came.wanted, ask.handed, ask.services.policy())
    if isinstance(came, Arrived):
        return _without_nonce(with_session(redirect(target.url), ask, came.issued.token), ask)
    if is_up_to_date(ask):
        return redirect(target.url)
    return _without_nonce(refuse(ask, Reason.TICKET_VOID, wanted=target.url), ask)


def _without_nonce(response: Response, ask: Ask) -> Response:
    taken = deleted(ask.names.ticket, scheme=ask.handed.scheme)
    response.headers.append("set-cookie", taken)
    return response


PAGE = Page(path="arrive", show=show, reach=Reach.PUBLIC, everywhere=True)

"""The account's sessions: which browsers are signed in, and signing them out."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.subject import SessionId
from ui.account_page import done, notice_of, session_of
from ui.answers import page, refuse
from ui.ask import Ask
from ui.page import Page, Reach

PATH: Final = "account/security/sessions"
FORM: Final = "sessions"
METHODS: Final = {
    "password": "password",
    "totp": "code",
    "security_key": "security key",
    "passkey": "passkey",
    "recovery_code": "recovery code",
}


def show(ask: Ask) -> Response:
    """Show the table."""
    session = session_of(ask)
    return page(
        ask,
        "sessions.html",
        notice=notice_of(ask),
        current=session,
        sessions=ask.services.sessions.list(session.account.id),
        hosts=ask.services.sessions.hosts(session.account.id),
        methods=METHODS,
    )


def submit(ask: Ask) -> Response:
    """Sign one browser out; one that is not the account's does not exist here."""
    session = session_of(ask)
    wanted = SessionId(ask.form.get("session", ""))
    if not ask.services.sessions.end(session.account, wanted, ask.visitor):
        return refuse(ask, Reason.NOT_FOUND, status=404, wanted=ask.path)
    return done(ask, PREFIX + PATH, "session")


def submit_others(ask: Ask) -> Response:
    """Sign every other browser out."""
    ask.services.sessions.end_others(session_of(ask), ask.visitor)
    return done(ask, PREFIX + PATH, "others")


def show_others(ask: Ask) -> Response:
    """Show the table, for somebody who comes back to the address of the button."""
    return show(ask)


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)
OTHERS = Page(
    path=f"{PATH}/others", show=show_others, submit=submit_others, reach=Reach.FACTOR, form=FORM
)

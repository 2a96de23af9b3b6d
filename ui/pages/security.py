"""The overview of an account's security: what protects it, and what happened to it lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.responses import Response

from gate.core.ports import AuditRecord
from ui.account_page import notice_of, session_of
from ui.answers import page
from ui.ask import Ask
from ui.page import Page

PATH: Final = "account/security"
MOST_EVENTS: Final = 8
EVENTS: Final[Mapping[str, str]] = {
    "signed_in": "Signed in with the password",
    "sign_in_refused": "Sign-in refused",
    "stepped_up": "Confirmed with a code",
    "step_up_refused": "Code refused",
    "key_may_be_copied": "A security key was refused: there may be a copy of it",
    "signed_out": "Signed out",
    "session_ended": "A browser was signed out",
    "other_sessions_ended": "Every other browser was signed out",
    "password_changed": "Password changed",
    "password_change_refused": "Password change refused",
    "networks_changed": "Addresses changed",
    "networks_refused": "Change of addresses refused",
}
REFUSED: Final = frozenset(
    kind for kind in EVENTS if kind.endswith("_refused") or kind == "key_may_be_copied"
)


def show(ask: Ask) -> Response:
    """Show the overview."""
    session = session_of(ask)
    account = session.account
    return page(
        ask,
        "security.html",
        notice=notice_of(ask),
        sessions=ask.services.sessions.list(account.id),
        networks=account.networks.networks if account.networks else (),
        events=_known(ask.services.history(account)),
        words=EVENTS,
        refused=REFUSED,
    )


def _known(events: Sequence[AuditRecord]) -> Sequence[AuditRecord]:
    return [event for event in events if event.kind in EVENTS][:MOST_EVENTS]


PAGE = Page(path=PATH, show=show)

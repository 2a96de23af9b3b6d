"""A copy of what the gate keeps of an account, as a file, after the strongest proof (G3)."""

from __future__ import annotations

import json
from typing import Final

from starlette.responses import Response

from gate.service.fresh_proof import Unproved, wanted_proof
from gate.service.own_data import COPY
from ui.account_page import session_of
from ui.answers import FieldError, page, redirect, with_wait, without_session
from ui.ask import Ask
from ui.page import Page, Reach
from ui.proofs import proof_error
from ui.redirects import sign_in_link

PATH: Final = "account/settings/own-data"
FORM: Final = "own-data"


def show(ask: Ask) -> Response:
    """Show what the file would hold."""
    return _form(ask)


def submit(ask: Ask) -> Response:
    """Give the file, after the proof."""
    session = session_of(ask)
    copied = ask.services.own.data.copy(session, ask.given(), ask.visitor)
    if isinstance(copied, Unproved):
        return _refused(ask, copied)
    name = f"gate-account-{session.account.name}-{ask.services.clock.now():%Y-%m-%d}.json"
    return Response(
        json.dumps(copied, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _refused(ask: Ask, refused: Unproved) -> Response:
    if refused.session_ended:
        return without_session(redirect(sign_in_link(ask.path)), ask)
    error = proof_error(session_of(ask).account, refused)
    status = 422 if refused.wait is None else 429
    return with_wait(_form(ask, status=status, errors=(error,)), refused.wait)


def _form(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    return page(
        ask,
        "own_data.html",
        status=status,
        errors=errors,
        notice="",
        proof=wanted_proof(session_of(ask).account),
        change=COPY.name,
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)

"""The person's own choice to be always asked for a second factor, made with proof (G3)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.service.fresh_proof import Unproved, wanted_proof
from gate.service.opt_up import OFF, ON, choice
from ui.account_page import done, notice_of, session_of
from ui.answers import FieldError, page, redirect, refuse, with_wait, without_session
from ui.ask import Ask
from ui.page import Page, Reach
from ui.proofs import proof_error
from ui.redirects import sign_in_link

PATH: Final = "account/security/always"
FORM: Final = "always"


def show(ask: Ask) -> Response:
    """Show what is chosen."""
    return _form(ask)


def submit(ask: Ask) -> Response:
    """Choose, after the proof."""
    wanted = ask.form.get("on", "")
    if wanted not in (ON, OFF):
        return redirect(PREFIX + PATH)
    session, on = session_of(ask), wanted == ON
    refused = ask.services.own.opt_up.choose(session, ask.given(), ask.visitor, on=on)
    if refused is None:
        return done(ask, PREFIX + PATH, "always-on" if on else "always-off")
    return _refused(ask, refused)


def _refused(ask: Ask, refused: Unproved) -> Response:
    if refused.session_ended:
        return without_session(redirect(sign_in_link(ask.path)), ask)
    if refused.reason is Reason.NOT_BY_RECOVERY_CODE:
        return refuse(ask, refused.reason, wanted=ask.path)
    error = proof_error(session_of(ask).account, refused)
    status = 422 if refused.wait is None else 429
    return with_wait(_form(ask, status=status, errors=(error,)), refused.wait)


def _form(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    account = session_of(ask).account
    change = choice(on=not account.always_second_factor)
    return page(
        ask,
        "always.html",
        status=status,
        errors=errors,
        notice=notice_of(ask),
        proof=wanted_proof(account),
        change=change,
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)

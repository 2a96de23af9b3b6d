"""Recovery codes: how many are left, and a new set, shown once in the answer to its POST (G3, G21).

The page that shows a set carries it in its own form, since nothing else has the codes any more: so
the file can be made without a script, and a wrong answer shows the set again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.factors.recovery import CODES
from gate.service.factor_changes import FactorRefused
from gate.service.fresh_proof import wanted_proof
from gate.service.recovered import is_recovered
from gate.service.recovery_set import NEW_SET, Renewed
from ui.account_page import done, notice_of, session_of
from ui.answers import FieldError, page, redirect, refuse, with_session, with_wait
from ui.ask import Ask
from ui.factor_answers import status_of, whole_page
from ui.page import Page, Reach
from ui.proofs import proof_error, words_for
from ui.recovery_file import recovery_file
from ui.redirects import ACCOUNT_START

PATH: Final = "account/security/recovery-codes"
FORM: Final = "recovery-codes"
UNCONFIRMED: Final = FieldError(
    field="stored", text="Say that you have stored the codes, or type one of them."
)


def show(ask: Ask) -> Response:
    """Show how many are left, and no code."""
    return _form(ask)


def to_form(_ask: Ask) -> Response:
    """Lead to the page, for somebody who comes back to the address of a button."""
    return redirect(PREFIX + PATH)


def submit(ask: Ask) -> Response:
    """Make a new set and show it, after the proof."""
    session = session_of(ask)
    renewed = ask.services.factors.recovery_set.renew(session, ask.given(), ask.visitor)
    if isinstance(renewed, Renewed):
        issued = renewed.changed.issued
        own = replace(ask, token=issued.token, session=issued.session)
        return with_session(_codes(own, renewed.codes), ask, issued.token)
    error = proof_error(session.account, renewed)
    again = whole_page(ask, renewed) or _form(ask, status=status_of(renewed), errors=(error,))
    return with_wait(again, renewed.wait)


def download(ask: Ask) -> Response:
    """Give the codes that the page shows as a file."""
    codes = _sent(ask)
    if codes is None:
        return refuse(ask, Reason.NOT_FOUND, status=404, wanted=PREFIX + PATH)
    return recovery_file(ask, session_of(ask).account, codes)


def stored(ask: Ask) -> Response:
    """Lead on when the person says that the codes are stored, or shows it with one of them."""
    if ask.form.get("stored") == "yes":
        return done(ask, ACCOUNT_START, "recovery-codes")
    typed = ask.secret("recovery_code")
    if not typed.reveal().strip():
        return _unconfirmed(ask, UNCONFIRMED)
    spent = ask.services.factors.recovery_set.spend(session_of(ask), typed, ask.visitor)
    if isinstance(spent, FactorRefused):
        error = FieldError(field="recovery_code", text=words_for(spent, Method.RECOVERY_CODE))
        return with_wait(_unconfirmed(ask, error, status=status_of(spent)), spent.wait)
    return done(ask, ACCOUNT_START, "recovery-codes")


def _unconfirmed(ask: Ask, error: FieldError, *, status: int = 422) -> Response:
    codes = _sent(ask)
    if codes is None:
        return to_form(ask)
    return _codes(ask, codes, status=status, errors=(error,))


def _sent(ask: Ask) -> tuple[Secret, ...] | None:
    """Give the codes that the form carried, if they are good ones of this account."""
    codes = tuple(map(Secret, ask.form.get("codes", "").split()))
    account = session_of(ask).account
    is_own = len(codes) <= CODES and ask.services.factors.recovery_set.are_new(account, codes)
    return codes if is_own else None


def _form(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    session = session_of(ask)
    return page(
        ask,
        "recovery_codes.html",
        status=status,
        errors=errors,
        notice=notice_of(ask),
        state=ask.services.factors.recovery_set.state(session.account),
        all_codes=CODES,
        is_recovered=is_recovered(session),
        proof=wanted_proof(session.account),
        change=NEW_SET.name,
    )


def _codes(
    ask: Ask,
    codes: tuple[Secret, ...],
    *,
    status: int = 200,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    return page(
        ask,
        "recovery_codes_new.html",
        status=status,
        errors=errors,
        notice="",
        codes=codes,
        host=urlsplit(ask.services.public_url).hostname or "",
        carried=Secret(" ".join(code.reveal() for code in codes)),
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)
DOWNLOAD = Page(
    path=f"{PATH}/download", show=to_form, submit=download, reach=Reach.FACTOR, form=FORM
)
STORED = Page(path=f"{PATH}/stored", show=to_form, submit=stored, reach=Reach.FACTOR, form=FORM)

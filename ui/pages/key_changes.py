"""Renaming and removing security keys; a removal has its own page and takes proof (G3, T70)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.ports import SecurityKey
from gate.service.factor_changes import FactorChanged
from gate.service.fresh_proof import wanted_proof
from gate.service.security_keys import removal_of
from ui.account_page import done, session_of
from ui.answers import FieldError, page, redirect, refuse, with_wait
from ui.ask import Ask
from ui.factor_answers import changed, name_error, status_of, whole_page
from ui.page import Page, Reach
from ui.pages.keys import FORM, PATH, kind_of, show_list
from ui.proofs import proof_error
from ui.redirects import ACCOUNT_START

LIST: Final = PREFIX + PATH


def to_list(_ask: Ask) -> Response:
    """Lead to the list, for somebody who comes back to the address of a button."""
    return redirect(LIST)


def rename(ask: Ask) -> Response:
    """Call a key otherwise."""
    key = ask.form.get("id", "")
    renamed = ask.services.factors.security_keys.rename(
        session_of(ask), key, ask.form.get("name", ""), ask.visitor
    )
    if isinstance(renamed, str):
        return done(ask, LIST, "key-renamed")
    if renamed.name is None:
        return _no_such_key(ask)
    return show_list(ask, status=422, errors=(name_error(renamed.name, f"name-{key}"),))


def show_removal(ask: Ask) -> Response:
    """Ask whether it is meant."""
    key = _key(ask, ask.query.get("id", ""))
    return redirect(LIST) if key is None else _removal(ask, key)


def remove(ask: Ask) -> Response:
    """Remove a key, after the proof."""
    session, security_keys = session_of(ask), ask.services.factors.security_keys
    key = _key(ask, ask.form.get("id", ""))
    if key is None:
        return _no_such_key(ask)
    removed = security_keys.remove(session, key.id, ask.given(), ask.visitor)
    if isinstance(removed, FactorChanged):
        has_more = session.account.has_totp or security_keys.of(session.account)
        return changed(ask, LIST if has_more else ACCOUNT_START, "key-removed", removed)
    error = proof_error(session.account, removed)
    again = whole_page(ask, removed) or _removal(
        ask, key, status=status_of(removed), errors=(error,)
    )
    return with_wait(again, removed.wait)


def _no_such_key(ask: Ask) -> Response:
    return refuse(ask, Reason.NOT_FOUND, status=404, wanted=LIST)


def _key(ask: Ask, wanted: str) -> SecurityKey | None:
    keys = ask.services.factors.security_keys.of(session_of(ask).account)
    return next((key for key in keys if key.id == wanted), None)


def _removal(
    ask: Ask, key: SecurityKey, *, status: int = 200, errors: tuple[FieldError, ...] = ()
) -> Response:
    account = session_of(ask).account
    return page(
        ask,
        "key_remove.html",
        status=status,
        errors=errors,
        notice="",
        key=key,
        kind=kind_of(key),
        is_last=ask.services.factors.security_keys.changes.is_last(account),
        proof=wanted_proof(account),
        change=removal_of(key.id),
    )


RENAME = Page(path=f"{PATH}/rename", show=to_list, submit=rename, reach=Reach.FACTOR, form=FORM)
REMOVAL = Page(
    path=f"{PATH}/remove", show=show_removal, submit=remove, reach=Reach.FACTOR, form=FORM
)

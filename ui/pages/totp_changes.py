"""Renaming and removing code apps; a removal has a page of its own and takes proof (G3, T70)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.ports import Totp
from gate.core.subject import Account, Method
from gate.service.code_apps import Removal, removal_of
from gate.service.factor_changes import FactorChanged, FactorRefused
from gate.service.fresh_proof import wanted_proof
from ui.account_page import done, session_of
from ui.answers import FieldError, page, redirect, refuse, with_wait
from ui.ask import Ask
from ui.factor_answers import changed, name_error, status_of, whole_page
from ui.page import Page, Reach
from ui.pages.totp import FORM, PATH, show_list, to_list
from ui.proofs import proof_error, words_for
from ui.redirects import ACCOUNT_START

REMOVE: Final = f"{PATH}/remove"


def rename(ask: Ask) -> Response:
    """Call an app otherwise."""
    app = ask.form.get("app", "")
    renamed = ask.services.factors.code_apps.rename(
        session_of(ask), app, ask.form.get("name", ""), ask.visitor
    )
    if isinstance(renamed, str):
        return done(ask, PREFIX + PATH, "code-app-renamed")
    if renamed.name is None:
        return _no_such_app(ask)
    return show_list(ask, status=422, errors=(name_error(renamed.name, f"name-{app}"),))


def show_removal(ask: Ask) -> Response:
    """Ask whether it is meant."""
    app = _app(ask, ask.query.get("app", ""))
    return redirect(PREFIX + PATH) if app is None else _removal(ask, app)


def remove(ask: Ask) -> Response:
    """Remove an app, after the proof."""
    session = session_of(ask)
    app = _app(ask, ask.form.get("app", ""))
    if app is None:
        return _no_such_app(ask)
    removal = Removal(app=app.id, password=ask.secret("password"), given=ask.given())
    removed = ask.services.factors.code_apps.remove(session, removal, ask.visitor)
    if isinstance(removed, FactorChanged):
        has_more = session.account.has_security_key or ask.services.factors.code_apps.of(
            session.account
        )
        path = PREFIX + PATH if has_more else ACCOUNT_START
        return changed(ask, path, "code-app-removed", removed)
    error = _error(session.account, removed)
    again = whole_page(ask, removed) or _removal(
        ask, app, status=status_of(removed), errors=(error,)
    )
    return with_wait(again, removed.wait)


def _error(account: Account, refused: FactorRefused) -> FieldError:
    if refused.method is Method.PASSWORD:
        return FieldError(field="password", text=words_for(refused, Method.PASSWORD))
    return proof_error(account, refused)


def _no_such_app(ask: Ask) -> Response:
    return refuse(ask, Reason.NOT_FOUND, status=404, wanted=PREFIX + PATH)


def _app(ask: Ask, wanted: str) -> Totp | None:
    apps = ask.services.factors.code_apps.of(session_of(ask).account)
    return next((app for app in apps if app.id == wanted), None)


def _removal(
    ask: Ask, app: Totp, *, status: int = 200, errors: tuple[FieldError, ...] = ()
) -> Response:
    account = session_of(ask).account
    return page(
        ask,
        "totp_remove.html",
        status=status,
        errors=errors,
        notice="",
        app=app,
        is_last=ask.services.factors.code_apps.changes.is_last(account),
        proof=wanted_proof(account),
        change=removal_of(app.id),
    )


RENAME = Page(path=f"{PATH}/rename", show=to_list, submit=rename, reach=Reach.FACTOR, form=FORM)
REMOVAL = Page(path=REMOVE, show=show_removal, submit=remove, reach=Reach.FACTOR, form=FORM)

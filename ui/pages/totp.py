"""Code apps: which there are, and adding one by a seed, the password and the app's first code.

The seed is shown in answers to a POST alone: the one that proves who asks for it, and those to a
form that was sent from a page which showed it (G3). Such a form says so by a token of its own:
whoever else has the session's cookie proved nothing for the seed.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.subject import Account, Method, Session
from gate.service.code_apps import ADDITION, MOST, FirstCode
from gate.service.factor_changes import FactorChanged, FactorRefused
from gate.service.factor_names import free_name
from gate.service.fresh_proof import wanted_proof
from gate.service.new_code_apps import Pending
from gate.service.recovered import is_recovered
from gate.service.tokens import token_hash
from ui.account_page import notice_of, session_of
from ui.answers import FieldError, page, redirect, with_wait
from ui.ask import Ask
from ui.factor_answers import changed, clock_words, name_error, status_of, whole_page
from ui.forms import csrf_token, is_own_token
from ui.page import Page, Reach
from ui.proofs import proof_error, words_for

PATH: Final = "account/security/totp"
RECOVERY_CODES: Final = "account/security/recovery-codes"
FORM: Final = "totp"
LONGEST_NAME: Final = 200  # characters that are shown again
GONE: Final = FieldError(
    field="add", text="The key that was shown is no longer good. Begin again to get a new one."
)


def show(ask: Ask) -> Response:
    """Show the list."""
    return show_list(ask)


def to_list(_ask: Ask) -> Response:
    """Lead to the list, for somebody who comes back to the address of a button."""
    return redirect(PREFIX + PATH)


def begin(ask: Ask) -> Response:
    """Show a seed, after the proof."""
    session = session_of(ask)
    begun = ask.services.factors.code_apps.begin(session, ask.given(), ask.visitor)
    if isinstance(begun, Pending):
        return _seed(ask, begun)
    error = proof_error(session.account, begun)
    again = whole_page(ask, begun) or show_list(ask, status=status_of(begun), errors=(error,))
    return with_wait(again, begun.wait)


def submit(ask: Ask) -> Response:
    """Add the app that has the seed, or drop the seed."""
    session, code_apps = session_of(ask), ask.services.factors.code_apps
    if ask.form.get("action") == "cancel":
        code_apps.cancel(session)
        return to_list(ask)
    first = FirstCode(
        name=ask.form.get("name", ""), password=ask.secret("password"), code=ask.secret("code")
    )
    added = code_apps.add(session, first, ask.visitor)
    if isinstance(added, FactorChanged):
        return _added(ask, session, added)
    return whole_page(ask, added) or with_wait(_again(ask, session, added), added.wait)


def _added(ask: Ask, session: Session, added: FactorChanged) -> Response:
    """Lead on to recovery codes when there are none: whoever loses the phone needs them."""
    left = ask.services.factors.recovery_set.state(session.account).left
    path = PATH if left or is_recovered(session) else RECOVERY_CODES
    return changed(ask, PREFIX + path, "code-app-added", added)


def _again(ask: Ask, session: Session, refused: FactorRefused) -> Response:
    pending = ask.services.factors.code_apps.pending(session)
    if pending is None or refused.reason is Reason.NOT_FOUND:
        return show_list(ask, status=422, errors=(GONE,))
    showed = is_own_token(ask.form.get("shown", ""), _shown(ask, session, pending))
    return _seed(ask, pending, status=status_of(refused), errors=(_error(refused),), showed=showed)


def _error(refused: FactorRefused) -> FieldError:
    if refused.name is not None:
        return name_error(refused.name)
    if refused.clock_off is not None:
        return FieldError(field="code", text=clock_words(refused.clock_off))
    field = "code" if refused.method is Method.TOTP else "password"
    return FieldError(field=field, text=words_for(refused, refused.method or Method.PASSWORD))


def show_list(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    """Give the list of the account's apps, and the form that begins with another one."""
    session, factors = session_of(ask), ask.services.factors
    account: Account = session.account
    apps = factors.code_apps.of(account)
    return page(
        ask,
        "totp.html",
        status=status,
        errors=errors,
        notice=notice_of(ask),
        apps=apps,
        is_last=factors.code_apps.changes.is_last(account),
        is_full=len(apps) >= MOST,
        is_barred=factors.code_apps.changes.bar_to_addition(session) is not None,
        is_recovered=is_recovered(session),
        proof=wanted_proof(account),
        change=ADDITION.name,
        entered=ask.form.get("name", "")[:LONGEST_NAME],
    )


def _shown(ask: Ask, session: Session, pending: Pending) -> str:
    """Give what the form of a page holds that shows a seed."""
    return csrf_token(ask.services.csrf_key, session.id, f"seed:{token_hash(pending.seed)}")


def _seed(
    ask: Ask,
    pending: Pending,
    *,
    status: int = 200,
    errors: tuple[FieldError, ...] = (),
    showed: bool = True,
) -> Response:
    session = session_of(ask)
    taken = [app.name for app in ask.services.factors.code_apps.of(session.account)]
    return page(
        ask,
        "totp_new.html",
        status=status,
        errors=errors,
        notice="",
        pending=pending if showed else None,
        shown=_shown(ask, session, pending) if showed else "",
        entered=ask.form.get("name", free_name("Code app", taken))[:LONGEST_NAME],
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)
NEW = Page(path=f"{PATH}/new", show=to_list, submit=begin, reach=Reach.FACTOR, form=FORM)

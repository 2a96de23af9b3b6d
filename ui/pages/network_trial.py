"""A tried list is kept or taken back: a page with a button for each (G15).

The browser that began the trial needs nothing more, any other one a proof. The page comes only
through a list that admits its reader, so its button shows that the list does. A link to it changes
nothing.
"""

from __future__ import annotations

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.subject import Trial
from gate.service.fresh_proof import wanted_proof
from gate.service.network_trials import (
    BACK as BACK_CHANGE,
    KEEP as KEEP_CHANGE,
    Kept,
    TakenBack,
    TrialOver,
    TrialRefused,
)
from ui.account_page import done, session_of
from ui.answers import FieldError, page, redirect, refuse, with_wait, without_session
from ui.ask import Ask
from ui.network_words import PATH, text_of, trial_state
from ui.page import Page, Reach
from ui.pages.networks import FORM
from ui.proofs import proof_error
from ui.redirects import sign_in_link


def show_keep(ask: Ask) -> Response:
    """Ask whether the list is to be kept."""
    return _shown(ask, KEEP_CHANGE)


def show_back(ask: Ask) -> Response:
    """Ask whether the list before is to count again."""
    return _shown(ask, BACK_CHANGE)


def keep(ask: Ask) -> Response:
    """Keep the list."""
    result = ask.services.network_trials.keep(
        session=session_of(ask),
        trial=ask.form.get("trial", ""),
        proof=ask.given(),
        visitor=ask.visitor,
    )
    return _decided(ask, result, KEEP_CHANGE)


def take_back(ask: Ask) -> Response:
    """Let the list before count again."""
    result = ask.services.network_trials.take_back(
        session=session_of(ask),
        trial=ask.form.get("trial", ""),
        proof=ask.given(),
        visitor=ask.visitor,
    )
    return _decided(ask, result, BACK_CHANGE)


def _decided(
    ask: Ask, result: Kept | TakenBack | TrialOver | TrialRefused, change: str
) -> Response:
    match result:
        case Kept():
            return done(ask, PREFIX + PATH, "networks")
        case TakenBack():
            return done(ask, PREFIX + PATH, "networks-back")
        case TrialOver():
            return done(ask, PREFIX + PATH, "networks-over")
        case TrialRefused():
            return _refused(ask, result, change)


def _refused(ask: Ask, refused: TrialRefused, change: str) -> Response:
    running = ask.services.network_trials.running(session_of(ask))
    if refused.reason is Reason.SESSION_ENDED:
        return without_session(redirect(sign_in_link(ask.path)), ask)
    if running is None or refused.reason in (Reason.NOT_BY_RECOVERY_CODE, Reason.IP_NOT_ALLOWED):
        return refuse(ask, refused.reason)
    errors = (proof_error(session_of(ask).account, refused),)
    status = 422 if refused.wait is None else 429
    return with_wait(_form(ask, running, change, errors, status), refused.wait)


def _shown(ask: Ask, change: str) -> Response:
    running = ask.services.network_trials.running(session_of(ask))
    if running is None:
        return done(ask, PREFIX + PATH, "networks-over")
    return _form(ask, running, change)


def _form(
    ask: Ask,
    running: Trial,
    change: str,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    account = session_of(ask).account
    shown = account.networks if change == BACK_CHANGE else running.networks
    return page(
        ask,
        "network_trial.html",
        status=status,
        errors=errors,
        notice="",
        change=change,
        action=KEEP.path if change == KEEP_CHANGE else BACK.path,
        keeps=change == KEEP_CHANGE,
        text=text_of(shown),
        proof=wanted_proof(account),
        trial=trial_state(ask, running),
    )


KEEP = Page(path=f"{PATH}/keep", show=show_keep, submit=keep, reach=Reach.FACTOR, form=FORM)
BACK = Page(path=f"{PATH}/back", show=show_back, submit=take_back, reach=Reach.FACTOR, form=FORM)

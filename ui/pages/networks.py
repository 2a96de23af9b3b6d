"""The addresses from which the account may be used: one network a line, saved with a proof (G3).

The page says which address the gate sees, and whether the list covers it. A list that does not
cover it is saved only after a tick. What was saved counts at once and is on trial until it is kept:
the page shows for how long, which browsers it keeps out meanwhile, and the two ways on (G15).
"""

from __future__ import annotations

from typing import Final

from starlette.responses import JSONResponse, Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.subject import Account
from gate.service.fresh_proof import wanted_proof
from gate.service.network_review import Review
from gate.service.restrict import Saved, SaveRefused
from ui.account_page import done, notice_of, session_of
from ui.answers import (
    FieldError,
    page,
    redirect,
    refuse,
    with_wait,
    without_session,
)
from ui.ask import Ask
from ui.network_words import PATH, ends_words, said, text_of, trial_state, verdict_of
from ui.page import Page, Reach
from ui.proofs import proof_error
from ui.redirects import sign_in_link
from ui.words import browser, curly

FORM: Final = "networks"
LONGEST_TEXT: Final = 20_000  # characters that are shown again


def show(ask: Ask) -> Response:
    """Show the list that is in force."""
    text = _in_force(ask)
    return _form(ask, text, _review(ask, text))


def submit(ask: Ask) -> Response:
    """Check the list, or save it."""
    text = ask.form.get("networks", "")
    if ask.form.get("action") == "check":
        review = _review(ask, text)
        return _form(ask, text, review, errors=_wrong_lines(review), checked=True)
    return _save(ask, text)


def check(ask: Ask) -> Response:
    """Give the meaning of a list to the page's script, without saving it."""
    review = _review(ask, ask.form.get("networks", ""))
    notes = [{"level": note.severity, "text": said(note.line, note.text)} for note in review.notes]
    verdict = verdict_of(review, str(ask.handed.client))
    said_of: dict[str, object] = {
        "covered": review.covers_visitor,
        "wrong": review.has_errors,
        "verdict": verdict,
    }
    ends = [f"{browser(each.browser)} at {each.address}" for each in review.ends]
    said_of |= {"ends": ends, "ends_words": curly(ends_words(review))}
    return JSONResponse({**said_of, "notes": notes})


def _in_force(ask: Ask) -> str:
    return text_of(session_of(ask).account.networks_at(ask.services.clock.now()))


def _review(ask: Ask, text: str) -> Review:
    session = session_of(ask)
    return ask.services.restrict.review(session.account, text, ask.visitor, session.family)


def _save(ask: Ask, text: str) -> Response:
    result = ask.services.restrict.save(
        session=session_of(ask),
        text=text,
        proof=ask.given(),
        visitor=ask.visitor,
        confirmed=ask.form.get("confirmed") == "yes",
    )
    if isinstance(result, SaveRefused):
        return _refused(ask, text, result)
    return _saved(ask, result)


def _saved(ask: Ask, saved: Saved) -> Response:
    if saved.trial is None:
        return done(ask, PREFIX + PATH, "no-networks")
    if not saved.trial.networks.admits(ask.handed.client):
        return page(ask, "networks_outside.html", notice="", trial=trial_state(ask, saved.trial))
    return done(ask, PREFIX + PATH, "networks-tried")


def _refused(ask: Ask, text: str, refused: SaveRefused) -> Response:
    if refused.reason is Reason.SESSION_ENDED:
        return without_session(redirect(sign_in_link(ask.path)), ask)
    if refused.reason is Reason.NOT_BY_RECOVERY_CODE:
        return refuse(ask, refused.reason)
    review = refused.review
    if refused.wait is not None:
        errors = (proof_error(session_of(ask).account, refused),)
        return with_wait(_form(ask, text, review, errors=errors, status=429), refused.wait)
    return _form(ask, text, review, errors=_errors(ask, refused), status=422)


def _errors(ask: Ask, refused: SaveRefused) -> tuple[FieldError, ...]:
    if wrong := _wrong_lines(refused.review):
        return wrong
    if refused.needs_confirmation:
        text = f"The list does not cover {ask.handed.client}, where you are now."
        return (FieldError(field="confirmed", text=text),)
    return (proof_error(session_of(ask).account, refused),)


def _wrong_lines(review: Review) -> tuple[FieldError, ...]:
    wrong = [said(note.line, note.text) for note in review.notes if note.severity == "error"]
    if not wrong:
        return ()
    short = "One line can't be read." if len(wrong) == 1 else f"{len(wrong)} lines can't be read."
    return (FieldError(field="networks", text="\n".join(wrong), short=short),)


def _form(
    ask: Ask,
    text: str,
    review: Review,
    *,
    errors: tuple[FieldError, ...] = (),
    **values: object,
) -> Response:
    account: Account = session_of(ask).account
    status = values.pop("status", 200)
    return page(
        ask,
        "networks.html",
        status=status if isinstance(status, int) else 200,
        errors=errors,
        notice=notice_of(ask),
        text=text[:LONGEST_TEXT],
        review=review,
        ends_words=ends_words(review),
        shows_ends=bool(review.ends) and text != _in_force(ask),
        verdict=verdict_of(review, str(ask.handed.client)),
        said=said,
        proof=wanted_proof(account),
        checked=values.get("checked", False),
        trial=trial_state(ask, ask.services.network_trials.running(session_of(ask))),
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)
CHECK = Page(path=f"{PATH}/check", submit=check, reach=Reach.FACTOR, form=FORM, fetched=True)

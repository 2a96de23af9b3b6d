"""The addresses from which the account may be used: one network a line, saved with a proof (G3).

The page says which address the gate sees, and whether the list covers it. A list that does not
cover it is saved only after a tick, because it signs out the person who saves it.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import JSONResponse, Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.network import Allowlist
from gate.core.subject import Account
from gate.service.fresh_proof import wanted_proof
from gate.service.restrict import Review, Saved, SaveRefused
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
from ui.page import Page, Reach
from ui.proofs import proof_error
from ui.redirects import sign_in_link

PATH: Final = "account/security/networks"
FORM: Final = "networks"
VERBS: Final = ("is ", "covers ", "reaches ", "has ")  # what a line does, in its own note
LONGEST_TEXT: Final = 20_000  # characters that are shown again


def show(ask: Ask) -> Response:
    """Show the list that is in force."""
    account = session_of(ask).account
    text = text_of(account.networks)
    return _form(ask, text, ask.services.restrict.review(account, text, ask.visitor))


def submit(ask: Ask) -> Response:
    """Check the list, or save it."""
    account = session_of(ask).account
    text = ask.form.get("networks", "")
    if ask.form.get("action") == "check":
        review = ask.services.restrict.review(account, text, ask.visitor)
        return _form(ask, text, review, errors=_wrong_lines(review), checked=True)
    return _save(ask, text)


def check(ask: Ask) -> Response:
    """Give the meaning of a list to the page's script, without saving it."""
    account = session_of(ask).account
    review = ask.services.restrict.review(account, ask.form.get("networks", ""), ask.visitor)
    notes = [{"level": note.severity, "text": said(note.line, note.text)} for note in review.notes]
    verdict = verdict_of(review, str(ask.handed.client))
    said_of = {"covered": review.covers_visitor, "wrong": review.has_errors, "verdict": verdict}
    return JSONResponse({**said_of, "notes": notes})


def text_of(networks: Allowlist | None) -> str:
    """Give a list as it can be typed again, with its notes."""
    entries = networks.entries if networks else ()
    lines = [
        f"{entry.network}  # {entry.note}" if entry.note else f"{entry.network}"
        for entry in entries
    ]
    return "\n".join(line.replace("/32", "").replace("/128", "") for line in lines)


def said(line: int, text: str) -> str:
    """Give a note with the line that it is about."""
    ended = text if text.endswith(("?", ".", "!")) else f"{text}."
    if not line:
        return f"{ended[:1].upper()}{ended[1:]}"
    return f"Line {line} {ended}" if text.startswith(VERBS) else f"Line {line}: {ended}"


def verdict_of(review: Review, address: str) -> str:
    """Say whether the visitor's own address is covered."""
    if review.has_errors:
        return f"You are at {address}. Correct what can't be read to see whether it is covered."
    if review.networks is None:
        return f"You are at {address}. The list is empty, so you can sign in from everywhere."
    if review.covers_visitor:
        return f"You are at {address}, which line {review.covered_by} covers."
    return f"You are at {address}, which the list does not cover."


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
    if saved.networks is not None and not saved.networks.admits(ask.handed.client):
        return without_session(refuse(ask, Reason.IP_NOT_ALLOWED, status=200), ask)
    return done(ask, PREFIX + PATH, "networks" if saved.networks else "no-networks")


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
        verdict=verdict_of(review, str(ask.handed.client)),
        said=said,
        proof=wanted_proof(account),
        checked=values.get("checked", False),
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)
CHECK = Page(path=f"{PATH}/check", submit=check, reach=Reach.FACTOR, form=FORM, fetched=True)

"""Sign-in by a passkey alone: the page's script asks the browser, and posts what it answers.

Whatever is wrong is wrong in the same words; only an address that the account does not admit is
named, to somebody who holds the account's key.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import JSONResponse, Response

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.service.given import Unproved
from gate.service.sign_in import SignInRefused
from ui.answers import with_session, with_wait
from ui.ask import Ask
from ui.fetches import as_json
from ui.page import Page, Reach
from ui.pages.sign_in import FORM
from ui.redirects import entrance
from ui.refusals import words_of
from ui.words import span

NO_COOKIE: Final = Secret("")  # no browser has it
WRONG: Final = "That passkey was not accepted. Try again, or sign in with your password."


def options(ask: Ask) -> Response:
    """Give the options for `get()`, which are the same for everybody (T73)."""
    found = ask.services.passkey_sign_in.options(ask.form_cookie or NO_COOKIE, ask.visitor)
    return _refused(ask, found) if isinstance(found, Unproved) else JSONResponse(found)


def submit(ask: Ask) -> Response:
    """Try what the browser answered."""
    result = ask.services.passkey_sign_in(
        form_cookie=ask.form_cookie or NO_COOKIE,
        response=ask.body,
        visitor=ask.visitor,
        planted=ask.token,
    )
    if isinstance(result, SignInRefused):
        return _refused(ask, result)
    onward = JSONResponse({"next": entrance(ask.target, ask.services.public_url)})
    return with_session(onward, ask, result.issued.token, result.device)


def _refused(ask: Ask, refused: SignInRefused | Unproved) -> Response:
    if refused.wait is not None:
        text = f"Too many attempts. Try again in {span(refused.wait)}."
        busy = as_json(ask.handed, refused.reason, status=429, words=text)
        return with_wait(busy, refused.wait)
    if refused.reason is Reason.IP_NOT_ALLOWED:
        words = words_of(refused.reason)
        text = words.what.replace("{address}", str(ask.handed.client))
        said = f"{text} {words.advice}"
        return as_json(ask.handed, refused.reason, status=403, words=said)
    return as_json(ask.handed, Reason.WRONG_KEY, status=422, words=WRONG)


OPTIONS = Page(
    path="sign-in/key/options",
    submit=options,
    reach=Reach.PUBLIC,
    form=FORM,
    before_sign_in=True,
    takes_json=True,
)
PAGE = Page(
    path="sign-in/key",
    submit=submit,
    reach=Reach.PUBLIC,
    form=FORM,
    before_sign_in=True,
    takes_json=True,
)

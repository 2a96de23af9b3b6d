"""Step-up by a security key: the page's script asks the browser, and posts what it answers."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from gate.core.decision import Reason
from gate.service.step_up import StepUpRefused
from ui.account_page import session_of
from ui.answers import with_session, with_wait, without_session
from ui.ask import Ask
from ui.fetches import as_json
from ui.offers import offer_for
from ui.page import Page, Reach
from ui.pages.step_up import FORM, NO_TOKEN
from ui.proofs import words_for
from ui.redirects import entrance
from ui.refusals import words_of


def options(ask: Ask) -> Response:
    """Give the options for `get()`; where only keys that count will do, no others are asked."""
    found = ask.services.step_up.key_options(
        token=ask.token or NO_TOKEN,
        visitor=ask.visitor,
        counting=offer_for(ask, session_of(ask)).key_only,
    )
    return _refused(ask, found) if isinstance(found, StepUpRefused) else JSONResponse(found)


def submit(ask: Ask) -> Response:
    """Try what the browser answered."""
    result = ask.services.step_up.key(
        token=ask.token or NO_TOKEN, response=ask.body, visitor=ask.visitor
    )
    if isinstance(result, StepUpRefused):
        return _refused(ask, result)
    onward = JSONResponse({"next": entrance(ask.target, ask.services.public_url)})
    return with_session(onward, ask, result.issued.token, result.device)


def _refused(ask: Ask, refused: StepUpRefused) -> Response:
    status = 422 if refused.wait is None else 429
    if refused.reason in {Reason.SESSION_ENDED, Reason.IP_NOT_ALLOWED}:
        words = words_of(refused.reason)
        said = f"{words.what.replace('{address}', str(ask.handed.client))} {words.advice}".strip()
        status = 401 if refused.reason is Reason.SESSION_ENDED else 403
    else:
        said = words_for(refused)
    response = as_json(ask.handed, refused.reason, status=status, words=said)
    if refused.reason is Reason.SESSION_ENDED:
        return without_session(response, ask)
    return with_wait(response, refused.wait)


OPTIONS = Page(
    path="step-up/key/options", submit=options, reach=Reach.SESSION, form=FORM, takes_json=True
)
PAGE = Page(path="step-up/key", submit=submit, reach=Reach.SESSION, form=FORM, takes_json=True)

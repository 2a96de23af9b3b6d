"""The journey's security keys: a name, the browser's ceremony, and what it answered.

The form carries the answer to `create()`; `options` gives a script what the browser needs for it.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import JSONResponse, Response

from gate.core.decision import Reason
from gate.core.ports import Full
from gate.factors import FactorReason, Rejected
from gate.service.journey import Step
from gate.service.journeys import Enrolling
from ui.answers import FieldError, with_wait
from ui.ask import Ask
from ui.enrolment import FORM, at_step, step_page, to_step
from ui.fetches import as_json
from ui.page import Page, Reach
from ui.words import span

PATH: Final = "enrol/key"
LOST: Final = "This page is no longer good. Open your link once more."
TOO_LATE: Final = "That took too long. Try again."
THERE_ALREADY: Final = "This key is set up already. Use another one, or go on."
DID_NOT_FIT: Final = "That did not work with this key. Try again, or use another one."
WORDS: Final = {
    FactorReason.CEREMONY_EXPIRED: TOO_LATE,
    FactorReason.ALREADY_REGISTERED: THERE_ALREADY,
}


def show(ask: Ask) -> Response:
    """Show the form."""
    found = at_step(ask, Step.FACTOR)
    return found if isinstance(found, Response) else _form(ask, found)


def submit(ask: Ask) -> Response:
    """Take the key, or say why not."""
    found = at_step(ask, Step.FACTOR)
    if isinstance(found, Response):
        return found
    taking = ask.services.enrolment.key
    refused = taking.take(found, ask.secret("key"), ask.form.get("name", ""), ask.visitor)
    if isinstance(refused, Rejected):
        text = WORDS.get(refused.reason, DID_NOT_FIT)
        return _form(ask, found, status=422, errors=(FieldError(field="key-name", text=text),))
    return to_step(Step.FACTOR)


def options(ask: Ask) -> Response:
    """Give the options for `create()`."""
    found = at_step(ask, Step.FACTOR)
    if isinstance(found, Response):
        return as_json(ask.handed, "needs_link", status=403, words=LOST)
    asked = ask.services.enrolment.key.options(found, ask.visitor)
    if isinstance(asked, Full):
        text = f"Too many attempts. Try again in {span(asked.wait)}."
        busy = as_json(ask.handed, Reason.RATE_LIMITED, status=429, words=text)
        return with_wait(busy, asked.wait)
    return JSONResponse(asked)


def _form(
    ask: Ask, enrolling: Enrolling, *, status: int = 200, errors: tuple[FieldError, ...] = ()
) -> Response:
    taking = ask.services.enrolment.key
    return step_page(
        ask,
        "enrol_key.html",
        enrolling,
        status=status,
        errors=errors,
        name=taking.free_name(enrolling, ask.form.get("name", "")),
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.PUBLIC, form=FORM, enrolment=True)
OPTIONS = Page(
    path=f"{PATH}/options",
    submit=options,
    reach=Reach.PUBLIC,
    form=FORM,
    enrolment=True,
    takes_json=True,
)

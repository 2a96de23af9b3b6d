"""What the browser asks a security key that is to prove a change: bound to that change (G3).

The form that makes the change carries the key's answer; nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import JSONResponse, Response

from gate.core.decision import Reason
from gate.factors.webauthn.strict_json import object_of
from gate.service.fresh_proof import Change, Unproved
from ui.account_page import session_of
from ui.answers import with_wait
from ui.ask import Ask
from ui.fetches import as_json
from ui.page import Page
from ui.proofs import words_for

FORM: Final = "proof"


def options(ask: Ask) -> Response:
    """Give the options for `get()`."""
    change = change_of(ask.body)
    if change is None:
        return as_json(ask.handed, Reason.UNCLEAN_REQUEST, status=400)
    found = ask.services.fresh_proof.key_options(session_of(ask), change, ask.visitor)
    if isinstance(found, Unproved):
        status = 403 if found.wait is None else 429
        said = as_json(ask.handed, found.reason, status=status, words=words_for(found))
        return with_wait(said, found.wait)
    return JSONResponse(found)


def change_of(body: bytes) -> Change | None:
    """Give the change that a script names, or None."""
    match object_of(body):
        case {"change": str(name), "parameters": dict(parameters)} if _are_texts(parameters):
            return Change(name=name, parameters=parameters)
        case _:
            return None


def _are_texts(parameters: Mapping[str, object]) -> bool:
    return all(isinstance(value, str) for value in parameters.values())


PAGE = Page(path="account/security/proof/options", submit=options, form=FORM, takes_json=True)

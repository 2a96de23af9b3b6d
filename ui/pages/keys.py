"""Security keys: which there are, and adding one by its name, a ceremony and a proof (G3, G6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import JSONResponse, Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.ports import SecurityKey
from gate.core.subject import Method
from gate.factors import FactorReason
from gate.factors.webauthn import user_handle_of
from gate.factors.webauthn.base64url import to_base64url
from gate.service.factor_changes import FactorChanged, FactorRefused
from gate.service.factor_names import free_name
from gate.service.fresh_proof import wanted_proof
from gate.service.recovered import is_recovered
from gate.service.security_keys import ADDITION, MOST, NewKey
from ui.account_page import notice_of, session_of
from ui.answers import FieldError, page, with_wait
from ui.ask import Ask
from ui.factor_answers import changed, name_error, status_of, whole_page
from ui.fetches import as_json
from ui.page import Page, Reach
from ui.proofs import proof_error, words_for

PATH: Final = "account/security/keys"
FORM: Final = "keys"
LONGEST_SHOWN: Final = 200  # characters of a name that are shown again
NOT_PROOF: Final = "The new key did not work. Try again, or use another key."
KEY_WORDS: Final[Mapping[str, str]] = {
    FactorReason.CEREMONY_EXPIRED: "That took too long. Press the button and use the key again.",
    FactorReason.ALREADY_REGISTERED: "This key is on a list already. Use another one.",
}


def show(ask: Ask) -> Response:
    """Show the list."""
    return show_list(ask)


def options(ask: Ask) -> Response:
    """Give a script the options for `create()`."""
    begun = ask.services.factors.security_keys.begin(session_of(ask), ask.visitor)
    if not isinstance(begun, FactorRefused):
        return JSONResponse(begun)
    reason = begun.reason or Reason.UNCLEAN_REQUEST
    status = 403 if begun.wait is None else 429
    words = words_for(begun) if begun.wait else ""
    return with_wait(as_json(ask.handed, reason, status=status, words=words), begun.wait)


def submit(ask: Ask) -> Response:
    """Add the key that the browser registered."""
    session = session_of(ask)
    new = NewKey(name=ask.form.get("name", ""), response=ask.form.get("key", ""))
    added = ask.services.factors.security_keys.add(session, new, ask.given(), ask.visitor)
    if isinstance(added, FactorChanged):
        return changed(ask, PREFIX + PATH, "key-added", added)
    again = whole_page(ask, added) or show_list(
        ask, status=status_of(added), errors=(_error(ask, added),), answer=_kept(added, new)
    )
    return with_wait(again, added.wait)


def kind_of(key: SecurityKey) -> str:
    """Say what a key is, as far as it has told."""
    if key.backup_eligible:
        return "Passkey, synced" if key.backed_up else "Passkey, not synced yet"
    if "internal" in key.transports:
        return "Passkey of one device"
    return "USB key" if "usb" in key.transports else "Security key"


def _kept(refused: FactorRefused, new: NewKey) -> str:
    """Keep the browser's answer when something else was wrong: the key need not be asked again."""
    return "" if refused.about_new_key else new.response


def _error(ask: Ask, refused: FactorRefused) -> FieldError:
    if refused.name is not None:
        return name_error(refused.name)
    if refused.about_new_key:
        return FieldError(field="new-key", text=KEY_WORDS.get(refused.detail, NOT_PROOF))
    session = session_of(ask)
    if is_recovered(session):
        return FieldError(field="proof", text=words_for(refused, Method.PASSWORD))
    return proof_error(session.account, refused)


def show_list(
    ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = (), answer: str = ""
) -> Response:
    """Give the list of the account's keys, and the form that adds another one."""
    session, factors = session_of(ask), ask.services.factors
    account, keys = session.account, factors.security_keys.of(session.account)
    recovered = is_recovered(session)
    return page(
        ask,
        "keys.html",
        status=status,
        errors=errors,
        notice=notice_of(ask),
        keys=keys,
        kind_of=kind_of,
        is_last=factors.security_keys.changes.is_last(account),
        is_full=len(keys) >= MOST,
        is_barred=factors.security_keys.changes.bar_to_addition(session) is not None,
        is_recovered=recovered,
        proof=Method.PASSWORD if recovered else wanted_proof(account),
        change=ADDITION,
        answer=answer,
        entered=ask.form.get("name", "")[:LONGEST_SHOWN],
        suggested=free_name("Security key", [key.name for key in keys]),
        rp_id=ask.services.new_keys.ceremonies.relying_party.rp_id,
        user_id=to_base64url(user_handle_of(account.id)),
        known=" ".join(to_base64url(key.credential_id) for key in keys),
    )


PAGE = Page(path=PATH, show=show, submit=submit, reach=Reach.FACTOR, form=FORM)
OPTIONS = Page(
    path=f"{PATH}/options", submit=options, reach=Reach.FACTOR, form=FORM, takes_json=True
)

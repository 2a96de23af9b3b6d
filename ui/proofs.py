"""What a page says of a proof that was not accepted; the audit says why."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from gate.core.decision import Reason
from gate.core.subject import Account, Method
from gate.service.fresh_proof import wanted_proof
from ui.answers import FieldError
from ui.words import span


class Refused(Protocol):
    """An outcome that says no: why, and for how long."""

    @property
    def reason(self) -> Reason | None:
        """Why."""
        ...

    @property
    def wait(self) -> timedelta | None:
        """For how long."""
        ...


WRONG = {
    Method.SECURITY_KEY: "Your security key's answer was not accepted. Try again.",
    Method.TOTP: "That code was not accepted.",
    Method.PASSWORD: "That password was not accepted.",
}


def words_for(refused: Refused, method: Method = Method.SECURITY_KEY) -> str:
    """Say that a proof was not accepted, or that none was given."""
    if refused.wait is not None:
        return f"Too many attempts. Try again in {span(refused.wait)}."
    if refused.reason is Reason.NEEDS_SECURITY_KEY:
        return "Your security key has to confirm this, and the browser did not ask for it."
    if refused.reason is Reason.NOT_ENROLLED:
        return "None of your security keys works at this address."
    return WRONG.get(method, WRONG[Method.PASSWORD])


def proof_error(account: Account, refused: Refused, field: str = "proof") -> FieldError:
    """Give the error of the field in which an account proves a change."""
    return FieldError(field=field, text=words_for(refused, wanted_proof(account)))

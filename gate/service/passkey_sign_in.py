"""Sign-in by a passkey alone: a key that verified the person tells the account and proves it.

Nobody has named an account before, so the browser is asked the same whoever is there (T73). What
keeps an account out after a right password keeps it out here as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gate.core.policy import Policy
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method
from gate.factors.webauthn import Purpose
from gate.service.admission import kept_out
from gate.service.audit import Events
from gate.service.given import Unproved
from gate.service.issue import Issuer
from gate.service.key_answers import KeyAnswers, KeyProved, KeyQuestion
from gate.service.sign_in import SignedIn, SignInRefused
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeySignIn:
    """The use case; `form_cookie` is the browser's cookie before sign-in, to which all is bound."""

    policy: Callable[[], Policy]
    keys: KeyAnswers
    issuer: Issuer
    events: Events

    def options(self, form_cookie: Secret, visitor: Visitor) -> Mapping[str, object] | Unproved:
        """Give the options for the browser's `get()`."""
        return self.keys.options(_question(form_cookie), visitor)

    def __call__(
        self,
        *,
        form_cookie: Secret,
        response: str | bytes,
        visitor: Visitor,
        planted: Secret | None = None,
    ) -> SignedIn | SignInRefused:
        """Sign in by a key's answer, or say why not."""
        proved = self.keys.verify(_question(form_cookie), response, visitor)
        if not isinstance(proved, KeyProved):
            return self._refused("", visitor, proved)
        account = proved.account
        now = self.issuer.clock.now()
        if reason := kept_out(self.policy(), account, visitor.client, now):
            return self._refused(account, visitor, Unproved(reason=reason))
        issued = self.issuer.begin(account, proved.proof, visitor, planted=planted)
        name = proved.key.name
        self.events.note("signed_in", visitor, account, method=Method.PASSKEY, key=name)
        device = self.issuer.remember_place(account, visitor)
        return SignedIn(issued=issued, needs_step_up=False, device=device)

    def _refused(
        self, account: Account | str, visitor: Visitor, unproved: Unproved
    ) -> SignInRefused:
        self.events.note(
            "sign_in_refused", visitor, account, method=Method.PASSKEY, **unproved.noted
        )
        return SignInRefused(reason=unproved.reason, wait=unproved.wait)


def _question(form_cookie: Secret) -> KeyQuestion:
    return KeyQuestion(purpose=Purpose.SIGN_IN, bound_to=form_cookie)

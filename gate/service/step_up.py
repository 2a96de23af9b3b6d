"""Step-up: a session proves more, or proves it anew, and gets a new token for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.policy import Policy
from gate.core.proofs import admits
from gate.core.secret_text import Secret
from gate.core.subject import Method, Proof, Session
from gate.factors.webauthn import Purpose
from gate.service.audit import Events
from gate.service.fresh_proof import FreshProof, Unproved, session_binding
from gate.service.issue import Issuer
from gate.service.key_answers import KeyAnswers, KeyProved, KeyQuestion
from gate.service.sessions import Sessions
from gate.service.tokens import IssuedSession
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedUp:
    """The session proved it; `device` is the cookie that makes this browser a known one."""

    issued: IssuedSession
    device: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpRefused:
    """Why not; `wait` is set when trying again makes sense only later."""

    reason: Reason
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """The use case; each method proves the same way and is refused the same way.

    A recovery code is a use case of its own beside it (`RecoveryStepUp`).
    """

    sessions: Sessions
    policy: Callable[[], Policy]
    issuer: Issuer
    fresh_proof: FreshProof
    keys: KeyAnswers
    events: Events

    def code(self, *, token: Secret, code: Secret, visitor: Visitor) -> SteppedUp | StepUpRefused:
        """Prove a code of one of the account's apps."""
        session = self.admitted(token, visitor)
        if isinstance(session, StepUpRefused):
            return session
        unproved = self.fresh_proof.code(session.account.id, code)
        if unproved is not None:
            counted = self.counted(session, unproved)
            return self.refused(session, visitor, counted, Method.TOTP)
        has_key = session.account.has_security_key
        details = {"instead_of_key": True} if has_key else {}
        return self.stepped_up(session, visitor, self.issuer.proof(Method.TOTP), details)

    def password(
        self, *, token: Secret, password: Secret, visitor: Visitor
    ) -> SteppedUp | StepUpRefused:
        """Prove the password once more, where it has to be fresh."""
        session = self.admitted(token, visitor)
        if isinstance(session, StepUpRefused):
            return session
        unproved = self.fresh_proof.password(session, password)
        if unproved is not None:
            return self.refused(session, visitor, unproved, Method.PASSWORD)
        return self.stepped_up(session, visitor, self.issuer.proof(Method.PASSWORD), {})

    def key_options(
        self, *, token: Secret, visitor: Visitor, counting: bool = False
    ) -> Mapping[str, object] | StepUpRefused:
        """Give the options for a key's answer; `counting` where only such keys will do."""
        session = self.admitted(token, visitor)
        if isinstance(session, StepUpRefused):
            return session
        options = self.keys.options(replace(_question(session), counting=counting), visitor)
        if isinstance(options, Unproved):
            return StepUpRefused(reason=options.reason, wait=options.wait)
        return options

    def key(
        self, *, token: Secret, response: str | bytes, visitor: Visitor
    ) -> SteppedUp | StepUpRefused:
        """Prove one of the account's security keys."""
        session = self.admitted(token, visitor)
        if isinstance(session, StepUpRefused):
            return session
        proved = self.keys.verify(_question(session), response, visitor)
        if not isinstance(proved, KeyProved):
            counted = self.counted(session, proved)
            return self.refused(session, visitor, counted, Method.SECURITY_KEY)
        return self.stepped_up(session, visitor, proved.proof, {"key": proved.key.name})

    def admitted(self, token: Secret, visitor: Visitor) -> Session | StepUpRefused:
        """Give the live session of a cookie, of an account that may come from this address."""
        session = self.sessions.current(token, visitor)
        if session is None:
            return StepUpRefused(reason=Reason.SESSION_ENDED)
        now = self.sessions.clock.now()
        if admits(self.policy(), session.account, visitor.client, now):
            return session
        return self.refused(session, visitor, Unproved(reason=Reason.IP_NOT_ALLOWED))

    def stepped_up(
        self, session: Session, visitor: Visitor, proof: Proof, details: Mapping[str, object]
    ) -> SteppedUp | StepUpRefused:
        """Give the session its proof and a new token."""
        issued = self.issuer.rotate(session, proof)
        if issued is None:
            return StepUpRefused(reason=Reason.SESSION_ENDED)
        self.events.note("stepped_up", visitor, session.account, method=proof.method, **details)
        device = self.issuer.remember_place(session.account, visitor)
        return SteppedUp(issued=issued, device=device)

    def counted(self, session: Session, unproved: Unproved) -> Unproved:
        """Count a wrong proof inside a full session, which the fifth ends (G16).

        A session that has only just given its password is bounded by the account's own counter
        for codes, and by the address for keys.
        """
        if all(proof.method is Method.PASSWORD for proof in session.proofs):
            return unproved
        return self.fresh_proof.counted(session, unproved) or unproved

    def refused(
        self, session: Session, visitor: Visitor, unproved: Unproved, method: Method | None = None
    ) -> StepUpRefused:
        """Record a refusal and give it."""
        self.events.note(
            "step_up_refused", visitor, session.account, method=method or "", **unproved.noted
        )
        return StepUpRefused(reason=unproved.reason, wait=unproved.wait)


def _question(session: Session) -> KeyQuestion:
    return KeyQuestion(
        purpose=Purpose.STEP_UP, bound_to=session_binding(session), account=session.account
    )

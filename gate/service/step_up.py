"""Step-up: a session proves a second factor and gets a new token for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.policy import Policy
from gate.core.proofs import admits
from gate.core.secret_text import Secret
from gate.core.subject import Method, Session
from gate.service.audit import Events
from gate.service.fresh_proof import FreshProof, Unproved
from gate.service.issue import Issuer
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
    """The use case; codes are the first method, keys and recovery codes stand beside it later."""

    sessions: Sessions
    policy: Callable[[], Policy]
    issuer: Issuer
    fresh_proof: FreshProof
    events: Events

    def code(self, *, token: Secret, code: Secret, visitor: Visitor) -> SteppedUp | StepUpRefused:
        """Prove a code of one of the account's apps."""
        session = self.sessions.current(token, visitor)
        if session is None:
            return StepUpRefused(reason=Reason.SESSION_ENDED)
        if not admits(self.policy(), session.account, visitor.client):
            return self._refused(session, visitor, Unproved(reason=Reason.IP_NOT_ALLOWED))
        unproved = self.fresh_proof.code(session.account.id, code)
        if unproved is not None:
            return self._refused(session, visitor, self._counted(session, unproved))
        issued = self.issuer.rotate(session, self.issuer.proof(Method.TOTP))
        if issued is None:
            return StepUpRefused(reason=Reason.SESSION_ENDED)
        self.events.note("stepped_up", visitor, session.account, method=Method.TOTP)
        device = self.issuer.remember_place(session.account, visitor)
        return SteppedUp(issued=issued, device=device)

    def _counted(self, session: Session, unproved: Unproved) -> Unproved:
        """Count a wrong code inside a full session, which the fifth ends (G16).

        A session that has only just given its password is bounded by the account's own counter.
        """
        if all(proof.method is Method.PASSWORD for proof in session.proofs):
            return unproved
        return self.fresh_proof.counted(session, unproved) or unproved

    def _refused(self, session: Session, visitor: Visitor, unproved: Unproved) -> StepUpRefused:
        self.events.note("step_up_refused", visitor, session.account, reason=unproved.reason)
        return StepUpRefused(reason=unproved.reason, wait=unproved.wait)

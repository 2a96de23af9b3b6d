"""Step-up by a recovery code, the last way: for whoever has neither key nor phone at hand (G21).

The code is used up at once. It is worth a second factor, never a key and nothing that has to be
fresh; what the session may change with it is for `recovered` to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gate.core.decision import Reason
from gate.core.policy import Policy
from gate.core.proofs import admits
from gate.core.secret_text import Secret
from gate.core.subject import Method, Session
from gate.service.audit import Events
from gate.service.fresh_proof import FreshProof, Unproved
from gate.service.issue import Issuer
from gate.service.recovered import is_recovered
from gate.service.recovery_codes import RecoveryCodes, Redeemed
from gate.service.sessions import Sessions
from gate.service.step_up import SteppedUp, StepUpRefused
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryStepUp:
    """The use case."""

    sessions: Sessions
    policy: Callable[[], Policy]
    issuer: Issuer
    fresh_proof: FreshProof
    codes: RecoveryCodes
    events: Events

    def __call__(
        self, *, token: Secret, code: Secret, visitor: Visitor
    ) -> SteppedUp | StepUpRefused:
        """Prove a recovery code; one that could not help any more is left unused."""
        session = self.sessions.current(token, visitor)
        if session is None:
            return StepUpRefused(reason=Reason.SESSION_ENDED)
        if not admits(self.policy(), session.account, visitor.client):
            return self._refused(session, visitor, Unproved(reason=Reason.IP_NOT_ALLOWED))
        if is_recovered(session):
            return self._refused(session, visitor, Unproved(reason=Reason.NOT_BY_RECOVERY_CODE))
        redeemed = self.codes.redeem(session.account.id, code)
        if isinstance(redeemed, Unproved):
            return self._refused(session, visitor, self._counted(session, redeemed))
        return self._stepped_up(session, redeemed, visitor)

    def _stepped_up(
        self, session: Session, redeemed: Redeemed, visitor: Visitor
    ) -> SteppedUp | StepUpRefused:
        account = session.account
        issued = self.issuer.rotate(session, self.issuer.proof(Method.RECOVERY_CODE))
        if issued is None:
            return StepUpRefused(reason=Reason.SESSION_ENDED)
        self.events.note(
            "recovered", visitor, account, method=Method.RECOVERY_CODE, left=redeemed.left
        )
        return SteppedUp(issued=issued, device=self.issuer.remember_place(account, visitor))

    def _counted(self, session: Session, unproved: Unproved) -> Unproved:
        """Count a wrong code inside a full session, which the fifth ends (G16)."""
        if all(proof.method is Method.PASSWORD for proof in session.proofs):
            return unproved
        return self.fresh_proof.counted(session, unproved) or unproved

    def _refused(self, session: Session, visitor: Visitor, unproved: Unproved) -> StepUpRefused:
        self.events.note("recovery_refused", visitor, session.account, reason=unproved.reason)
        return StepUpRefused(reason=unproved.reason, wait=unproved.wait)

"""Step-up by a recovery code, the last way: for whoever has neither key nor phone at hand (G21).

The code is used up at once. It is worth a second factor, never a key and nothing that has to be
fresh; what the session may change with it is for `recovered` to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.service.fresh_proof import Unproved
from gate.service.recovered import is_recovered
from gate.service.recovery_codes import RecoveryCodes
from gate.service.step_up import SteppedUp, StepUp, StepUpRefused
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryStepUp:
    """The use case; it proves and is refused as `step_up` does it."""

    step_up: StepUp
    codes: RecoveryCodes

    def __call__(
        self, *, token: Secret, code: Secret, visitor: Visitor
    ) -> SteppedUp | StepUpRefused:
        """Prove a recovery code; one that could not help any more is left unused."""
        session = self.step_up.admitted(token, visitor)
        if isinstance(session, StepUpRefused):
            return session
        method = Method.RECOVERY_CODE
        if is_recovered(session):
            barred = Unproved(reason=Reason.NOT_BY_RECOVERY_CODE)
            return self.step_up.refused(session, visitor, barred, method)
        redeemed = self.codes.redeem(session.account.id, code)
        if isinstance(redeemed, Unproved):
            counted = self.step_up.counted(session, redeemed)
            return self.step_up.refused(session, visitor, counted, method)
        proof = self.step_up.issuer.proof(method)
        return self.step_up.stepped_up(session, visitor, proof, {"left": redeemed.left})

"""What a step-up page offers: a key first, a code in its place, and nothing that would not do.

The page behind it is decided about anew, by the policy in force; what stands in the address bar
says only where the person is going. Where the policy asks for a security key nothing else is
offered or taken, and only keys that count are asked (G6).
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.decision import Decision, Deny, Level, Reason, StepUp
from gate.core.host import Host, read_host
from gate.core.policy import Policy
from gate.core.subject import SECOND_METHODS, Session
from gate.service.prospect import Destination, prospect
from ui.ask import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The methods that a step-up page offers; `again` when a second factor was proved before."""

    key: bool
    code: bool
    key_only: bool
    again: bool

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing that the account could prove here."""
        return not self.key and not self.code


def offer_for(ask: Ask, session: Session) -> Offer:
    """Give what a session may prove to open its target."""
    account = session.account
    key_only = _takes_keys_only(_asked_there(ask, session))
    counts = account.key_counts or _counts_by_now(ask, session)
    here = ask.handed.origin == ask.services.public_url  # keys answer nowhere else (G5)
    return Offer(
        key=here and account.has_security_key and (counts or not key_only),
        code=account.has_totp and not key_only,
        key_only=key_only,
        again=any(proof.method in SECOND_METHODS for proof in session.proofs),
    )


def _asked_there(ask: Ask, session: Session) -> Decision | None:
    policy: Policy = ask.services.policy()
    host = read_host((ask.target.host.encode("ascii"),))
    if not isinstance(host, Host):
        return None
    destination = Destination(host=host, target=ask.target.local, client=ask.handed.client)
    return prospect(policy, session, destination, ask.services.clock.now())


def _takes_keys_only(asked: Decision | None) -> bool:
    match asked:
        case StepUp(level=Level.SECURITY_KEY) | Deny(reason=Reason.NEEDS_SECURITY_KEY):
            return True
        case _:
            return False


def _counts_by_now(ask: Ask, session: Session) -> bool:
    counts_from = session.account.key_counts_from
    return counts_from is not None and counts_from <= ask.services.clock.now()

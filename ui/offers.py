"""What a step-up page offers: a key first, a code in its place, and nothing that would not do.

The page behind it is decided about anew, by the policy in force; what stands in the address bar
says only where the person is going. Where the policy asks for a security key nothing else is
offered or taken, and only keys that count are asked (G6).
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.decision import Decision, Deny, Level, Reason, StepUp
from gate.core.host import Host, read_host
from gate.core.proofs import usable_methods
from gate.core.subject import SECOND_METHODS, Method, Session
from gate.service.prospect import Destination, prospect
from ui.ask import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The methods that a step-up page offers; `again` when a second factor was proved before.

    A recovery code may not do for the page (`recovery_serves`), and then leads to the account,
    where a new factor can be added.
    """

    key: bool
    code: bool
    password: bool
    key_only: bool
    again: bool
    recovery_serves: bool

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing that the account could prove here."""
        return not (self.key or self.code or self.password)


def offer_for(ask: Ask, session: Session) -> Offer:
    """Give what a session may prove to open its target."""
    asked = _asked_there(ask, session)
    methods = _methods(asked, session)
    key_only = _takes_keys_only(asked)
    within = asked.within if isinstance(asked, StepUp) else None
    return Offer(
        key=ask.takes_keys and Method.SECURITY_KEY in methods,
        code=Method.TOTP in methods,
        password=Method.PASSWORD in methods,
        key_only=key_only,
        again=any(proof.method in SECOND_METHODS for proof in session.proofs),
        recovery_serves=not key_only and within is None,
    )


def _methods(asked: Decision | None, session: Session) -> tuple[Method, ...]:
    """Give what would bring the session nearer; any second factor where nothing is known."""
    match asked:
        case StepUp():
            return asked.methods
        case Deny(reason=Reason.NEEDS_SECURITY_KEY):
            return ()
        case _:
            return usable_methods(session.account, Level.SECOND_FACTOR)


def _asked_there(ask: Ask, session: Session) -> Decision | None:
    host = read_host((ask.target.host.encode("ascii"),))
    if not isinstance(host, Host):
        return None
    destination = Destination(host=host, target=ask.target.local, client=ask.handed.client)
    return prospect(ask.services.policy(), session, destination, ask.services.clock.now())


def _takes_keys_only(asked: Decision | None) -> bool:
    match asked:
        case StepUp(level=Level.SECURITY_KEY) | Deny(reason=Reason.NEEDS_SECURITY_KEY):
            return True
        case _:
            return False

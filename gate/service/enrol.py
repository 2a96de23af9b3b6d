"""The end of a journey: everything that was set up counts at once, and the link is used (F1, F18).

One transaction takes the link first, so that of any number of posts exactly one succeeds, and then
writes password, factors and recovery codes. A link for a new account or for a reset ends what was
there before; every session ends in any case. The person is signed in by what was proved on the
way: the password, and a code of the new app. Registering a key proves no such thing, so whoever has
a key alone shows it at the first page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from gate.core.decision import Reason
from gate.core.ports import LinkPurpose, SecurityKey, Totp
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method, Proof
from gate.factors import Rejected
from gate.factors.recovery import parse_code
from gate.factors.webauthn import Registered
from gate.service.audit import Events
from gate.service.issue import Issuer
from gate.service.journey import APP_NAME, Journey, Step
from gate.service.journeys import Enrolling, Journeys
from gate.service.new_code_apps import Confirmed
from gate.service.new_keys import Addition, NewKeys
from gate.service.pending_key import PendingKey
from gate.service.tokens import IssuedSession, new_id
from gate.service.visitor import Visitor

ENDS_WHAT_WAS: Final = frozenset({LinkPurpose.NEW, LinkPurpose.RESET})
ADDED_WITH: Final = (Method.PASSWORD,)  # and with the link itself, which vouches for a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """All of it counts; with a `device` the session is a full one."""

    issued: IssuedSession
    device: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEnrolled:
    """Why nothing of it counts."""

    reason: Reason


class _LinkGone(Exception):  # noqa: N818 - it takes a transaction back and never leaves this file
    """Somebody was faster, or the link ended a moment ago."""


class _KeyTaken(Exception):  # noqa: N818 - the same
    """Another account got the key meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """Shows recovery codes, and ends the journey."""

    journeys: Journeys
    issuer: Issuer
    events: Events
    new_keys: NewKeys

    def codes(self, enrolling: Enrolling) -> tuple[Secret, ...]:
        """Give the recovery codes of the journey, the same however often they are shown."""
        journey = enrolling.journey
        if not journey.codes_shown:
            self.journeys.keep(enrolling, replace(journey, codes_shown=True))
        return journey.codes

    def finish(
        self,
        enrolling: Enrolling,
        visitor: Visitor,
        *,
        typed: Secret | None = None,
        planted: Secret | None = None,
    ) -> Enrolled | NotEnrolled:
        """Make all of it count, or nothing.

        A recovery code that was `typed` shows that they are kept, and is spent. `planted` is the
        session's cookie that came along, which ends.
        """
        journey = enrolling.journey
        if journey.open_step is not Step.RECOVERY_CODES:
            return NotEnrolled(reason=Reason.NEEDS_SECOND_FACTOR)
        if not journey.codes_shown and not enrolling.keeps_codes:
            return NotEnrolled(reason=Reason.WRONG_CODE)
        hashes = _left(journey, typed)
        if hashes is None:
            return NotEnrolled(reason=Reason.WRONG_CODE)
        try:
            with self.journeys.store.together():
                account = self._put(enrolling, hashes)
                issued = self._session(account, enrolling, visitor, planted)
        except _LinkGone:
            return NotEnrolled(reason=self.journeys.links.why_dead(journey.link))
        except _KeyTaken:
            self.journeys.keep(enrolling, replace(journey, keys=()))
            return NotEnrolled(reason=Reason.WRONG_KEY)
        return self._told(enrolling, account, issued, visitor)

    def _put(self, enrolling: Enrolling, hashes: tuple[str, ...]) -> Account:
        """Write all of it, the link first; inside one transaction."""
        store, journey = self.journeys.store, enrolling.journey
        if self.journeys.links.take(journey.link) is None:
            raise _LinkGone
        if journey.purpose in ENDS_WHAT_WAS:
            store.accounts.reset_factors(journey.account)
        store.sessions.end_all(journey.account)
        now = self.journeys.clock.now()
        if journey.password is not None:
            store.accounts.set_password_hash(journey.account, journey.password, now)
        if journey.app is not None:
            self._put_app(journey, journey.app)
        for pending in journey.keys:
            self._put_key(enrolling.account, pending)
        if journey.codes_shown:
            store.recovery_codes.replace(journey.account, hashes, now)
        account = store.accounts.by_id(journey.account)
        if account is None:
            raise _LinkGone
        return account

    def _put_app(self, journey: Journey, app: Confirmed) -> None:
        accounts = self.journeys.store.accounts
        taken = {each.name for each in accounts.totps(journey.account)}
        numbered = (f"{APP_NAME} {number}" for number in range(2, len(taken) + 3))
        accounts.add_totp(
            Totp(
                id=new_id(),
                account=journey.account,
                name=next(name for name in (APP_NAME, *numbered) if name not in taken),
                secret=app.seed,
                last_step=app.step,
                added_at=self.journeys.clock.now(),
                added_with=ADDED_WITH,
            )
        )

    def _put_key(self, account: Account, pending: PendingKey) -> None:
        """Store a key; one that was added by a link counts at once (G6)."""
        addition = Addition(name=pending.name, proved=ADDED_WITH, vouched=True)
        kept = self.new_keys.keep(account, Registered(key=pending.key), addition)
        if not isinstance(kept, SecurityKey):
            raise _KeyTaken

    def _session(
        self, account: Account, enrolling: Enrolling, visitor: Visitor, planted: Secret | None
    ) -> IssuedSession:
        """Begin the session by what was proved on the way, dated by when it was (G18)."""
        journey, now = enrolling.journey, self.journeys.clock.now()
        proof = Proof(method=Method.PASSWORD, at=journey.password_at or now)
        issued = self.issuer.begin(account, proof, visitor, planted=planted)
        if journey.app_at is None:
            return issued
        rotated = self.issuer.rotate(issued.session, Proof(method=Method.TOTP, at=journey.app_at))
        return rotated or issued

    def _told(
        self, enrolling: Enrolling, account: Account, issued: IssuedSession, visitor: Visitor
    ) -> Enrolled:
        """Remember what happened, once it has."""
        journey = enrolling.journey
        self.journeys.links.note_used(journey.link)
        self.journeys.forget(enrolling.held)
        self.events.note("enrolled", visitor, account, purpose=journey.purpose)
        if journey.app is None:
            return Enrolled(issued=issued)
        return Enrolled(issued=issued, device=self.issuer.remember_place(account, visitor))


def _left(journey: Journey, typed: Secret | None) -> tuple[str, ...] | None:
    """Give the hashes of the codes without the one that was typed; None when it is none of them."""
    if typed is None:
        return journey.code_hashes
    code = parse_code(typed.reveal())
    pairs = zip(journey.codes, journey.code_hashes, strict=True)
    left = tuple(kept for shown, kept in pairs if parse_code(shown.reveal()) != code)
    spent = len(journey.codes) - len(left)
    return None if isinstance(code, Rejected) or not spent else left

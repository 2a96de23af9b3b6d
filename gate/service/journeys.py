"""The way through a one-time link: opened, gone on with, and given up when anything is in doubt.

Looking at a link consumes nothing. The browser gets a cookie of its own instead of the link's
token, so that whoever else holds the link never sees what this browser has set up (T64). Each step
looks again whether the link is good, whether the account is admitted from here, and whether this
is the browser that made the link, in which it can't be used (G25).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.core.decision import Reason
from gate.core.policy import Policy
from gate.core.ports import Clock, Link, LinkHash, LinkPurpose, Store
from gate.core.proofs import admits
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState, Session
from gate.service import journey as journeys
from gate.service.first_sign_in import FirstSignIn
from gate.service.journey import Journey
from gate.service.links import Links, link_hash
from gate.service.recovery_codes import RecoveryCodes
from gate.service.tokens import new_token, token_hash
from gate.service.visitor import Visitor

KIND: Final = "enrolment"
PAUSE: Final = timedelta(hours=1)  # how long a journey is kept after its last step


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyRefused:
    """Why the journey can't begin or go on."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """Who stands at a step: the browser's cookie, its session if it has one, and from where."""

    held: Secret | None
    session: Session | None
    visitor: Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolling:
    """A journey on its way, and the account that it is for.

    `chooses_password`: a new one; otherwise the account's own is asked for. `keeps_codes`: the
    account's recovery codes stay, so that no new ones are needed.
    """

    held: Secret
    link: Link
    account: Account
    journey: Journey
    chooses_password: bool
    keeps_codes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Journeys:
    """Opens links and keeps what was set up."""

    store: Store
    clock: Clock
    policy: Callable[[], Policy]
    links: Links
    first_sign_in: FirstSignIn
    recovery_codes: RecoveryCodes

    def open(self, token: Secret, traveller: Traveller) -> Secret | JourneyRefused:
        """Give the cookie of a new journey by a link.

        A cookie that came along is left alone: somebody else may have planted it, and would see
        what is set up under it (T64). Whoever is on the way goes on without the link.
        """
        link = self._good(link_hash(token), traveller)
        if isinstance(link, JourneyRefused):
            return link
        return self._begun(link)

    def begin(self, account: Account, visitor: Visitor) -> Secret | None:
        """Give the cookie of a journey that a right password begins; None where it may not.

        It has a link like any other, whose token nobody gets, and so comes to its end once.
        """
        if not self.first_sign_in.allows(account, visitor.client):
            return None
        made = self.links.make(account, LinkPurpose.ADD, lasts=PAUSE)
        return self._begun(made.link, by_password=True)

    def current(self, traveller: Traveller) -> Enrolling | JourneyRefused:
        """Give the journey of a browser."""
        held = traveller.held
        journey = self._kept(held) if held is not None else None
        if held is None or journey is None:
            return JourneyRefused(reason=Reason.NEEDS_LINK)
        link = self._good(journey.link, traveller)
        if isinstance(link, JourneyRefused):
            return link
        account = self.store.accounts.by_id(link.account)
        if account is None:
            return JourneyRefused(reason=Reason.LINK_VOID)
        here = traveller.visitor.client
        if journey.by_password and not self.first_sign_in.allows(account, here):
            return JourneyRefused(reason=Reason.NOT_ENROLLED)
        return Enrolling(
            held=held,
            link=link,
            account=account,
            journey=journey,
            chooses_password=self._chooses_password(link),
            keeps_codes=self._keeps_codes(link),
        )

    def keep(self, enrolling: Enrolling, journey: Journey) -> None:
        """Keep what was set up for another while."""
        self._keep(enrolling.held, enrolling.link, journey)

    def forget(self, held: Secret) -> None:
        """Forget a journey that came to its end."""
        self.store.one_time.take(KIND, token_hash(held), self.clock.now())

    def _begun(self, link: Link, *, by_password: bool = False) -> Secret:
        """Begin a journey, under a cookie that nobody has yet."""
        held, drawn = new_token(), self.recovery_codes.draw()
        begun = Journey(
            link=link.hash,
            account=link.account,
            purpose=link.purpose,
            password_at=self.clock.now() if by_password else None,
            by_password=by_password,
            codes=drawn.codes,
            code_hashes=drawn.hashes,
        )
        self._keep(held, link, begun)
        return held

    def _good(self, wanted: LinkHash, traveller: Traveller) -> Link | JourneyRefused:
        """Give a link that may be used here and now."""
        link = self.links.peek(wanted)
        account = None if link is None else self.store.accounts.by_id(link.account)
        if link is None or account is None or account.state is not AccountState.ENABLED:
            return JourneyRefused(reason=self.links.why_dead(wanted))
        if not admits(self.policy(), account, traveller.visitor.client, self.clock.now()):
            return JourneyRefused(reason=Reason.IP_NOT_ALLOWED)
        if link.issuer and traveller.session is not None and traveller.session.id == link.issuer:
            return JourneyRefused(reason=Reason.LINK_NOT_HERE)
        return link

    def _chooses_password(self, link: Link) -> bool:
        if link.purpose is LinkPurpose.NEW:
            return True
        return self.store.accounts.password_hash(link.account) is None

    def _keeps_codes(self, link: Link) -> bool:
        return link.purpose is LinkPurpose.ADD and self.store.recovery_codes.left(link.account) > 0

    def _kept(self, held: Secret) -> Journey | None:
        text = self.store.one_time.peek(KIND, token_hash(held), self.clock.now())
        return None if text is None else journeys.read(text)

    def _keep(self, held: Secret, link: Link, journey: Journey) -> None:
        expires = min(link.expires, self.clock.now() + PAUSE)
        self.store.one_time.put(KIND, token_hash(held), journeys.written(journey), expires)

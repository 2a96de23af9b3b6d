"""A tried allowlist is kept, taken back, or ends by itself (G15).

Keeping shows that the person still gets in: it comes from an address of the list that is tried, by
the browser that began the trial or with fresh proof. Only then do the browsers outside it end. What
nobody keeps is over at its end, whether or not any process runs then to write it down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.policy import Policy
from gate.core.ports import Store
from gate.core.proofs import admits
from gate.core.subject import Session, Trial
from gate.service.audit import Events
from gate.service.fresh_proof import Change, FreshProof, Given, Unproved
from gate.service.network_review import NetworkReviews
from gate.service.recovered import bar_to_change
from gate.service.restrict import written
from gate.service.sessions import Sessions
from gate.service.visitor import Visitor

KEEP = "networks-keep"
BACK = "networks-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The list counts for good; `ended` browsers outside it are signed out."""

    ended: int


class TakenBack:
    """The list that was kept before counts again."""


class TrialOver:
    """It ended by itself, was decided elsewhere, or an operator has changed the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRefused:
    """Why the trial goes on as it was."""

    reason: Reason
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkTrials:
    """The use cases around a trial that runs."""

    store: Store
    policy: Callable[[], Policy]
    sessions: Sessions
    fresh_proof: FreshProof
    events: Events

    def running(self, session: Session) -> Trial | None:
        """Give the trial of a session's account."""
        return session.account.trial_at(self.sessions.clock.now())

    def suspended(self, session: Session, trial: Trial, visitor: Visitor) -> tuple[Session, ...]:
        """Give the browsers that a trial keeps out, and that end when it is kept."""
        reviews = NetworkReviews(policy=self.policy, sessions=self.sessions)
        return reviews.outside(session.account, trial.networks, visitor, session.family)

    def keep(
        self, *, session: Session, trial: str, proof: Given, visitor: Visitor
    ) -> Kept | TrialOver | TrialRefused:
        """Make the list that is tried the kept one, and end the browsers outside it."""
        running = self._allowed(session, trial, proof, visitor, KEEP)
        if not isinstance(running, Trial):
            return running
        account, ends = session.account, self.suspended(session, running, visitor)
        with self.store.together():
            if self.store.sessions.find(session.hash) is None:  # somebody ended it meanwhile
                return self._refused(session, Unproved(reason=Reason.SESSION_ENDED), visitor)
            if not self.store.accounts.keep_trial(account.id, trial, self.sessions.clock.now()):
                return TrialOver()
            ended = sum(self.store.sessions.end_by_id(account.id, other.id) for other in ends)
        networks = written(running.networks)
        self.events.note("networks_changed", visitor, account, networks=networks, ended=ended)
        return Kept(ended=ended)

    def take_back(
        self, *, session: Session, trial: str, proof: Given, visitor: Visitor
    ) -> TakenBack | TrialOver | TrialRefused:
        """End a trial before its end."""
        running = self._allowed(session, trial, proof, visitor, BACK)
        if not isinstance(running, Trial):
            return running
        with self.store.together():
            if self.store.sessions.find(session.hash) is None:
                return self._refused(session, Unproved(reason=Reason.SESSION_ENDED), visitor)
            if not self.store.accounts.end_trial(session.account.id, trial):
                return TrialOver()
        self.events.note("networks_taken_back", visitor, session.account)
        return TakenBack()

    def end_overdue(self) -> None:
        """Write down which trials are over; decisions have not counted them since their end."""
        for account in self.store.accounts.end_trials(self.sessions.clock.now()):
            self.events.note_by_itself("networks_rolled_back", account.name)

    def _allowed(
        self, session: Session, trial: str, proof: Given, visitor: Visitor, change: str
    ) -> Trial | TrialOver | TrialRefused:
        running = self.running(session)
        if running is None or running.id != trial:
            return TrialOver()
        unproved = self._unproved(session, running, proof, visitor, change)
        return running if unproved is None else self._refused(session, unproved, visitor)

    def _refused(self, session: Session, why: Unproved, visitor: Visitor) -> TrialRefused:
        self.events.note("networks_refused", visitor, session.account, **why.noted)
        return TrialRefused(reason=why.reason, wait=why.wait)

    def _unproved(
        self, session: Session, running: Trial, proof: Given, visitor: Visitor, change: str
    ) -> Unproved | None:
        now = self.sessions.clock.now()
        if not admits(self.policy(), session.account, visitor.client, now):
            return Unproved(reason=Reason.IP_NOT_ALLOWED)
        if bar := bar_to_change(session):
            return Unproved(reason=bar)
        if session.family == running.session:
            return None
        bound = Change(name=change, parameters={"trial": running.id})
        return self.fresh_proof.strongest(session, proof, bound, visitor)

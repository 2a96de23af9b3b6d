"""The person's own address allowlist: review what was typed, and try it with proof (G15).

The own list only ever narrows what the policy leaves. It counts at once, for the time of a trial,
and unless it is kept the list before it counts again. A list that does not cover the address the
person comes from needs an explicit confirmation. An empty one only widens and needs no trial.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.core.decision import Reason
from gate.core.network import Allowlist
from gate.core.policy import Policy
from gate.core.ports import Store
from gate.core.subject import Account, Session, SessionId, Trial
from gate.service.audit import Events
from gate.service.fresh_proof import Change, FreshProof, Given, Unproved
from gate.service.network_review import NetworkReviews, Review
from gate.service.recovered import bar_to_change
from gate.service.sessions import Sessions
from gate.service.tokens import new_id
from gate.service.visitor import Visitor

TRIAL_TIME: Final = timedelta(minutes=5)  # UX 1.7 item 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The list counts: until the end of its `trial`, or without one for good."""

    networks: Allowlist | None
    trial: Trial | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRefused:
    """Why not: a line is wrong, the own address is not covered, or the proof was not accepted."""

    review: Review
    reason: Reason | None = None
    wait: timedelta | None = None
    needs_confirmation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrict:
    """The use case of the address page."""

    store: Store
    policy: Callable[[], Policy]
    sessions: Sessions
    fresh_proof: FreshProof
    events: Events

    def review(
        self, account: Account, text: str, visitor: Visitor, here: SessionId | None = None
    ) -> Review:
        """Say what a typed list means, line by line, without saving it."""
        reviews = NetworkReviews(policy=self.policy, sessions=self.sessions)
        return reviews.of(account, text, visitor, here)

    def save(
        self, *, session: Session, text: str, proof: Given, visitor: Visitor, confirmed: bool
    ) -> Saved | SaveRefused:
        """Begin the trial of a list; an empty one takes the restriction off at once."""
        account = session.account
        review = self.review(account, text, visitor, session.family)
        if review.has_errors:
            return SaveRefused(review=review)
        if not review.covers_visitor and not confirmed:
            return SaveRefused(review=review, needs_confirmation=True)
        unproved = self._unproved(session, proof, text, visitor)
        if unproved is not None:
            return self._refused(account, review, unproved, visitor)
        trial = self._trial_of(session, review.networks)
        with self.store.together():
            if self.store.sessions.find(session.hash) is None:  # somebody ended it meanwhile
                gone = Unproved(reason=Reason.SESSION_ENDED)
                return self._refused(account, review, gone, visitor)
            if trial is None:
                self.store.accounts.set_networks(account.id, None)
            else:
                self.store.accounts.try_networks(account.id, trial)
        kind = "networks_changed" if trial is None else "networks_tried"
        self.events.note(kind, visitor, account, networks=written(review.networks))
        return Saved(networks=review.networks, trial=trial)

    def _trial_of(self, session: Session, networks: Allowlist | None) -> Trial | None:
        if networks is None:
            return None
        until = self.sessions.clock.now() + TRIAL_TIME
        return Trial(id=new_id(), networks=networks, until=until, session=session.family)

    def _refused(
        self, account: Account, review: Review, why: Unproved, visitor: Visitor
    ) -> SaveRefused:
        self.events.note("networks_refused", visitor, account, **why.noted)
        return SaveRefused(review=review, reason=why.reason, wait=why.wait)

    def _unproved(
        self, session: Session, proof: Given, text: str, visitor: Visitor
    ) -> Unproved | None:
        if bar := bar_to_change(session):
            return Unproved(reason=bar)
        return self.fresh_proof.strongest(session, proof, change_of(text), visitor)


def change_of(text: str) -> Change:
    """Give the change that a list would be, as a key's answer is bound to it."""
    return Change(name="networks", parameters={"networks": text})


def written(networks: Allowlist | None) -> list[str]:
    """Give a list for the history; none is empty."""
    return [str(network) for network in networks.networks] if networks else []

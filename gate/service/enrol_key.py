"""The part of a journey about security keys: asked of the browser, verified, and kept for the end.

Keys that this journey has registered are not offered again. Those that the account has already are
not either, unless the journey is going to end them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from gate.core.ports import Full, LinkPurpose, SecurityKey
from gate.core.secret_text import Secret
from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import Key, key_of
from gate.service.audit import Events
from gate.service.factor_names import LONGEST, readable
from gate.service.journeys import Enrolling, Journeys
from gate.service.new_keys import NewKeys
from gate.service.pending_key import PendingKey
from gate.service.throttle import Throttle
from gate.service.visitor import Visitor

MOST: Final = 5  # keys that one journey registers
USUAL_NAME: Final = "Security key"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolKey:
    """Takes security keys on a journey."""

    journeys: Journeys
    new_keys: NewKeys
    throttle: Throttle
    events: Events

    def options(self, enrolling: Enrolling, visitor: Visitor) -> Mapping[str, object] | Full:
        """Give the options for the browser's `create()`; questions are counted by address."""
        reserved = self.throttle.key_options(visitor.client)
        if isinstance(reserved, Full):
            return reserved
        return self.new_keys.begin(
            enrolling.held, enrolling.account, excluded=self._excluded(enrolling)
        )

    def take(
        self, enrolling: Enrolling, response: Secret, name: str, visitor: Visitor
    ) -> Rejected | None:
        """Take the browser's answer; None when the key is part of the journey."""
        pending = enrolling.journey.keys
        registered = self.new_keys.verify(enrolling.held, response.reveal())
        if isinstance(registered, Rejected):
            self.events.note(
                "enrolment_refused", visitor, enrolling.account, reason=registered.reason
            )
            return registered
        known = {each.key.credential_id for each in pending}
        if registered.key.credential_id in known or len(pending) >= MOST:
            return Rejected(reason=FactorReason.ALREADY_REGISTERED)
        named = PendingKey(name=self.free_name(enrolling, name), key=registered.key)
        self.journeys.keep(enrolling, replace(enrolling.journey, keys=(*pending, named)))
        return None

    def free_name(self, enrolling: Enrolling, wanted: str = "") -> str:
        """Give a name that can be read and that no other key of the account will have."""
        name = readable(wanted) or USUAL_NAME
        taken = {each.name.casefold() for each in enrolling.journey.keys}
        if enrolling.journey.purpose is LinkPurpose.ADD:
            taken |= {key.name.casefold() for key in self._own(enrolling)}
        numbers = (f"{name[: LONGEST - 3]} {number}" for number in range(2, len(taken) + 3))
        return next(each for each in (name, *numbers) if each.casefold() not in taken)

    def _excluded(self, enrolling: Enrolling) -> tuple[Key, ...]:
        pending = tuple(each.key for each in enrolling.journey.keys)
        if enrolling.journey.purpose is not LinkPurpose.ADD:
            return pending
        return (*map(key_of, self._own(enrolling)), *pending)

    def _own(self, enrolling: Enrolling) -> tuple[SecurityKey, ...]:
        return tuple(self.journeys.store.keys.of_account(enrolling.account.id))

"""Composes what asks security keys and adds new ones, for the origin of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gate.core.ports import Clock, Store
from gate.service.audit import Events
from gate.service.ceremonies import Ceremonies
from gate.service.key_answers import KeyAnswers
from gate.service.new_keys import NewKeys
from gate.service.relying_party import relying_party
from gate.service.throttle import Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """What answers of keys are verified with, and new keys added."""

    answers: KeyAnswers
    new: NewKeys


def key_use(
    store: Store, clock: Clock, events: Events, *, public_url: str, new_key_wait: timedelta
) -> KeyUse:
    """Give both over one store of ceremonies."""
    ceremonies = Ceremonies(store=store, clock=clock, relying_party=relying_party(public_url))
    answers = KeyAnswers(
        store=store,
        clock=clock,
        ceremonies=ceremonies,
        throttle=Throttle(attempts=store.attempts, clock=clock),
        events=events,
    )
    new = NewKeys(store=store, clock=clock, ceremonies=ceremonies, wait=new_key_wait)
    return KeyUse(answers=answers, new=new)

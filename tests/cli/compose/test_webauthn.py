"""What asks keys and what adds them share their ceremonies, and belong to the pages' origin."""

from __future__ import annotations

from datetime import timedelta

from gate.cli.compose.webauthn import key_use
from gate.service.audit import Audit, Events
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from tests.support.store_values import NOON


def test_g5_keys_belong_to_the_pages_origin() -> None:
    store, clock = MemoryStore(), AdjustableClock(NOON)
    events = Events(audit=Audit(store.audit), clock=clock)
    use = key_use(
        store, clock, events, public_url="http://localhost:8080", new_key_wait=timedelta()
    )
    assert use.answers.ceremonies == use.new.ceremonies
    assert use.new.ceremonies.relying_party.origins == ("http://localhost:8080",)
    assert use.new.wait == timedelta()

"""What several use cases share is one and the same thing for all of them."""

from __future__ import annotations

from gate.cli.compose.shared import Place, shared
from gate.config.settings import Settings
from gate.service.audit import Audit
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from tests.support.policies import SITE, policy_of
from tests.support.store_values import NOON


def test_guesses_are_counted_once_over_all_pages_and_keys_belong_to_their_origin() -> None:
    store, clock = MemoryStore(), AdjustableClock(NOON)
    policy = policy_of(SITE)
    place = Place(policy=lambda: policy, public_url="http://localhost:8080")
    tools = shared(store, clock, Audit(store.audit), Settings(), place)
    assert tools.proof.throttle is tools.throttle
    assert tools.proof.hashing is tools.hashing
    assert tools.proof.keys is tools.keys.answers
    assert tools.keys.new.ceremonies.relying_party.rp_id == "localhost"
    assert tools.keys.new.wait == Settings().new_key_wait

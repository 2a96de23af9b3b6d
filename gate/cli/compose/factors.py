"""Composes the use cases by which people look after their factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from gate.config.secret import DerivedKeys
from gate.core.policy import Policy
from gate.core.ports import Clock, Store
from gate.service.audit import Events
from gate.service.code_apps import CodeApps
from gate.service.factor_changes import FactorChanges
from gate.service.fresh_proof import FreshProof
from gate.service.issue import Issuer
from gate.service.new_code_apps import NewCodeApps
from gate.service.new_keys import NewKeys
from gate.service.recovery_codes import RecoveryCodes
from gate.service.recovery_set import RecoverySet
from gate.service.recovery_step_up import RecoveryStepUp
from gate.service.security_keys import SecurityKeys
from gate.service.step_up import StepUp
from ui.services import Factors


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorParts:
    """What these use cases are made of."""

    store: Store
    clock: Clock
    policy: Callable[[], Policy]
    events: Events
    issuer: Issuer
    fresh_proof: FreshProof
    new_keys: NewKeys
    step_up: StepUp


def factors(parts: FactorParts, *, public_url: str, recovery_keys: tuple[bytes, ...]) -> Factors:
    """Give all of them; the keys are those of recovery codes, the current one first."""
    store, clock, events = parts.store, parts.clock, parts.events
    throttle = parts.fresh_proof.throttle
    changes = FactorChanges(
        store=store,
        policy=parts.policy,
        issuer=parts.issuer,
        fresh_proof=parts.fresh_proof,
    )
    new = NewCodeApps(
        store=store, clock=clock, throttle=throttle, issuer=urlsplit(public_url).hostname or "Gate"
    )
    codes = RecoveryCodes(store=store, clock=clock, throttle=throttle, keys=recovery_keys)
    return Factors(
        new_code_apps=new,
        code_apps=CodeApps(store=store, clock=clock, changes=changes, new=new, events=events),
        security_keys=SecurityKeys(store=store, changes=changes, new=parts.new_keys, events=events),
        recovery_codes=codes,
        recovery_set=RecoverySet(store=store, codes=codes, changes=changes, events=events),
        recovery_step_up=RecoveryStepUp(step_up=parts.step_up, codes=codes),
    )


def keys_tried(keys: DerivedKeys) -> tuple[bytes, ...]:
    """Give the keys of one purpose, the current one first."""
    older = [key for key_id, key in keys.by_id.items() if key_id != keys.current_id]
    return (keys.current, *older)

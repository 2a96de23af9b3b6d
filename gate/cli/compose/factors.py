"""Composes the use cases by which people look after their factors."""

from __future__ import annotations

from gate.cli.compose.shared import Tools
from gate.service.code_apps import CodeApps
from gate.service.factor_changes import FactorChanges
from gate.service.new_code_apps import NewCodeApps
from gate.service.recovery_codes import RecoveryCodes
from gate.service.recovery_set import RecoverySet
from gate.service.recovery_step_up import RecoveryStepUp
from gate.service.security_keys import SecurityKeys
from gate.service.step_up import StepUp
from ui.services import Factors


def factors(tools: Tools, step_up: StepUp) -> Factors:
    """Give all of them."""
    store, events = tools.ground.store, tools.events
    changes = FactorChanges(
        store=store, policy=tools.ground.policy, issuer=tools.issuer, fresh_proof=tools.proof
    )
    new, codes = new_code_apps(tools), recovery_codes(tools)
    return Factors(
        new_code_apps=new,
        code_apps=CodeApps(
            store=store, clock=tools.ground.clock, changes=changes, new=new, events=events
        ),
        security_keys=SecurityKeys(store=store, changes=changes, new=tools.keys.new, events=events),
        recovery_codes=codes,
        recovery_set=RecoverySet(store=store, codes=codes, changes=changes, events=events),
        recovery_step_up=RecoveryStepUp(step_up=step_up, codes=codes),
    )


def new_code_apps(tools: Tools) -> NewCodeApps:
    """Give what sets a code app up, on the account page and by a link."""
    ground = tools.ground
    return NewCodeApps(
        store=ground.store, clock=ground.clock, throttle=tools.throttle, issuer=ground.host
    )


def recovery_codes(tools: Tools) -> RecoveryCodes:
    """Give what draws and redeems recovery codes."""
    ground = tools.ground
    return RecoveryCodes(
        store=ground.store,
        clock=ground.clock,
        throttle=tools.throttle,
        keys=ground.recovery_keys,
    )

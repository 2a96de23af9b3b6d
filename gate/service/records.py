"""Decision records: what was decided, from which inputs, by which rule (the audit, and replay)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from gate.core.access import Access
from gate.core.decision import Decision, Permit, StepUp, outcome
from gate.core.front_door import Refusal, WireRequest
from gate.core.handoff import PREFIX
from gate.core.ports import AuditRecord
from gate.core.secret_text import MASK

LONGEST_PATH: Final = 2048  # characters of a path that are kept, DESIGN "Store"
LONGEST_WORD: Final = 128

_LINK: Final = re.compile(rf"({re.escape(PREFIX)}/*enrol/+).+", re.IGNORECASE | re.DOTALL)


def decision_record(access: Access, decision: Decision, request: str, version: int) -> AuditRecord:
    """Give the record of a decision with the inputs that it was made from."""
    session = access.session
    return AuditRecord(
        at=access.now,
        kind="decision",
        request=request,
        site=access.site.name,
        account=session.account.name if session else "",
        client=str(access.client),
        outcome=outcome(decision),
        reason=decision.reason.value,
        rule=decision.rule.name if decision.rule else "",
        method=access.method,
        path=_kept_path(access.target.path),
        version=version,
        details=_details(access, decision),
    )


def repeats_record(first: AuditRecord, repeats: int, now: datetime) -> AuditRecord:
    """Give the record that counts a permit's repeats; it names the first one's request."""
    return replace(first, at=now, kind="repeats", repeats=repeats)


def refusal_record(refusal: Refusal, wire: WireRequest, request: str, now: datetime) -> AuditRecord:
    """Give the record of a request that was not clean; what it said is kept as text."""
    return AuditRecord(
        at=now,
        kind="refusal",
        request=request,
        client=str(wire.peer),
        outcome="deny",
        reason=refusal.reason.value,
        method=wire.method[:LONGEST_WORD].decode("latin-1"),
        path=_kept_path(wire.target.partition(b"?")[0].decode("latin-1")),
        details={"status": refusal.status, "detail": refusal.detail},
    )


def _kept_path(path: str) -> str:
    """Give what is kept of a path; the token of a link is not (G20)."""
    return _LINK.sub(lambda link: link[1] + MASK, path[:LONGEST_PATH])


def _details(access: Access, decision: Decision) -> Mapping[str, object]:
    details: dict[str, object] = {}
    if decision.rule is not None:
        details["at"] = str(decision.rule.at)
    if access.session is not None:
        details["proofs"] = {
            proof.method.value: int((access.now - proof.at).total_seconds())
            for proof in access.session.proofs
        }
    if decision.reports:
        details["reports"] = [
            {"rule": report.rule.name, "would": report.would} for report in decision.reports
        ]
    if isinstance(decision, StepUp):
        details["level"] = decision.level.value
    if isinstance(decision, Permit) and decision.observed is not None:
        details["observed"] = {
            "outcome": outcome(decision.observed),
            "reason": decision.observed.reason.value,
        }
    return details

"""Decision records: what was decided, from which inputs, by which rule (the audit, and replay).

Of the query and the headers only that is kept which some rule of the site reads; what is long, or
called like a secret, as a keyed hash by which equal values can be told and nothing else.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from gate.core.access import Access
from gate.core.decision import Decision, Permit, StepUp
from gate.core.front_door import Refusal, WireRequest
from gate.core.handoff import PREFIX
from gate.core.policy import Policy
from gate.core.ports import AuditRecord
from gate.core.secret_text import MASK, Secret
from gate.service.enforcer_parts import InForce

LONGEST_PATH: Final = 2048  # bytes of a path that are kept, DESIGN "Store"
LONGEST_WORD: Final = 128  # characters of a method that are kept
LONGEST_VALUE: Final = 128  # characters of a value that are kept as they are
HASH_DIGITS: Final = 32  # 128 bits
SECRET_WORDS: Final = (  # in the name of a value that is kept as a hash
    *("auth", "code", "cred", "jwt", "key", "otp", "pass"),
    *("pin", "referer", "secret", "session", "sig", "token"),
)

_LINK: Final = re.compile(rf"({re.escape(PREFIX)}/*enrol/+).+", re.IGNORECASE | re.DOTALL)
_MANGLED_LINK: Final = re.compile(  # as mail programs and scanners spell it; refused as unclean
    r"(enrol(?:[/\\.;]|%2e|%2f|%5c|%25)+).+", re.IGNORECASE | re.DOTALL
)


def decision_record(
    access: Access, decision: Decision, request: str, in_force: InForce, key: Secret
) -> AuditRecord:
    """Give the record of a decision with the inputs that it was made from; `key` hashes some."""
    session = access.session
    return AuditRecord(
        at=access.now,
        kind="decision",
        request=request,
        site=access.site.name,
        account=session.account.name if session else "",
        client=str(access.client),
        outcome=decision.outcome,
        reason=decision.reason.value,
        rule=decision.rule.name if decision.rule else "",
        method=access.method,
        path=_kept_path(access.target.path),
        version=in_force.number,
        details={**_details(access, decision), **_inputs(access, in_force.policy, key)},
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
        method=_text(wire.method[:LONGEST_WORD]),
        path=_kept_path(_without_link(_text(wire.target.partition(b"?")[0]))),
        details={"status": refusal.status, "detail": refusal.detail},
    )


def _kept_path(path: str) -> str:
    """Give what is kept of a path; the token of a link is not (G20)."""
    kept = path.encode("utf-8", "surrogatepass")[:LONGEST_PATH].decode("utf-8", "ignore")
    return _LINK.sub(lambda link: link[1] + MASK, kept)


def _text(raw: bytes) -> str:
    """Give what was sent as text; PostgreSQL takes no NUL, and would refuse the whole batch."""
    return raw.decode("latin-1").replace("\0", "\N{SYMBOL FOR NULL}")


def _without_link(raw: str) -> str:
    """Mask the token of a link in a path that was refused, whatever stands before it."""
    return _MANGLED_LINK.sub(lambda link: link[1] + MASK, raw)


def _inputs(access: Access, policy: Policy, key: Secret) -> Mapping[str, object]:
    """Give the inputs that have no column of their own; what there is none of is left out."""
    inputs: dict[str, object] = {}
    if access.session is not None:
        inputs["groups"] = list(policy.groups_of(access.session.account.name))
    if access.query:
        inputs["query"] = {name: _kept(name, value, key) for name, value in access.query.items()}
    if access.read:
        inputs["headers"] = {name: _kept(name, value, key) for name, value in access.read.items()}
    return inputs


def _kept(name: str, value: str | None, key: Secret) -> object:
    """Give what is kept of a value; None says that the request had none."""
    folded = name.casefold()
    is_secret = any(word in folded for word in SECRET_WORDS)
    if value is None or not (is_secret or len(value) > LONGEST_VALUE):
        return value
    said = f"{name}\0{value}".encode("utf-8", "surrogatepass")
    digest = hmac.digest(key.reveal().encode(), said, "sha256")
    return {"hash": digest.hex()[:HASH_DIGITS]}


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
            "outcome": decision.observed.outcome,
            "reason": decision.observed.reason.value,
        }
    return details

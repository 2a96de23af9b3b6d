"""Protocols for the outside world: what services ask of a clock and of a store.

Two promises hold for every store. A write that a decision depends on raises `epoch` in the same
transaction (G2). A one-time thing is consumed by one conditional statement that says whether this
call was the one. Every method may raise `StoreError`; callers deny then.
"""

from __future__ import annotations

from gate.core.ports.accounts import Accounts, EmailTaken, NameTaken, Totp
from gate.core.ports.audit import (
    RECORD_TEXTS,
    REQUEST_KINDS,
    AuditFilter,
    AuditLog,
    AuditRecord,
    Chain,
    ChainPlace,
)
from gate.core.ports.clock import Clock
from gate.core.ports.keys import CredentialTaken, Keys, SecurityKey
from gate.core.ports.links import Link, LinkHash, LinkPurpose, Links
from gate.core.ports.once import Attempts, Full, Limit, OneTime, Reserved
from gate.core.ports.policies import HeldPolicy, Policies, PolicyText, PolicyVersion
from gate.core.ports.recovery import RecoveryCodes
from gate.core.ports.sessions import FamiliarPlace, Sessions
from gate.core.ports.store import Store

__all__ = [
    "RECORD_TEXTS",
    "REQUEST_KINDS",
    "Accounts",
    "Attempts",
    "AuditFilter",
    "AuditLog",
    "AuditRecord",
    "Chain",
    "ChainPlace",
    "Clock",
    "CredentialTaken",
    "EmailTaken",
    "FamiliarPlace",
    "Full",
    "HeldPolicy",
    "Keys",
    "Limit",
    "Link",
    "LinkHash",
    "LinkPurpose",
    "Links",
    "NameTaken",
    "OneTime",
    "Policies",
    "PolicyText",
    "PolicyVersion",
    "RecoveryCodes",
    "Reserved",
    "SecurityKey",
    "Sessions",
    "Store",
    "Totp",
]

"""Accounts, sessions and code apps with made-up values, for tests that need something to keep."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Final

from gate.core.network import Allowlist, parse_allowlist
from gate.core.ports import Chain, Link, LinkHash, LinkPurpose, SecurityKey, Totp
from gate.core.secret_text import Secret
from gate.core.subject import (
    Account,
    AccountId,
    Method,
    Parent,
    Proof,
    Session,
    SessionHash,
    SessionId,
    SessionLimits,
)

NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
SEED: Final = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def some_account(name: str = "alice", *, email: str | None = None) -> Account:
    """Give an account whose id follows from its name."""
    return Account(id=AccountId(f"id-of-{name}"), name=name, display_name=name.title(), email=email)


def hash_of(token: str) -> SessionHash:
    """Give the hash under which a session with that token is kept."""
    return SessionHash(hashlib.sha256(token.encode()).hexdigest())


def some_session(account: Account, token: str = "token", *, at: datetime = NOON) -> Session:
    """Give a session that a password and a code began."""
    proofs = (
        Proof(method=Method.PASSWORD, at=at),
        Proof(method=Method.TOTP, at=at + timedelta(microseconds=1)),
    )
    return Session(
        hash=hash_of(token),
        id=SessionId(f"id-of-{token}"),
        account=account,
        host="wiki.example.com",
        proofs=proofs,
        created_at=at,
        last_seen=at,
        limits=SessionLimits(),
        address=IPv4Address("192.0.2.7"),
        browser="Firefox on Linux",
    )


def some_child(parent: Session, token: str, *, host: str = "shop.example.com") -> Session:
    """Give a session on another host of the browser that has the parent."""
    return replace(
        parent,
        hash=hash_of(token),
        id=SessionId(f"id-of-{token}"),
        host=host,
        parent=Parent(id=parent.id, hash=parent.hash),
    )


def some_totp(account: Account, totp: str = "phone") -> Totp:
    """Give a code app that has accepted no step yet."""
    return Totp(
        id=totp,
        account=account.id,
        name=f"the {totp}",
        secret=SEED,
        last_step=0,
        added_at=NOON,
        added_with=(Method.PASSWORD,),
    )


def some_key(
    account: Account,
    key: str = "yubi",
    *,
    sign_count: int = 0,
    counts_from: datetime | None = None,
) -> SecurityKey:
    """Give a key whose credential follows from its id."""
    return SecurityKey(
        id=key,
        account=account.id,
        name=f"the {key}",
        credential_id=hashlib.sha256(key.encode()).digest(),
        public_key=b"\xa5\x01\x02\x03\x26",
        algorithm=-7,
        sign_count=sign_count,
        rp_id="wiki.example.com",
        origins=("https://wiki.example.com",),
        added_at=NOON,
        added_with=(Method.PASSWORD, Method.TOTP),
        transports=("usb", "nfc"),
        aaguid=bytes(range(16)),
        counts_from=counts_from,
    )


def some_link(account: Account, token: str = "link", *, lives: timedelta = DAY) -> Link:
    """Give a link for new factors, made at noon."""
    return Link(
        hash=LinkHash(hash_of(token)),
        account=account.id,
        purpose=LinkPurpose.ADD,
        factor_version=account.factor_version,
        expires=NOON + lives,
        issuer="id-of-session",
    )


def some_chain(number: int, chain: str = "boot") -> Chain:
    """Give the beginning of a chain of audit records."""
    return Chain(
        number=number, id=chain, process="pages", key_id="k1", began_at=NOON, code=f"code {number}"
    )


def allowlist(text: str) -> Allowlist:
    """Give the allowlist that a text writes."""
    parsed = parse_allowlist(text)
    assert isinstance(parsed, Allowlist)
    return parsed

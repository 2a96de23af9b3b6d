"""A small wiki's policy, and people who ask for its pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from gate.core.decide import decide
from gate.core.decision import (
    Decision,
    Level,
    Obligation,
)
from gate.core.rules import Denied, Public
from gate.core.subject import Account, Method, Proof, Session
from tests.support.decisions import (
    NOW,
    access,
    account,
    policy,
    required,
    rule,
    session,
    site,
)

MINUTE: Final = timedelta(minutes=1)
PRIVATE: Final = frozenset(Obligation)
SECOND, ANY_KEY = Level.SECOND_FACTOR, Level.SECURITY_KEY
PASSWORD, TOTP, KEY = Method.PASSWORD, Method.TOTP, Method.SECURITY_KEY
ALICE = account("alice", has_totp=True, has_security_key=True)
BOB = account("bob", has_totp=True)
END: Final = NOW + 59 * MINUTE  # of a session seen a minute ago

# The policy of the documentation.
STATIC = rule(
    "static files", {"path": ["/static/**", "/favicon.ico"], "method": ["GET", "HEAD"]}, Public()
)
ADMINISTRATION = rule(
    "administration",
    {"path": "/admin/**", "group": "admins", "network": "office"},
    required(ANY_KEY, 15 * MINUTE),
)
NOT_FOR_OTHERS = rule(
    "no administration for others",
    {"path": "/admin/**"},
    Denied(text="administration is for admins in the office"),
)
STAFF = rule("staff", {"group": "staff"}, required(SECOND))
WIKI = site(STATIC, ADMINISTRATION, NOT_FOR_OTHERS, STAFF)
POLICY = policy(WIKI)
OPEN = rule("open", "any", Public())


def ask(path: str, who: Session | None = None, **more: Any) -> Decision:
    return decide(POLICY, access(WIKI, path, who=who, **more))


def proved(of: Account, *methods: Method) -> Session:
    return session(of, *methods)


def aged(of: Account, minutes: int) -> Session:
    return session(of, Proof(method=PASSWORD, at=NOW), Proof(method=KEY, at=NOW - minutes * MINUTE))

"""An enforcer over the shipped memory store, with people, a policy and a clock in the test's hand.

Nothing is patched: a policy is published as an operator does it, a session is begun in the store,
and a request is the bytes that a plane would hand over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc.jwk import ECKey

from gate.core.client_address import NOBODY
from gate.core.decision import Reason
from gate.core.front_door import FrontDoor, WireRequest
from gate.core.headers import Headers, values
from gate.core.network import Allowlist
from gate.core.ports import AuditFilter, AuditRecord, Store
from gate.core.secret_text import Secret
from gate.core.subject import (
    Account,
    AccountId,
    Method,
    Proof,
    Session,
    SessionId,
    SessionLimits,
)
from gate.service.activity import Activity
from gate.service.answer import Answer, Forward, Respond, ToPages
from gate.service.assertion import Assertions
from gate.service.audit import Audit
from gate.service.enforce import Enforcer
from gate.service.enforcer_parts import EnforcerParts, EnforceSettings
from gate.service.identity import Identity
from gate.service.lifetimes import Lifetimes, LimitsInForce
from gate.service.policies import PolicyKeeper, Published
from gate.service.responses import REQUEST_MARK, Responses, StaticPages
from gate.service.tokens import token_hash
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from tests.support.decisions import address, allowlist
from tests.support.policies import policy_text
from tests.support.store_values import some_totp

NOON: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
HOST: Final = "wiki.example.com"
HOME: Final = "203.0.113.9"
ABROAD: Final = "198.51.100.4"
COOKIE: Final = b"__Host-gate"
FORM_COOKIE: Final = b"__Host-gate-form"
WORKER_SECRET: Final = Secret("the secret of this worker")
RECORD_KEY: Final = Secret("the key that hashes what is recorded")
BOTH: Final = (Method.PASSWORD, Method.TOTP)
KEY: Final = ECKey.import_key({**ECKey.generate_key("P-256").as_dict(private=True), "kid": "k1"})
STATIC: Final = StaticPages(
    by_reason={Reason.RULE_DENIES: b"<p>denied " + REQUEST_MARK},
    otherwise=b"<p>refused " + REQUEST_MARK,
    content_security_policy=b"default-src 'none'; frame-ancestors 'none'",
)
NAVIGATION: Final = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))
FETCH: Final = (("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"))
SOCKET: Final = (
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Origin", f"https://{HOST}"),
)

FORGED = (
    ("Remote-User", "root"),
    ("REMOTE_USER", "root"),
    ("Remote-Groups", "admins"),
    ("X-Gate-Assertion", "forged"),
    ("X-Gate-Handoff", "forged"),
    ("X-Gate-Client", "10.0.0.1"),
    ("x-gate-refusal", "forged"),
    ("X_Gate_Site", "forged"),
    ("X-Forwarded-For", "10.0.0.1"),
    ("X-Forwarded-Host", "evil.test"),
    ("Forwarded", "for=10.0.0.1"),
)
POLICY: Final = """\
groups:
  staff: [alice, bob]
  admins: [alice]
admins: {group: admins}
sites:
  wiki:
    hosts: [wiki.example.com]
    upstream: http://127.0.0.1:8000
    rules:
      - {name: front page, when: {path: /}, then: public}
      - {name: guest book, when: {path: /guests/**}, then: {public: true, identity: optional}}
      - {name: closed, when: {path: /closed/**}, then: {deny: This is closed.}}
      - {name: fresh, when: {path: /fresh/**}, then: {require: second_factor, within: 10m}}
      - name: robots
        when: {path: /feed/**, header: {X-Robot: "yes"}}
        then: {deny: no robots}
      - {name: staff, when: {group: staff}, then: {require: second_factor}}
  shop:
    hosts: [shop.example.com]
    upstream: http://127.0.0.1:8001
    rules:
      - {name: anybody, when: any, then: {require: signed_in}}
"""


@dataclass
class Gate:
    """One process of the data plane without its plane."""

    policy: str = POLICY
    store: Store = field(default_factory=MemoryStore)
    clock: AdjustableClock = field(default_factory=lambda: AdjustableClock(NOON))
    audit_required: bool = False
    pages_host: str | None = None
    ends_tls: bool = False
    trusted_proxies: Allowlist = NOBODY
    limits: SessionLimits = field(default_factory=SessionLimits)
    admin_limits: SessionLimits = field(default_factory=SessionLimits)

    def __post_init__(self) -> None:
        self.kept = self.store  # what a test sets up, even when `store` is replaced by a broken one
        self.keeper = PolicyKeeper(store=self.store, clock=self.clock)
        self.publish(self.policy)
        self.rebuild()

    def rebuild(self) -> None:
        """Start the process again, over whatever `store` is now."""
        self.audit = Audit(self.store.audit, required=self.audit_required)
        self.activity = Activity(self.store.sessions)
        door = FrontDoor(
            trusted_proxies=self.trusted_proxies,
            ports=frozenset({443}),
            own_cookies=frozenset({COOKIE, FORM_COOKIE}),
            pages_host=self.pages_host,
        )
        parts = EnforcerParts(
            store=self.store,
            clock=self.clock,
            keeper=PolicyKeeper(store=self.store, clock=self.clock),
            audit=self.audit,
            activity=self.activity,
            lifetimes=Lifetimes(self.store.sessions, self.clock, self.limits_in_force()),
            identity=Identity(assertions=Assertions(issuer=f"https://{HOST}", key=KEY)),
            responses=Responses(static=STATIC, hsts=self.ends_tls),
        )
        settings = EnforceSettings(
            door=door,
            scheme="https",
            port=443,
            session_cookie=COOKIE,
            secret=WORKER_SECRET,
            record_key=RECORD_KEY,
            ends_tls=self.ends_tls,
        )
        self.enforcer = Enforcer(parts, settings)

    def limits_in_force(self) -> LimitsInForce:
        """Give the limits of this installation."""
        return LimitsInForce(
            policy=self.keeper.policy,
            limits=self.limits,
            admin_limits=self.admin_limits,
        )

    def publish(self, text: str) -> int:
        """Put a policy in force."""
        published = self.keeper.publish(policy_text(text), author="test", message="test")
        assert isinstance(published, Published), published
        return published.number

    # --- people ------------------------------------------------------------------------------

    def add(self, name: str = "alice", *, networks: tuple[str, ...] = (), **more: Any) -> Account:
        """Let somebody move in who has a code app."""
        account = Account(
            id=AccountId(f"id-of-{name}"),
            name=name,
            networks=allowlist(*networks) if networks else None,
            **more,
        )
        self.kept.accounts.add(account)
        self.kept.accounts.add_totp(some_totp(account, f"phone-of-{name}"))
        return account

    def sign_in(
        self,
        account: Account,
        *methods: Method,
        token: str = "",
        host: str = HOST,
        ages: dict[Method, timedelta] | None = None,
    ) -> str:
        """Begin a session in the store and give its token."""
        token = token or f"token-of-{account.name}"
        now, age = self.clock.now(), ages or {}
        proofs = tuple(Proof(method=each, at=now - age.get(each, timedelta())) for each in methods)
        self.kept.sessions.begin(
            Session(
                hash=token_hash(Secret(token)),
                id=SessionId(f"session-{token}"),
                account=account,
                host=host,
                proofs=proofs,
                created_at=now,
                last_seen=now,
                limits=self.limits,
                address=address(HOME),
            )
        )
        return token

    def signed_in(self, name: str = "alice", **more: Any) -> str:
        """Let somebody move in and prove both factors; give the session's token."""
        return self.sign_in(self.add(name, **more), *BOTH)

    # --- requests ----------------------------------------------------------------------------

    def ask(
        self,
        path: str = "/",
        token: str | None = None,
        *more: tuple[str, str],
        method: str = "GET",
        host: str = HOST,
        peer: str = HOME,
    ) -> Answer:
        """Give the answer to a request."""
        return self.enforcer.answer(wire(path, token, *more, method=method, host=host, peer=peer))

    def records(self, kind: str = "decision") -> list[AuditRecord]:
        """Give the records of one kind, newest first."""
        if not self.audit_required:
            self.audit.stop()
        return list(self.kept.audit.search(AuditFilter(kind=kind, most=1000)))


def wire(
    path: str = "/",
    token: str | None = None,
    *more: tuple[str, str],
    method: str = "GET",
    host: str = HOST,
    peer: str = HOME,
) -> WireRequest:
    """Give a request as a plane received it."""
    headers = [("Host", host), *more]
    if token is not None:
        headers.append(("Cookie", f"{COOKIE.decode()}={token}"))
    return WireRequest(
        method=method.encode(),
        target=path.encode("latin-1"),
        version=b"HTTP/1.1",
        headers=tuple((name.encode(), value.encode("latin-1")) for name, value in headers),
        peer=address(peer),
        port=443,
    )


def forwarded(answer: Answer) -> Forward:
    """Give the answer as a forward; anything else fails the test."""
    assert isinstance(answer, Forward), answer
    return answer


def responded(answer: Answer) -> Respond:
    """Give the answer as a response of the gate's own."""
    assert isinstance(answer, Respond), answer
    return answer


def handed(answer: Answer) -> ToPages:
    """Give the answer as a hand-off to the pages."""
    assert isinstance(answer, ToPages), answer
    return answer


def sent(headers: Headers, name: str) -> list[str]:
    """Give every value of a header."""
    return [value.decode("latin-1") for value in values(headers, name.lower().encode())]


def outcome(answer: Answer) -> tuple[str, int]:
    """Give the kind of an answer and its status, 0 where another process gives it."""
    return type(answer).__name__, answer.status if isinstance(answer, Respond) else 0

"""The use cases of an installation over one store, with people who have passwords and code apps.

Passwords are hashed by a profile that costs nothing; the clock stands until it is moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from gate.cli.compose.services import Front, services
from gate.cli.compose.shared import Ground, shared
from gate.core.network import Allowlist
from gate.core.policy import Policy
from gate.core.ports import AuditFilter, AuditRecord, Store, Totp
from gate.core.secret_text import Secret
from gate.core.subject import (
    ADMIN_LIMITS,
    Account,
    AccountId,
    Method,
    Session,
    SessionHash,
    SessionLimits,
)
from gate.factors import password as password_factor, totp as totp_factor
from gate.service.accounts import Accounts
from gate.service.audit import Audit
from gate.service.hashing import HashQueue
from gate.service.lifetimes import LimitsInForce
from gate.service.sign_in import BeginsEnrolment, SignedIn, SignInRefused
from gate.service.step_up import SteppedUp
from gate.service.tokens import IssuedSession
from gate.service.visitor import Visitor
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from tests.support.decisions import address, allowlist
from tests.support.enforcing import POLICY
from tests.support.policies import policy_of
from tests.support.store_values import NOON, SEED

PASSWORD: Final = Secret("correct horse battery staple")
WRONG: Final = Secret("wrong horse battery staple")
WRONG_CODE: Final = Secret("000000")
PROFILE: Final = password_factor.UNSAFE_CHEAP
HOST: Final = "wiki.example.com"
HOME: Final = "203.0.113.9"
ABROAD: Final = "198.51.100.4"
RECOVERY_KEY: Final = b"r" * 32
NEW_KEY_WAIT: Final = timedelta(hours=24)
FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class House:
    """The use cases, composed as the pages process and the command line compose them."""

    store: Store = field(default_factory=MemoryStore)
    clock: AdjustableClock = field(default_factory=lambda: AdjustableClock(NOON))
    policy: Policy = field(default_factory=lambda: policy_of(POLICY))
    hashing: HashQueue = field(default_factory=HashQueue)
    first_sign_in_from: Allowlist = field(default_factory=Allowlist)

    def __post_init__(self) -> None:
        self.tools = shared(
            Ground(
                store=self.store,
                clock=self.clock,
                audit=Audit(self.store.audit, required=True),
                policy=self.in_force,
                limits=LimitsInForce(
                    policy=self.in_force, limits=SessionLimits(), admin_limits=ADMIN_LIMITS
                ),
                public_url=f"https://{HOST}",
                new_key_wait=NEW_KEY_WAIT,
                recovery_keys=(RECOVERY_KEY,),
                first_sign_in_from=self.first_sign_in_from,
                profile=PROFILE,
                hashing=self.hashing,
            )
        )
        self.events, self.throttle = self.tools.events, self.tools.throttle
        self.sessions, self.issuer = self.tools.sessions, self.tools.issuer
        self.keys, self.fresh_proof = self.tools.keys, self.tools.proof
        self.accounts = Accounts(
            store=self.store,
            clock=self.clock,
            profile=PROFILE,
            throttle=self.throttle,
            events=self.events,
        )
        called = services(self.tools, Front(csrf_key=b"", handoff_secrets=()))
        self.sign_in, self.passkey_sign_in = called.sign_in, called.passkey_sign_in
        self.step_up, self.passwords = called.step_up, called.passwords
        self.restrict, self.network_trials = called.restrict, called.network_trials
        self.factors, self.journeys = called.factors, called.enrolment.journeys
        self.tickets = called.tickets

    def in_force(self) -> Policy:
        """Give the policy as it is now."""
        return self.policy

    # --- people ------------------------------------------------------------------------------

    def add(self, name: str = "alice", *, networks: str = "", has_app: bool = True) -> Account:
        """Let somebody move in, with a password and, usually, a code app."""
        account = Account(
            id=AccountId(f"id-of-{name}"),
            name=name,
            networks=allowlist(*networks.split()) if networks else None,
        )
        self.store.accounts.add(account)
        encoded = Secret(password_factor.hash_password(PASSWORD, PROFILE))
        self.store.accounts.set_password_hash(account.id, encoded, self.clock.now())
        if has_app:
            self.add_app(account)
        return self.as_kept(account)

    def add_app(self, account: Account, name: str = "phone", seed: Secret = SEED) -> None:
        """Give somebody a code app."""
        self.store.accounts.add_totp(
            Totp(
                id=f"{name}-of-{account.name}",
                account=account.id,
                name=name,
                secret=seed,
                last_step=0,
                added_at=self.clock.now() - timedelta(days=1),
            )
        )

    def as_kept(self, account: Account) -> Account:
        """Give an account as the store has it now."""
        kept = self.store.accounts.by_id(account.id)
        assert kept is not None
        return kept

    def code(self) -> Secret:
        """Give the code that everybody's phone shows now."""
        return Secret(totp_factor.code_at(SEED, self.clock.now()))

    def next_code(self) -> Secret:
        """Wait for the next code and give it."""
        self.clock.advance(totp_factor.STEP)
        return self.code()

    # --- what people do ----------------------------------------------------------------------

    def enter(
        self,
        name: str = "alice",
        password: Secret = PASSWORD,
        *,
        visitor: Visitor | None = None,
        planted: Secret | None = None,
    ) -> SignedIn | BeginsEnrolment | SignInRefused:
        """Give name and password."""
        return self.sign_in(name=name, password=password, visitor=visitor or at(), planted=planted)

    def entered(self, name: str = "alice", *, visitor: Visitor | None = None) -> IssuedSession:
        """Give name and password, which are right."""
        signed_in = self.enter(name, visitor=visitor)
        assert isinstance(signed_in, SignedIn), signed_in
        return signed_in.issued

    def full(self, name: str = "alice", *, visitor: Visitor | None = None) -> SteppedUp:
        """Prove both factors."""
        issued = self.entered(name, visitor=visitor)
        stepped = self.step_up.code(
            token=issued.token, code=self.next_code(), visitor=visitor or at()
        )
        assert isinstance(stepped, SteppedUp), stepped
        return stepped

    def session(self, name: str = "alice", *, visitor: Visitor | None = None) -> Session:
        """Give the session of somebody who proved both factors."""
        return self.full(name, visitor=visitor).issued.session

    def is_live(self, session: SessionHash) -> bool:
        """Say whether a session is still there."""
        return self.store.sessions.find(session) is not None

    def found(self, session: Session) -> Session:
        """Give a session with its account as a request finds them now."""
        kept = self.store.sessions.find(session.hash)
        assert kept is not None
        return kept

    def methods(self, session: SessionHash) -> set[Method]:
        """Give what a session proved."""
        kept = self.store.sessions.find(session)
        return {proof.method for proof in kept.proofs} if kept else set()

    def records(self, kind: str | None = None) -> list[AuditRecord]:
        """Give the events of a kind, newest first."""
        return list(self.store.audit.search(AuditFilter(kind=kind, most=1000)))


def at(client: str = HOME, *, host: str = HOST, device: Secret | None = None) -> Visitor:
    """Give somebody who stands at a page."""
    return Visitor(
        client=address(client),
        host=host,
        scheme="https",
        site="wiki",
        request="request-1",
        browser=FIREFOX,
        device=device,
    )

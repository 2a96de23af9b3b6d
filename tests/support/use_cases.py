"""The use cases of an installation over one store, with people who have passwords and code apps.

Passwords are hashed by a profile that costs nothing; the clock stands until it is moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from gate.cli.compose.factors import FactorParts, factors
from gate.cli.compose.webauthn import key_use
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
from gate.service.audit import Audit, Events
from gate.service.first_sign_in import FirstSignIn
from gate.service.fresh_proof import FreshProof
from gate.service.hashing import HashQueue
from gate.service.issue import Issuer
from gate.service.journeys import Journeys
from gate.service.lifetimes import Lifetimes, LimitsInForce
from gate.service.links import Links
from gate.service.network_trials import NetworkTrials
from gate.service.passkey_sign_in import PasskeySignIn
from gate.service.passwords import Passwords
from gate.service.recovery_codes import RecoveryCodes
from gate.service.restrict import Restrict
from gate.service.sessions import Sessions
from gate.service.sign_in import BeginsEnrolment, SignedIn, SignIn, SignInRefused
from gate.service.step_up import SteppedUp, StepUp
from gate.service.throttle import Throttle
from gate.service.tickets import Tickets
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
        store, clock = self.store, self.clock
        self.events = Events(audit=Audit(store.audit, required=True), clock=clock)
        self.throttle = Throttle(attempts=store.attempts, clock=clock)
        limits = LimitsInForce(
            policy=self.in_force, limits=SessionLimits(), admin_limits=ADMIN_LIMITS
        )
        lifetimes = Lifetimes(store.sessions, clock, limits)
        self.sessions = Sessions(store=store, clock=clock, events=self.events, lifetimes=lifetimes)
        self.issuer = Issuer(store=store, clock=clock, limits=limits)
        self.keys = key_use(
            store, clock, self.events, public_url=f"https://{HOST}", new_key_wait=NEW_KEY_WAIT
        )
        self.fresh_proof = FreshProof(
            store=store,
            clock=clock,
            throttle=self.throttle,
            hashing=self.hashing,
            profile=PROFILE,
            keys=self.keys.answers,
        )
        self.accounts = Accounts(
            store=store, clock=clock, profile=PROFILE, throttle=self.throttle, events=self.events
        )
        self.journeys = Journeys(
            store=store,
            clock=clock,
            policy=self.in_force,
            links=Links(store=store, clock=clock),
            first_sign_in=FirstSignIn(
                store=store,
                clock=clock,
                policy=self.in_force,
                networks=self.first_sign_in_from,
            ),
            recovery_codes=RecoveryCodes(
                store=store, clock=clock, throttle=self.throttle, keys=(RECOVERY_KEY,)
            ),
        )
        self.sign_in = SignIn(
            store=store,
            policy=self.in_force,
            issuer=self.issuer,
            throttle=self.throttle,
            hashing=self.hashing,
            profile=PROFILE,
            events=self.events,
            journeys=self.journeys,
        )
        self.step_up = StepUp(
            sessions=self.sessions,
            policy=self.in_force,
            issuer=self.issuer,
            fresh_proof=self.fresh_proof,
            keys=self.keys.answers,
            events=self.events,
        )
        self.passkey_sign_in = PasskeySignIn(
            policy=self.in_force,
            keys=self.keys.answers,
            issuer=self.issuer,
            events=self.events,
        )
        self.passwords = Passwords(
            store=store,
            clock=clock,
            issuer=self.issuer,
            fresh_proof=self.fresh_proof,
            hashing=self.hashing,
            profile=PROFILE,
            events=self.events,
        )
        self.tickets = Tickets(sessions=self.sessions, policy=self.in_force, issuer=self.issuer)
        self.restrict = Restrict(
            store=store,
            policy=self.in_force,
            sessions=self.sessions,
            fresh_proof=self.fresh_proof,
            events=self.events,
        )
        self.network_trials = NetworkTrials(
            store=store,
            policy=self.in_force,
            sessions=self.sessions,
            fresh_proof=self.fresh_proof,
            events=self.events,
        )

        self.factors = factors(
            FactorParts(
                store=store,
                clock=clock,
                policy=self.in_force,
                events=self.events,
                issuer=self.issuer,
                fresh_proof=self.fresh_proof,
                new_keys=self.keys.new,
                step_up=self.step_up,
            ),
            public_url=f"https://{HOST}",
            recovery_keys=(RECOVERY_KEY,),
        )

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

"""A pages application with people in it, for the tests of the pages.

Nothing is patched: the store is the one in memory, the clock stands until it is moved, passwords
are hashed by a profile that costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from gate.cli.compose.services import Front, services
from gate.cli.compose.shared import Ground, shared
from gate.core.located import Location
from gate.core.network import Allowlist, parse_allowlist
from gate.core.policy import AccountEntry, Policy
from gate.core.ports import AuditFilter, AuditRecord, Store, Totp
from gate.core.secret_text import Secret
from gate.core.site import Site, Upstream
from gate.core.subject import Account, AccountId, SessionLimits
from gate.factors import password, totp
from gate.service.audit import Audit
from gate.service.lifetimes import LimitsInForce
from gate.service.links import Links
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from ui.app import build_app

NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSWORD: Final = "correct horse battery staple"
SEED: Final = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
HANDOFF: Final = Secret("the secret of worker one")
PROFILE: Final = password.UNSAFE_CHEAP
RECOVERY_KEY: Final = b"r" * 32
AT: Final = Location(file="test.yaml", line=1, column=1)


def allowlist(text: str) -> Allowlist:
    """Give the list of a text that is right."""
    parsed = parse_allowlist(text)
    if not isinstance(parsed, Allowlist):
        raise TypeError(parsed)
    return parsed


def site(name: str, *hosts: str) -> Site:
    """Give a site without rules; the pages don't look at them."""
    upstream = Upstream(scheme="http", host="127.0.0.1", port=1)
    return Site(name=name, at=AT, hosts=hosts, upstream=upstream, rules=())


def policy_of(*entries: AccountEntry) -> Policy:
    """Give a policy with two sites."""
    sites = [site("wiki", "wiki.example.com"), site("shop", "shop.example.com", "127.0.0.1:8443")]
    return Policy(
        sites={each.name: each for each in sites},
        accounts={entry.name: entry for entry in entries},
    )


@dataclass
class House:
    """An installation: its store, its clock and its pages."""

    public_url: str = "https://wiki.example.com"
    policy: Policy = field(default_factory=policy_of)
    store: Store = field(default_factory=MemoryStore)
    clock: AdjustableClock = field(default_factory=lambda: AdjustableClock(NOON))
    contact: str = "the help desk, help@example.com"
    first_sign_in_from: Allowlist = field(default_factory=Allowlist)

    def __post_init__(self) -> None:
        self.audit = Audit(self.store.audit, required=True)
        self.links = Links(store=self.store, clock=self.clock)
        usual = SessionLimits()
        ground = Ground(
            store=self.store,
            clock=self.clock,
            audit=self.audit,
            policy=self.in_force,
            limits=LimitsInForce(policy=self.in_force, limits=usual, admin_limits=usual),
            public_url=self.public_url,
            new_key_wait=timedelta(hours=24),
            recovery_keys=(RECOVERY_KEY,),
            first_sign_in_from=self.first_sign_in_from,
            profile=PROFILE,
        )
        front = Front(
            csrf_key=b"k" * 32,
            handoff_secrets=(Secret("the secret of worker two"), HANDOFF),
            contact=self.contact,
        )
        self.services = services(shared(ground), front)
        self.app = build_app(self.services)

    def in_force(self) -> Policy:
        """Give the policy as it is now."""
        return self.policy

    def history(self, account: Account) -> list[AuditRecord]:
        """Give an account's events, newest first."""
        return list(self.store.audit.search(AuditFilter(account=account.name, most=20)))

    def add(self, name: str, *, networks: str = "", has_app: bool = True) -> Account:
        """Let somebody move in, with a password and, usually, a code app."""
        account = Account(
            id=AccountId(f"id-of-{name}"),
            name=name,
            display_name=name.title(),
            networks=allowlist(networks) if networks else None,
        )
        self.store.accounts.add(account)
        encoded = Secret(password.hash_password(Secret(PASSWORD), PROFILE))
        self.store.accounts.set_password_hash(account.id, encoded, self.clock.now())
        if has_app:
            app = Totp(
                id=f"app-of-{name}",
                account=account.id,
                name="phone",
                secret=SEED,
                last_step=0,
                added_at=self.clock.now() - timedelta(days=1),
            )
            self.store.accounts.add_totp(app)
        return account

    def code(self) -> str:
        """Give the code that everybody's phone shows now."""
        return totp.code_at(SEED, self.clock.now())

    def next_code(self) -> str:
        """Wait for the next code and give it."""
        self.clock.advance(totp.STEP)
        return self.code()

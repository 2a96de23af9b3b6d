"""A pages application with people in it, and a browser in front of it, for the tests of the pages.

Nothing is patched: the store is the one in memory, the clock stands until it is moved, passwords
are hashed by a profile that costs nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Final
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from gate.cli.compose.enrolment import EnrolmentParts
from gate.cli.compose.factors import FactorParts, factors
from gate.cli.compose.own_account import OwnAccountParts
from gate.cli.compose.webauthn import key_use
from gate.core import handoff
from gate.core.located import Location
from gate.core.network import Allowlist, parse_allowlist
from gate.core.policy import AccountEntry, Policy
from gate.core.ports import AuditFilter, AuditRecord, Store, Totp
from gate.core.secret_text import Secret
from gate.core.site import Site, Upstream
from gate.core.subject import Account, AccountId, SessionLimits
from gate.factors import password, totp
from gate.service.audit import Audit, Events
from gate.service.fresh_proof import FreshProof
from gate.service.hashing import HashQueue
from gate.service.issue import Issuer
from gate.service.lifetimes import Lifetimes, LimitsInForce
from gate.service.links import Links
from gate.service.network_trials import NetworkTrials
from gate.service.passkey_sign_in import PasskeySignIn
from gate.service.passwords import Passwords
from gate.service.restrict import Restrict
from gate.service.sessions import Sessions
from gate.service.sign_in import SignIn
from gate.service.step_up import StepUp
from gate.service.throttle import Throttle
from gate.service.tickets import Tickets
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from ui.app import build_app
from ui.services import Services

NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSWORD: Final = "correct horse battery staple"
SEED: Final = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
HANDOFF: Final = Secret("the secret of worker one")
HERE: Final = "203.0.113.9"
FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PROFILE: Final = password.UNSAFE_CHEAP
RECOVERY_KEY: Final = b"r" * 32
AT: Final = Location(file="test.yaml", line=1, column=1)
NAVIGATION: Final = {
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "accept": "text/html",
    "user-agent": FIREFOX,
}


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
        self.services = self._services()
        self.app = build_app(self.services)

    def _services(self) -> Services:
        store, clock, profile = self.store, self.clock, PROFILE
        events, hashing = Events(audit=self.audit, clock=clock), HashQueue()
        throttle = Throttle(attempts=store.attempts, clock=clock)
        usual = SessionLimits()
        limits = LimitsInForce(policy=self.in_force, limits=usual, admin_limits=usual)
        lifetimes = Lifetimes(store.sessions, clock, limits)
        sessions = Sessions(store=store, clock=clock, events=events, lifetimes=lifetimes)
        issuer = Issuer(store=store, clock=clock, limits=limits)
        keys = key_use(
            store, clock, events, public_url=self.public_url, new_key_wait=timedelta(hours=24)
        )
        fresh = FreshProof(
            store=store,
            clock=clock,
            throttle=throttle,
            hashing=hashing,
            profile=profile,
            keys=keys.answers,
        )
        step_up = StepUp(
            sessions=sessions,
            policy=self.in_force,
            issuer=issuer,
            fresh_proof=fresh,
            keys=keys.answers,
            events=events,
        )
        enrolment = EnrolmentParts(
            store=store,
            clock=clock,
            policy=self.in_force,
            issuer=issuer,
            throttle=throttle,
            hashing=hashing,
            profile=profile,
            events=events,
            new_keys=keys.new,
            site="wiki.example.com",
            first_sign_in_from=self.first_sign_in_from,
            recovery_keys=(b"r" * 32,),
        ).composed()
        return Services(
            sign_in=SignIn(
                store=store,
                policy=self.in_force,
                issuer=issuer,
                throttle=throttle,
                hashing=hashing,
                profile=profile,
                events=events,
                journeys=enrolment.journeys,
            ),
            step_up=step_up,
            passkey_sign_in=PasskeySignIn(
                policy=self.in_force, keys=keys.answers, issuer=issuer, events=events
            ),
            sessions=sessions,
            tickets=Tickets(sessions=sessions, policy=self.in_force, issuer=issuer),
            passwords=Passwords(
                store=store,
                clock=clock,
                issuer=issuer,
                fresh_proof=fresh,
                hashing=hashing,
                profile=profile,
                events=events,
            ),
            restrict=Restrict(
                store=store,
                policy=self.in_force,
                sessions=sessions,
                fresh_proof=fresh,
                events=events,
            ),
            network_trials=NetworkTrials(
                store=store,
                policy=self.in_force,
                sessions=sessions,
                fresh_proof=fresh,
                events=events,
            ),
            fresh_proof=fresh,
            new_keys=keys.new,
            factors=factors(
                FactorParts(
                    store=store,
                    clock=clock,
                    policy=self.in_force,
                    events=events,
                    issuer=issuer,
                    fresh_proof=fresh,
                    new_keys=keys.new,
                    step_up=step_up,
                ),
                public_url=self.public_url,
                recovery_keys=(RECOVERY_KEY,),
            ),
            own=OwnAccountParts(
                store=store,
                events=events,
                fresh_proof=fresh,
                sessions=sessions,
                policy=self.in_force,
            ).composed(),
            enrolment=enrolment,
            policy=self.in_force,
            clock=clock,
            public_url=self.public_url,
            csrf_key=b"k" * 32,
            handoff_secrets=(Secret("the secret of worker two"), HANDOFF),
            contact=self.contact,
        )

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


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """Give the body as text."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """Give the one header of a name, or nothing."""
        found = [value for each, value in self.headers if each == name]
        return ", ".join(found)

    @property
    def location(self) -> str:
        """Give where it leads."""
        return self.header("location")

    @property
    def set_cookies(self) -> list[str]:
        """Give every Set-Cookie."""
        return [value for name, value in self.headers if name == "set-cookie"]

    @property
    def hidden(self) -> dict[str, str]:
        """Give the hidden inputs of the page's forms, the last of a name."""
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.text)
        return {name: unescape(value) for name, value in found}

    @property
    def title(self) -> str:
        """Give the page's title."""
        found = re.search(r"<title>(.*?)</title>", self.text)
        return unescape(found[1]) if found else ""


@dataclass
class Browser:
    """Keeps cookies, says where its requests come from, and stands behind a data plane."""

    app: ASGIApp
    host: str = "wiki.example.com"
    scheme: str = "https"
    client: str = HERE
    site: str = "wiki"
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Give the origin of the pages that this browser sees."""
        return f"{self.scheme}://{self.host}"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Open a page as a person does."""
        return self.send("GET", path, NAVIGATION | dict(headers or {}))

    def follow(self, answer: Answer) -> Answer:
        """Go where a redirect leads."""
        return self.get(answer.location)

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a form as a page of this origin does."""
        sent = NAVIGATION | {
            "origin": self.origin,
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        }
        return self.send("POST", path, sent | dict(headers or {}), urlencode(fields).encode())

    def fill(self, page: str, fields: Mapping[str, str], action: str = "") -> Answer:
        """Open a page and send its form."""
        hidden = self.get(page).hidden
        return self.post(action or page.partition("?")[0], hidden | dict(fields))

    def handed(self) -> dict[str, str]:
        """Give what the data plane adds."""
        return {
            handoff.SECRET.decode(): HANDOFF.reveal(),
            handoff.CLIENT.decode(): self.client,
            handoff.SCHEME.decode(): self.scheme,
            handoff.HOST.decode(): self.host,
            handoff.SITE.decode(): self.site,
            handoff.REQUEST.decode(): "boot-1",
        }

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request through the hand-off."""
        sent = {name: value for name, value in headers.items() if value != "(absent)"}
        pairs = [*self.handed().items(), *sent.items()]
        if self.cookies:
            pairs.append(("cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items())))
        answer = exchange(self.app, method, path, pairs, body)
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for each in answer.set_cookies:
            name, _, value = each.partition(";")[0].partition("=")
            if "Max-Age=0" in each:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    # --- what people do ---------------------------------------------------------------------

    def enter(self, name: str, secret: str = PASSWORD, target: str = "") -> Answer:
        """Give name and password."""
        page = "/-/gate/sign-in" + (f"?{urlencode({'next': target})}" if target else "")
        return self.fill(page, {"account": name, "password": secret})

    def prove(self, code: str, target: str = "") -> Answer:
        """Give a code."""
        page = "/-/gate/step-up" + (f"?{urlencode({'next': target})}" if target else "")
        return self.fill(page, {"code": code})

    def sign_in(self, house: House, name: str) -> Answer:
        """Sign in with both factors."""
        self.enter(name)
        return self.prove(house.next_code())


def exchange(
    app: ASGIApp,
    method: str,
    path: str,
    headers: list[tuple[str, str]],
    body: bytes = b"",
) -> Answer:
    """Run one request through an ASGI application."""
    return asyncio.run(_exchange(app, method, path, headers, body))


async def _exchange(
    app: ASGIApp, method: str, path: str, headers: list[tuple[str, str]], body: bytes
) -> Answer:
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start = messages[0]
    answered = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in start["headers"]]
    content = b"".join(message.get("body", b"") for message in messages[1:])
    return Answer(status=start["status"], headers=tuple(answered), body=content)

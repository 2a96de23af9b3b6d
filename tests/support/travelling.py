"""Somebody with a one-time link, at the level of the use cases."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gate.cli.compose.enrolment import enrolment
from gate.core.ports import LinkPurpose, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, Session
from gate.factors import totp as totp_factor
from gate.service.enrol import Enrolled, NotEnrolled
from gate.service.enrolment import Enrolment
from gate.service.journeys import Enrolling, JourneyRefused, Traveller
from gate.service.links import Links, MadeLink
from gate.service.visitor import Visitor
from tests.support.use_cases import House, at

NEW_PASSWORD = Secret("seven quiet herons wade")


def enrolment_of(house: House, store: Store | None = None) -> Enrolment:
    """Give the journey's use cases over the store of a house, or another one."""
    if store is None:
        return enrolment(house.tools)
    ground = replace(house.tools.ground, store=store)
    keys = replace(house.keys, new=replace(house.keys.new, store=store))
    return enrolment(replace(house.tools, ground=ground, keys=keys))


@dataclass
class Travelling:
    """A person with a link, and the cookie that their browser got for it."""

    house: House
    name: str = "erin"
    purpose: LinkPurpose = LinkPurpose.NEW
    visitor: Visitor = field(default_factory=at)
    session: Session | None = None
    held: Secret | None = None

    def __post_init__(self) -> None:
        if self.house.store.accounts.by_name(self.name) is None:
            account = Account(id=AccountId(f"id-of-{self.name}"), name=self.name)
            self.house.store.accounts.add(account)
        self.enrolment = enrolment_of(self.house)
        self.made = self.new_link()

    @property
    def account(self) -> Account:
        """Give the account as it is now."""
        found = self.house.store.accounts.by_name(self.name)
        assert found is not None
        return found

    def new_link(self, issuer: str = "") -> MadeLink:
        """Be given a link."""
        links = Links(store=self.house.store, clock=self.house.clock)
        return links.make(self.account, self.purpose, issuer=issuer)

    def stands(self) -> Traveller:
        """Give who stands at a page."""
        return Traveller(held=self.held, session=self.session, visitor=self.visitor)

    def opens(self) -> Secret | JourneyRefused:
        """Open the link; keep the cookie."""
        opened = self.enrolment.journeys.open(self.made.token, self.stands())
        if isinstance(opened, Secret):
            self.held = opened
        return opened

    def looks(self) -> Enrolling | JourneyRefused:
        """Look where the journey stands."""
        return self.enrolment.journeys.current(self.stands())

    def now(self) -> Enrolling:
        """Give the journey, which is good."""
        found = self.looks()
        assert isinstance(found, Enrolling), found
        return found

    def gives(self, password: Secret = NEW_PASSWORD) -> object:
        """Give a password."""
        return self.enrolment.password(self.now(), password, self.visitor)

    def sets_up_app(self) -> object:
        """Put the seed into a phone and give its code."""
        app = self.enrolment.code_app.show(self.now())
        code = Secret(totp_factor.code_at(app.seed, self.house.clock.now()))
        return self.enrolment.code_app.confirm(self.now(), code, self.visitor)

    def sees_codes(self) -> tuple[Secret, ...]:
        """Have the recovery codes shown."""
        return self.enrolment.end.codes(self.now())

    def finishes(self, typed: Secret | None = None) -> Enrolled | NotEnrolled:
        """Make all of it count."""
        return self.enrolment.end.finish(self.now(), self.visitor, typed=typed)

    def is_ready(self) -> Travelling:
        """Do everything but the last step."""
        self.opens()
        self.gives()
        self.sets_up_app()
        self.sees_codes()
        return self

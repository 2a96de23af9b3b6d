"""The gate's own pages as a site: fixed rules, decided by the same `decide` (G14).

A stranger reaches sign-in, links, static files and keys; a partial session step-up and sign-out
besides; account pages ask for the strongest that the account has, admin pages for an admin with a
second factor. Nothing else exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gate.core.conditions import Condition
from gate.core.conditions.account import Accounts
from gate.core.conditions.group import Groups
from gate.core.conditions.path import Path, Pattern
from gate.core.decision import Level, Reason, RuleRef
from gate.core.handoff import PREFIX
from gate.core.located import Location
from gate.core.rules import Denied, Public, Required, Requirement, Rule, Then
from gate.core.site import PathCase, Site, SiteOptions, Upstream
from gate.core.subject import ADMIN_LIMITS

if TYPE_CHECKING:
    from gate.core.policy import Group

PAGES: Final = "-"  # name of the built-in site; no site of a policy can have it

OPEN_PAGES: Final = "open pages"
STEP_UP_PAGES: Final = "step-up pages"
ACCOUNT_PAGES: Final = "account pages"
ADMIN_PAGES: Final = "admin pages"
ADMIN_PAGES_FOR_OTHERS: Final = "admin pages for others"
NO_SUCH_PAGE: Final = "no such page"

_OPEN: Final = (
    "",  # the bare prefix leads on
    "sign-in",
    "sign-in/**",
    "sign-out",
    "enrol/**",
    "arrive",
    "static/**",
    "jwks.json",
)
# A recovery code has no age, so it never opens the admin pages (G21).
_ADMIN: Final = Requirement(level=Level.SECOND_FACTOR, within=ADMIN_LIMITS.absolute)
_HERE: Final = Location(file="built-in", line=1, column=1)
_NOWHERE: Final = Upstream(scheme="http", host="127.0.0.1", port=0)  # pages are never forwarded


def pages_site(groups: tuple[Group, ...], accounts: frozenset[str]) -> Site:
    """Give the site of the pages; members of `groups` and `accounts` are its admins."""
    admin_area = _paths("admin/**")
    rules = [
        _rule(OPEN_PAGES, _paths(*_OPEN), Public()),
        _rule(STEP_UP_PAGES, _paths("step-up", "step-up/**"), _required(Level.ANY_SESSION)),
        _rule(ACCOUNT_PAGES, _paths("account/**"), _required(Level.OWN_STRONGEST)),
        *(
            _rule(ADMIN_PAGES, (*admin_area, who), Required(requirement=_ADMIN))
            for who in _admins(groups, accounts)
        ),
        _rule(ADMIN_PAGES_FOR_OTHERS, admin_area, Denied(text="These pages are for admins.")),
        _rule(NO_SUCH_PAGE, (), Denied(reason=Reason.NOT_FOUND)),
    ]
    return Site(
        name=PAGES,
        at=_HERE,
        hosts=(),
        upstream=_NOWHERE,
        rules=tuple(rules),
        options=SiteOptions(case=PathCase.EXACT),
    )


def _admins(groups: tuple[Group, ...], accounts: frozenset[str]) -> tuple[Condition, ...]:
    by_group = (Groups(groups=groups),) if groups else ()
    by_name = (Accounts(names=accounts),) if accounts else ()
    return (*by_group, *by_name)


def _paths(*paths: str) -> tuple[Condition, ...]:
    patterns = tuple(Pattern(text=PREFIX + path, at=_HERE) for path in paths)
    return (Path(patterns=patterns, exact=True),)


def _required(level: Level) -> Required:
    return Required(requirement=Requirement(level=level))


def _rule(name: str, when: tuple[Condition, ...], then: Then) -> Rule:
    return Rule(ref=RuleRef(name=name, at=_HERE), when=when, then=then)

"""What `gate check` warns of: a policy that is valid and perhaps not what was meant.

Each kind has an id that stays, so that it can be looked up and spoken of. A warning never stops a
policy; `gate check --strict` fails on one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, override

from gate.config.policy_rule_warnings import (
    Found,
    header_permit,
    method_override,
    never_matches,
    public_for_some,
    query_deny,
    report_wider,
    rules_of,
)
from gate.core.arrival import find_site
from gate.core.conditions import leaves
from gate.core.conditions.account import Accounts
from gate.core.conditions.network import Networks
from gate.core.conditions.path import Path
from gate.core.decision import Level
from gate.core.host import Host
from gate.core.located import Location
from gate.core.policy import EVERYBODY, Policy, Public, Required
from gate.core.rules import RANK


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Warned:
    """One warning, with what to do after a semicolon."""

    at: Location
    id: str
    message: str

    @override
    def __str__(self) -> str:
        """Give the line that the command line prints."""
        return f"{self.at}: warning: {self.message} [{self.id}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known beside the policy.

    The pages' host, where named networks are written, and whether a first sign-in may enrol.
    """

    pages: Host | None = None
    places: Mapping[str, Location] = field(default_factory=dict)
    first_sign_in: bool = False


def warnings(policy: Policy, around: Surroundings) -> tuple[Warned, ...]:
    """Give all warnings in the order of the files."""
    found = [
        Warned(at=at, id=id_, message=message)
        for id_, look in _KINDS.items()
        for at, message in look(policy, around)
    ]
    return tuple(sorted(found))


def _without_second_factor(policy: Policy, _: Surroundings) -> Found:
    everybody = policy.accounts.get(EVERYBODY)
    required = everybody.require if everybody else None
    if required is not None and RANK[required.level] >= RANK[Level.SECOND_FACTOR]:
        return
    for _site, _place, rule in rules_of(policy):
        if isinstance(rule.then, Required) and rule.then.requirement.level is Level.SIGNED_IN:
            yield (
                rule.ref.at,
                (
                    f"rule `{rule.ref.name}` lets people in with a password alone; write"
                    ' `require: second_factor`, or demand it of `"*"` under `accounts`'
                ),
            )


def _public_everything(policy: Policy, _: Surroundings) -> Found:
    for _site, _place, rule in rules_of(policy):
        paths = [each for each in rule.when if isinstance(each, Path)]
        everywhere = any(each.text == "/**" for path in paths for each in path.patterns)
        if isinstance(rule.then, Public) and (everywhere or not rule.when):
            yield (
                rule.ref.at,
                (
                    f"rule `{rule.ref.name}` lets everybody in everywhere; name the paths that are"
                    " meant"
                ),
            )


def _covers_everything(policy: Policy, around: Surroundings) -> Found:
    advice = "covers every address, so it restricts nobody; name the networks that are meant"
    for name, networks in policy.networks.items():
        if networks.covers_everything:
            yield around.places[name], f"network `{name}` {advice}"
    for entry in policy.accounts.values():
        if entry.networks is not None and entry.networks.covers_everything:
            yield entry.at, f"the entry of account `{entry.name}` {advice}"
    for _site, _place, rule in rules_of(policy):
        conditions = (each for each in leaves(rule.when) if isinstance(each, Networks))
        if any(each.covers_everything for one in conditions for each in one.lists):
            yield rule.ref.at, f"a network of rule `{rule.ref.name}` {advice}"


def _in_no_group(policy: Policy, _: Surroundings) -> Found:
    named = set(policy.admins.accounts)
    for _site, _place, rule in rules_of(policy):
        for each in leaves(rule.when):
            named |= each.names if isinstance(each, Accounts) else frozenset()
    for name, entry in policy.accounts.items():
        if name != EVERYBODY and name not in named and not policy.groups_of(name):
            yield (
                entry.at,
                (
                    f"no group and no rule names account `{name}`; check its spelling, or add it to"
                    " a group"
                ),
            )


def _no_admins(policy: Policy, _: Surroundings) -> Found:
    members = any(policy.groups[name].members for name in policy.admins.groups)
    if not policy.admins.accounts and not members:
        site = next(iter(policy.sites.values()))
        yield site.at, "nobody may open the admin pages; add `admins: {group: ...}`"


def _shared_origin(policy: Policy, around: Surroundings) -> Found:
    if around.pages is None:
        shared = next(iter(policy.sites.values()), None)
    else:
        shared = find_site(around.pages, policy)
    if shared is not None:
        yield (
            shared.at,
            (
                f"the gate's pages share an origin with site `{shared.name}`, whose scripts reach"
                " them; set `public_url` to a host of its own"
            ),
        )


def _observing(policy: Policy, _: Surroundings) -> Found:
    for site in policy.sites.values():
        until = site.options.observe_until
        if until is not None:
            yield (
                site.at,
                (
                    f"site `{site.name}` enforces nothing before {until:%Y-%m-%d}; delete"
                    " `mode: observe` when its rules are right"
                ),
            )


def _first_sign_in(policy: Policy, around: Surroundings) -> Found:
    everybody = policy.accounts.get(EVERYBODY)
    if around.first_sign_in:
        yield (
            everybody.at if everybody else min(site.at for site in policy.sites.values()),
            (
                "`enrolment: first_sign_in` lets whoever learns a new password set up the second"
                " factor; give people links by `gate account link`"
            ),
        )


def _of_rules(look: Callable[[Policy], Found]) -> Callable[[Policy, Surroundings], Found]:
    return lambda policy, _: look(policy)


_KINDS: Final[Mapping[str, Callable[[Policy, Surroundings], Found]]] = {
    "W01 never-matches": _of_rules(never_matches),
    "W02 no-second-factor": _without_second_factor,
    "W03 covers-everything": _covers_everything,
    "W04 in-no-group": _in_no_group,
    "W05 no-admins": _no_admins,
    "W06 shared-origin": _shared_origin,
    "W07 header-permit": _of_rules(header_permit),
    "W08 query-deny": _of_rules(query_deny),
    "W09 method-override": _of_rules(method_override),
    "W10 report-wider": _of_rules(report_wider),
    "W11 observing": _observing,
    "W12 public-everywhere": _public_everything,
    "W13 public-for-some": _of_rules(public_for_some),
    "W14 first-sign-in": _first_sign_in,
}
WARNING_IDS: Final = tuple(_KINDS)

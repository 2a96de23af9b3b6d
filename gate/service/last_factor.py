"""Whether an account can do without its last second factor (T70).

It can't as long as anything asks for one: an entry of the policy, the person's own choice, the
admin pages, a group's date, or a rule of any site that is or may be about this account. Whoever
removed it would be left outside, with nothing to come back in.
"""

from __future__ import annotations

from typing import Final

from gate.core.conditions.account import Accounts
from gate.core.conditions.group import Groups
from gate.core.levels import Level
from gate.core.policy import Policy
from gate.core.rules import Required, Rule
from gate.core.subject import Account

STRONG: Final = frozenset({Level.SECOND_FACTOR, Level.SECURITY_KEY})


def demands_second_factor(policy: Policy, account: Account) -> bool:
    """Say whether anything asks the account for a second factor."""
    name = account.name
    if account.always_second_factor or policy.demand(name).second_factor:
        return True
    if policy.is_admin(name) or policy.enrol_by(name) is not None:
        return True
    rules = (rule for site in policy.sites.values() for rule in site.rules)
    return any(_asks(rule, name) for rule in rules)


def _asks(rule: Rule, name: str) -> bool:
    then = rule.then
    if not isinstance(then, Required) or then.requirement.level not in STRONG:
        return False
    return not any(_is_about_others(condition, name) for condition in rule.when)


def _is_about_others(condition: object, name: str) -> bool:
    match condition:
        case Accounts(names=names):
            return name not in names
        case Groups(groups=groups):
            return all(name not in group.members for group in groups)
        case _:
            return False

"""Whether anything asks an account for a second factor (T70)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.subject import Account, AccountId
from gate.service.last_factor import demands_second_factor
from tests.support.policies import policy_of

BOB = Account(id=AccountId("id-of-bob"), name="bob")
RULE = "    rules:\n      - {name: rule, when: %s, then: %s}\n"
SITE = "sites:\n  wiki:\n    hosts: [wiki.example.com]\n    upstream: http://127.0.0.1:1\n"
GROUPS = "groups:\n  staff: [alice]\n  others: {members: [bob]}\n"
WEAK = "{require: signed_in}"
STRONG = "{require: second_factor}"
KEY = "{require: security_key}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(SITE + RULE % ("any", WEAK), False, id="a password is enough"),
        pytest.param(SITE + RULE % ("any", "public"), False, id="everybody passes"),
        pytest.param(SITE + RULE % ("any", STRONG), True, id="a rule for everybody"),
        pytest.param(SITE + RULE % ("{path: /x/**}", KEY), True, id="a rule for a part"),
        pytest.param(SITE + RULE % ("{account: bob}", STRONG), True, id="a rule for the account"),
        pytest.param(SITE + RULE % ("{account: alice}", STRONG), False, id="one for another"),
        pytest.param(SITE + RULE % ("{group: others}", STRONG), True, id="one for a group"),
        pytest.param(SITE + RULE % ("{group: staff}", STRONG), False, id="one for another group"),
        pytest.param(
            SITE + RULE % ("{not: {group: staff}}", STRONG), True, id="one for all but a group"
        ),
        pytest.param(
            "accounts:\n  bob: {require: second_factor}\n" + SITE + RULE % ("any", WEAK),
            True,
            id="an entry for the account",
        ),
        pytest.param(
            'accounts:\n  "*": {require: security_key}\n' + SITE + RULE % ("any", WEAK),
            True,
            id="an entry for everybody",
        ),
        pytest.param(
            "accounts:\n  alice: {require: second_factor}\n" + SITE + RULE % ("any", WEAK),
            False,
            id="an entry for another",
        ),
        pytest.param(
            "admins: {account: bob}\n" + SITE + RULE % ("any", WEAK), True, id="admin pages"
        ),
    ],
)
def test_what_asks_for_a_second_factor(text: str, expected: bool) -> None:
    assert demands_second_factor(policy_of(GROUPS + text), BOB) is expected


def test_a_groups_date_and_the_persons_own_choice_ask_for_one() -> None:
    text = GROUPS.replace("[bob]}", "[bob], enrol_by: 2030-01-01}") + SITE + RULE % ("any", WEAK)
    assert demands_second_factor(policy_of(text), BOB)
    own = replace(BOB, always_second_factor=True)
    assert demands_second_factor(policy_of(GROUPS + SITE + RULE % ("any", WEAK)), own)

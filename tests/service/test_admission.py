"""What keeps an account out at sign-in, whatever it proved."""

from __future__ import annotations

import pytest

from gate.core.decision import Reason
from gate.core.subject import AccountState
from gate.service.admission import kept_out
from tests.support.decisions import address, allowlist
from tests.support.policies import SITE, policy_of
from tests.support.store_values import NOON
from tests.support.use_cases import ABROAD, HOME, House

DEMANDING = policy_of(SITE + 'accounts:\n  "*": {require: second_factor}\n')
PLAIN = policy_of(SITE)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (AccountState.ENABLED, None),
        (AccountState.DISABLED, Reason.ACCOUNT_DISABLED),
        (AccountState.LOCKED, Reason.ACCOUNT_LOCKED),
    ],
)
def test_an_account_has_to_be_usable(state: AccountState, reason: Reason | None) -> None:
    house = House()
    account = house.add()
    house.store.accounts.set_state(account.id, state)
    assert kept_out(PLAIN, house.as_kept(account), address(HOME), NOON) is reason


def test_the_address_has_to_be_admitted() -> None:
    house = House()
    account = house.add()
    house.store.accounts.set_networks(account.id, allowlist(HOME))
    account = house.as_kept(account)
    assert kept_out(PLAIN, account, address(HOME), NOON) is None
    assert kept_out(PLAIN, account, address(ABROAD), NOON) is Reason.IP_NOT_ALLOWED


def test_an_account_has_what_is_demanded_of_it_everywhere() -> None:
    house = House()
    bare, enrolled = house.add("bob", has_app=False), house.add()
    assert kept_out(DEMANDING, bare, address(HOME), NOON) is Reason.NOT_ENROLLED
    assert kept_out(PLAIN, bare, address(HOME), NOON) is None
    assert kept_out(DEMANDING, enrolled, address(HOME), NOON) is None

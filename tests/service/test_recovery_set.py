"""A new set of recovery codes takes proof, voids the old one and ends other sessions."""

from __future__ import annotations

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.service.factor_changes import FactorRefused
from gate.service.fresh_proof import Given
from gate.service.recovery_codes import Redeemed
from gate.service.recovery_set import Renewed, SetState
from tests.support.recoveries import codes_of, recovered_session
from tests.support.use_cases import WRONG_CODE, House, at


def right(house: House) -> Given:
    return Given(typed=house.next_code())


def test_g3_a_set_is_made_with_proof_in_the_same_request() -> None:
    house = House()
    account = house.add()
    session, recovery = house.session(), house.factors.recovery_set
    assert recovery.state(account) == SetState(left=0, made_at=None)
    refused = recovery.renew(session, Given(typed=WRONG_CODE), at())
    assert refused == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP)
    assert recovery.state(account).left == 0
    renewed = recovery.renew(session, right(house), at())
    assert isinstance(renewed, Renewed)
    assert len(renewed.codes) == 10
    assert recovery.state(account) == SetState(left=10, made_at=house.clock.now())
    assert not recovery.state(account).is_scarce
    kinds = [each.kind for each in house.records() if each.kind.startswith("recovery")]
    assert kinds == ["recovery_codes_made", "recovery_codes_refused"]


def test_t65_a_new_set_kills_the_old_one() -> None:
    house = House()
    account = house.add()
    old = codes_of(house, account)
    renewed = house.factors.recovery_set.renew(house.session(), right(house), at())
    assert isinstance(renewed, Renewed)
    codes = house.factors.recovery_codes
    assert codes.redeem(account.id, old[0]) != Redeemed(left=9)
    assert codes.redeem(account.id, renewed.codes[0]) == Redeemed(left=9)


def test_t42_other_sessions_end_and_this_one_gets_a_new_token() -> None:
    house = House()
    house.add()
    other, mine = house.session(), house.session()
    renewed = house.factors.recovery_set.renew(mine, right(house), at())
    assert isinstance(renewed, Renewed)
    assert renewed.changed.ended == 1
    assert not house.is_live(other.hash)
    assert not house.is_live(mine.hash)
    assert house.is_live(renewed.changed.issued.session.hash)


def test_g21_a_recovery_code_makes_no_new_set() -> None:
    house = House()
    account = house.add()
    session = recovered_session(house, account)
    refused = house.factors.recovery_set.renew(session, right(house), at())
    assert refused == FactorRefused(reason=Reason.NOT_BY_RECOVERY_CODE)
    assert house.store.recovery_codes.left(account.id) == 9


def test_one_code_may_be_used_up_to_show_that_the_set_was_stored() -> None:
    house = House()
    account = house.add()
    codes, session = codes_of(house, account), house.session()
    recovery = house.factors.recovery_set
    assert recovery.are_new(account, codes)
    assert not recovery.are_new(account, [])
    wrong = recovery.spend(session, Secret("0" * 16), at())
    assert wrong == FactorRefused(reason=Reason.WRONG_CODE, method=Method.RECOVERY_CODE)
    assert recovery.spend(session, codes[0], at()) == Redeemed(left=9)
    assert not recovery.are_new(account, codes)
    assert [each.details["left"] for each in house.records("recovery_code_spent")] == [9]


def test_three_codes_are_few() -> None:
    assert SetState(left=3, made_at=None).is_scarce
    assert not SetState(left=4, made_at=None).is_scarce

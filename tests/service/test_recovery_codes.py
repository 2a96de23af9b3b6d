"""Recovery codes: shown once, hashed at rest, each good for one time and one account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import AccountId
from gate.service.fresh_proof import Unproved
from gate.service.recovery_codes import RecoveryCodes, Redeemed
from tests.support.use_cases import House

KEY = b"k" * 32
OLD_KEY = b"o" * 32
WRONG = Unproved(reason=Reason.WRONG_CODE)


def recovery_codes(house: House, *keys: bytes) -> RecoveryCodes:
    return RecoveryCodes(
        store=house.store, clock=house.clock, throttle=house.throttle, keys=keys or (KEY,)
    )


def test_g21_a_set_has_ten_codes_and_the_store_none_of_them() -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    shown = codes.new_set(alice)
    assert len({code.reveal() for code in shown}) == 10
    kept = house.store.recovery_codes.unused(alice.id)
    assert len(kept) == 10
    assert not any(code.reveal().replace("-", "") in "".join(kept).upper() for code in shown)
    assert house.store.recovery_codes.made_at(alice.id) == house.clock.now()


def test_t65_a_code_counts_once_and_tells_how_many_are_left() -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    first, second, *_ = codes.new_set(alice)
    assert codes.redeem(alice.id, first) == Redeemed(left=9)
    assert codes.redeem(alice.id, first) == WRONG
    assert codes.redeem(alice.id, second) == Redeemed(left=8)


def test_t65_a_new_set_kills_the_old_one() -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    old, new = codes.new_set(alice), codes.new_set(alice)
    assert codes.redeem(alice.id, old[0]) == WRONG
    assert codes.redeem(alice.id, new[0]) == Redeemed(left=9)


def test_t65_a_code_is_its_owners_alone() -> None:
    house = House()
    alice, bob, codes = house.add(), house.add("bob"), recovery_codes(house)
    of_alice = codes.new_set(alice)
    codes.new_set(bob)
    assert codes.redeem(bob.id, of_alice[0]) == WRONG
    assert codes.redeem(AccountId("nobody"), of_alice[0]) == WRONG
    assert codes.redeem(alice.id, of_alice[0]) == Redeemed(left=9)


@pytest.mark.parametrize("typed", ["", "123456", "U" * 16, "x" * 5000], ids=len)
def test_what_is_no_code_is_wrong(typed: str) -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    codes.new_set(alice)
    assert codes.redeem(alice.id, Secret(typed)) == WRONG


def test_a_code_may_be_typed_as_people_type() -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    typed = codes.new_set(alice)[0].reveal().lower().replace("-", " ").replace("0", "o")
    assert codes.redeem(alice.id, Secret(typed)) == Redeemed(left=9)


def test_g26_codes_of_a_retired_key_stay_good() -> None:
    house = House()
    alice = house.add()
    old = recovery_codes(house, OLD_KEY).new_set(alice)
    codes = recovery_codes(house, KEY, OLD_KEY)
    assert codes.redeem(alice.id, old[0]) == Redeemed(left=9)
    assert recovery_codes(house, KEY).redeem(alice.id, old[1]) == WRONG


def test_g16_codes_of_both_kinds_have_one_counter() -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    shown = codes.new_set(alice)
    for _ in range(4):
        codes.redeem(alice.id, Secret("0" * 16))
    assert codes.redeem(alice.id, shown[0]) == Redeemed(left=9)
    house.fresh_proof.code(alice.id, Secret("000000"))
    full = Unproved(reason=Reason.RATE_LIMITED, wait=timedelta(minutes=5))
    assert codes.redeem(alice.id, shown[1]) == full
    assert house.fresh_proof.code(alice.id, house.code()) == full


def test_t65_f18_of_fifty_parallel_uses_one_counts() -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    code = codes.new_set(alice)[0]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: codes.redeem(alice.id, code), range(50)))
    assert answers.count(Redeemed(left=9)) == 1
    assert house.store.recovery_codes.left(alice.id) == 9


def test_codes_that_are_all_unused_are_known_without_using_them() -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    shown = codes.new_set(alice)
    assert codes.are_unused(alice.id, shown)
    assert not codes.are_unused(alice.id, [*shown, Secret("0" * 16)])
    codes.redeem(alice.id, shown[0])
    assert not codes.are_unused(alice.id, shown)
    assert codes.are_unused(alice.id, shown[1:])


def test_a_set_can_be_drawn_and_stored_later() -> None:
    house = House()
    alice, codes = house.add(), recovery_codes(house)
    drawn = codes.draw()
    assert house.store.recovery_codes.left(alice.id) == 0
    house.store.recovery_codes.replace(alice.id, drawn.hashes, house.clock.now())
    assert codes.redeem(alice.id, drawn.codes[9]) == Redeemed(left=9)


def test_t71_no_code_is_shown_by_accident() -> None:
    house = House()
    codes = recovery_codes(house)
    drawn = codes.draw()
    assert not any(code.reveal() in repr(drawn) for code in drawn.codes)
    assert "kkkk" not in repr(codes)

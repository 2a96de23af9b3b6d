"""What a session proved by a recovery code may change (G21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.subject import Method, Proof, Session
from gate.service.recovered import bar_to_addition, bar_to_change, is_recovered
from tests.support.keys_in_hand import enrol, new_key
from tests.support.store_values import some_totp
from tests.support.use_cases import House

BARRED = Reason.NOT_BY_RECOVERY_CODE


def recovered(house: House) -> Session:
    """Give a session that a password and, a minute later, a recovery code proved."""
    session = house.session()
    house.clock.advance(timedelta(minutes=1))
    proofs = (
        Proof(method=Method.PASSWORD, at=session.created_at),
        Proof(method=Method.RECOVERY_CODE, at=house.clock.now()),
    )
    return replace(session, proofs=proofs)


def test_g21_a_session_without_a_recovery_code_is_not_barred() -> None:
    house = House()
    house.add()
    session = house.session()
    assert not is_recovered(session)
    assert bar_to_change(session) is None
    assert bar_to_addition(session, house.store) is None


def test_g21_one_factor_may_be_added_and_nothing_else_changed() -> None:
    house = House()
    account = house.add()
    session = recovered(house)
    assert is_recovered(session)
    assert bar_to_change(session) is BARRED
    assert bar_to_addition(session, house.store) is None
    app = some_totp(account, "new")
    by_code = replace(app, added_with=(Method.TOTP,), added_at=house.clock.now())
    house.store.accounts.add_totp(by_code)
    assert bar_to_addition(session, house.store) is None
    by_recovery = replace(
        app, id="newer", added_with=(Method.RECOVERY_CODE,), added_at=house.clock.now()
    )
    house.store.accounts.add_totp(by_recovery)
    assert bar_to_addition(session, house.store) is BARRED


def test_g21_a_factor_of_an_earlier_recovery_does_not_bar() -> None:
    house = House()
    account = house.add()
    earlier = replace(
        some_totp(account, "new"),
        added_with=(Method.RECOVERY_CODE,),
        added_at=house.clock.now(),
    )
    house.store.accounts.add_totp(earlier)
    assert bar_to_addition(recovered(house), house.store) is None


def test_g21_a_key_counts_as_the_one_factor() -> None:
    house = House()
    account = house.add()
    session = recovered(house)
    key = enrol(house.keys.new, account, new_key())
    assert bar_to_addition(session, house.store) is None
    house.store.keys.remove(account.id, key.id)
    house.store.keys.add(replace(key, added_with=(Method.RECOVERY_CODE,)))
    assert bar_to_addition(session, house.store) is BARRED


def test_g21_a_further_proof_lifts_nothing() -> None:
    house = House()
    house.add()
    session = recovered(house)
    code = Proof(method=Method.TOTP, at=house.clock.now())
    assert bar_to_change(replace(session, proofs=(*session.proofs, code))) is BARRED

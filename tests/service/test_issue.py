"""Making sessions: a new token at every gain, proofs that replace their like, known places."""

from __future__ import annotations

from datetime import timedelta

from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.service.issue import FAMILIAR_FOR, device_hash
from tests.support.use_cases import ABROAD, FIREFOX, HOME, House, at


def test_t40_every_rotation_gives_a_new_token_under_the_same_name() -> None:
    house = House()
    house.add()
    first = house.entered()
    second = house.issuer.rotate(first.session)
    assert second is not None
    assert second.token != first.token
    assert second.session.id == first.session.id
    assert not house.is_live(first.session.hash)
    assert house.is_live(second.session.hash)


def test_t40_two_rotations_of_one_session_make_one() -> None:
    house = House()
    house.add()
    first = house.entered()
    assert house.issuer.rotate(first.session) is not None
    assert house.issuer.rotate(first.session) is None
    assert len(house.store.sessions.all()) == 1


def test_a_new_proof_takes_the_place_of_its_like() -> None:
    house = House()
    house.add()
    session = house.session()
    house.clock.advance(timedelta(minutes=9))
    rotated = house.issuer.rotate(session, house.issuer.proof(Method.TOTP))
    assert rotated is not None
    found = {proof.method: proof.at for proof in rotated.session.proofs}
    assert len(rotated.session.proofs) == 2
    assert found[Method.TOTP] == house.clock.now()
    assert found[Method.PASSWORD] < house.clock.now()


def test_r14_a_rotation_does_not_lengthen_the_absolute_limit() -> None:
    house = House()
    house.add()
    session = house.session()
    house.clock.advance(timedelta(minutes=9))
    rotated = house.issuer.rotate(session)
    assert rotated is not None
    assert rotated.session.created_at == session.created_at
    assert rotated.session.limits == session.limits
    assert rotated.session.last_seen == house.clock.now()


def test_a_session_remembers_where_and_in_what_it_began() -> None:
    house = House()
    house.add()
    session = house.session()
    assert (str(session.address), session.browser) == (HOME, FIREFOX)


def test_g16_a_range_is_known_for_thirty_days_and_a_browser_for_good() -> None:
    house = House()
    account = house.add()
    device = house.issuer.remember_place(account, at())
    neighbour, elsewhere = at("203.0.113.200"), at(ABROAD, device=device)
    house.clock.advance(FAMILIAR_FOR)
    assert house.issuer.is_familiar(account, neighbour)
    house.clock.advance(timedelta(seconds=1))
    assert not house.issuer.is_familiar(account, neighbour)
    assert house.issuer.is_familiar(account, elsewhere)


def test_g16_a_known_place_is_known_for_its_account_alone() -> None:
    house = House()
    alice, bob = house.add(), house.add("bob")
    device = house.issuer.remember_place(alice, at())
    assert not house.issuer.is_familiar(bob, at(device=device))


def test_a_browser_keeps_its_device_cookie() -> None:
    house = House()
    account = house.add()
    device = house.issuer.remember_place(account, at())
    assert house.issuer.remember_place(account, at(device=device)) == device


def test_t63_a_device_cookie_that_is_not_the_accounts_own_is_replaced() -> None:
    house = House()
    alice, mallory = house.add(), house.add("mallory")
    theirs = house.issuer.remember_place(mallory, at(ABROAD))
    for planted in (theirs, Secret("planted")):
        given = house.issuer.remember_place(alice, at(device=planted))
        assert given != planted
        assert not house.issuer.is_familiar(alice, at(ABROAD, device=planted))
        assert house.issuer.is_familiar(alice, at(ABROAD, device=given))


def test_t71_a_device_is_kept_as_a_hash() -> None:
    house = House()
    device = house.issuer.remember_place(house.add(), at())
    assert device.reveal() not in device_hash(device)
    assert len(device_hash(device)) == 64

"""New keys are verified once, stored with how they came about, and counted when it is time (G6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.ports import CredentialTaken, SecurityKey
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method
from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import Registered
from gate.factors.webauthn.base64url import to_base64url
from gate.service.new_keys import Addition, NewKeys
from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import AlreadyThereError, Authenticator
from tests.support.use_cases import NEW_KEY_WAIT, House

HERE = Secret("this browser")
BY_CODE = Addition(name="Office", proved=(Method.PASSWORD, Method.TOTP))


def registered(new_keys: NewKeys, account: Account, key: Authenticator) -> Registered:
    found = new_keys.verify(HERE, key.create(new_keys.begin(HERE, account)))
    assert isinstance(found, Registered), found
    return found


def test_a_key_is_kept_with_what_its_registration_said() -> None:
    house = House()
    account = house.add()
    new_keys, key = house.keys.new, new_key(synced=True, transports=("internal", "hybrid"))
    kept = new_keys.keep(account, registered(new_keys, account, key), BY_CODE)
    assert isinstance(kept, SecurityKey)
    assert house.store.keys.of_account(account.id) == (kept,)
    assert kept.credential_id == key.credentials[0].id
    assert (kept.rp_id, kept.origins) == ("wiki.example.com", ("https://wiki.example.com",))
    assert (kept.name, kept.added_with) == ("Office", (Method.PASSWORD, Method.TOTP))
    assert (kept.algorithm, kept.transports) == (-7, ("hybrid", "internal"))
    assert kept.backup_eligible
    assert kept.backed_up
    assert kept.discoverable
    assert kept.user_verified
    assert kept.added_at == house.clock.now()


def test_nothing_is_kept_before_it_is_asked_for() -> None:
    house = House()
    account = house.add()
    registered(house.keys.new, account, new_key())
    assert house.store.keys.of_account(account.id) == ()


def test_g6_a_key_added_by_a_weaker_proof_waits() -> None:
    house = House()
    account = house.add()
    kept = enrol(house.keys.new, account, new_key(), vouched=False)
    now = house.clock.now()
    assert kept.counts_from == now + NEW_KEY_WAIT
    assert not kept.counts_at(now)
    assert not house.as_kept(account).key_counts


def test_g6_a_key_that_was_vouched_for_counts_at_once() -> None:
    house = House()
    kept = enrol(house.keys.new, house.add(), new_key())
    assert kept.counts_from is None


def test_g6_without_a_waiting_time_every_key_counts_at_once() -> None:
    house = House()
    account = house.add()
    unhurried = replace(house.keys.new, wait=timedelta())
    assert enrol(unhurried, account, new_key(), vouched=False).counts_from is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Office ", "Office"), ("", "Security key"), ("x" * 80, "x" * 64), ("Büro 🔑", "Büro 🔑")],
)
def test_a_key_has_a_name_of_bounded_length(typed: str, kept: str) -> None:
    house = House()
    account = house.add()
    found = registered(house.keys.new, account, new_key())
    key = house.keys.new.keep(account, found, Addition(name=typed, proved=()))
    assert isinstance(key, SecurityKey)
    assert key.name == kept


def test_the_own_keys_are_excluded() -> None:
    house = House()
    account = house.add()
    key = new_key()
    enrol(house.keys.new, account, key)
    with pytest.raises(AlreadyThereError):
        key.create(house.keys.new.begin(HERE, account))


def test_w11_w12_a_registration_is_verified_once() -> None:
    house = House()
    account = house.add()
    answer = new_key().create(house.keys.new.begin(HERE, account))
    assert isinstance(house.keys.new.verify(HERE, answer), Registered)
    again = house.keys.new.verify(HERE, answer)
    assert again == Rejected(reason=FactorReason.CEREMONY_EXPIRED)


def test_w09_a_registration_of_another_session_is_refused() -> None:
    house = House()
    answer = new_key().create(house.keys.new.begin(HERE, house.add()))
    elsewhere = house.keys.new.verify(Secret("another browser"), answer)
    assert elsewhere == Rejected(reason=FactorReason.CEREMONY_EXPIRED)


def test_w13_a_registration_that_took_too_long_is_refused() -> None:
    house = House()
    answer = new_key().create(house.keys.new.begin(HERE, house.add()))
    house.clock.advance(timedelta(minutes=5))
    late = house.keys.new.verify(HERE, answer)
    assert late == Rejected(reason=FactorReason.CEREMONY_EXPIRED)


def test_r26_an_answer_that_is_wrong_adds_nothing() -> None:
    house = House()
    answer = new_key().create(
        house.keys.new.begin(HERE, house.add()), origin="https://evil.example.com"
    )
    wrong = house.keys.new.verify(HERE, answer)
    assert wrong == Rejected(reason=FactorReason.WRONG_ORIGIN)


def test_t69_an_algorithm_that_was_not_offered_is_refused() -> None:
    house = House()
    options = house.keys.new.begin(HERE, house.add())
    wrong = house.keys.new.verify(HERE, new_key().create(options, algorithm=-36))
    assert wrong == Rejected(reason=FactorReason.ALGORITHM_NOT_OFFERED)


def test_w22_a_key_that_another_account_has_is_refused() -> None:
    house = House()
    alice, mallory = house.add(), house.add("mallory")
    key = enrol(house.keys.new, alice, new_key())
    options = house.keys.new.begin(HERE, mallory)
    answer = new_key().create(options, credential_id=key.credential_id)
    assert house.keys.new.verify(HERE, answer) == Rejected(reason=FactorReason.ALREADY_REGISTERED)
    assert house.store.keys.of_account(mallory.id) == ()


def test_w22_of_two_registrations_of_one_key_at_once_one_is_kept() -> None:
    house = House()
    alice, mallory = house.add(), house.add("mallory")
    key = new_key()
    first = registered(house.keys.new, alice, key)
    twin = Registered(key=replace(first.key, user_handle=mallory.id.encode()))
    assert isinstance(house.keys.new.keep(alice, first, BY_CODE), SecurityKey)
    assert isinstance(house.keys.new.keep(mallory, twin, BY_CODE), CredentialTaken)


def test_t68_a_key_is_kept_only_for_the_account_whose_ceremony_it_was() -> None:
    house = House()
    alice, mallory = house.add(), house.add("mallory")
    found = registered(house.keys.new, alice, new_key())
    refused = house.keys.new.keep(mallory, found, BY_CODE)
    assert refused == Rejected(reason=FactorReason.OTHER_ACCOUNT)
    assert house.store.keys.of_account(mallory.id) == ()


def test_a_key_of_an_unknown_kind_is_not_kept() -> None:
    house = House()
    account = house.add()
    found = registered(house.keys.new, account, new_key())
    odd = Registered(key=replace(found.key, public_key=b"\xa0"))
    refused = house.keys.new.keep(account, odd, BY_CODE)
    assert refused == Rejected(reason=FactorReason.ALGORITHM_NOT_OFFERED)


def test_the_browser_shows_the_site_and_the_person() -> None:
    house = House()
    account = house.add()
    options = house.keys.new.begin(HERE, account)
    assert options["rp"] == {"id": "wiki.example.com", "name": "wiki.example.com"}
    assert options["user"] == {
        "id": to_base64url(account.id.encode()),
        "name": "alice",
        "displayName": "alice",
    }

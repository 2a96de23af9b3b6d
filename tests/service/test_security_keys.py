"""Security keys of an account: added with a proof that is bound to them, renamed, removed (G6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import override

import pytest

from gate.core.decision import Reason
from gate.core.ports import SecurityKey
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method, Proof, Session
from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import Registered
from gate.service.factor_changes import FactorChanged, FactorRefused
from gate.service.factor_names import NameProblem
from gate.service.fresh_proof import Change, Given, Unproved
from gate.service.new_keys import NewKeys
from gate.service.security_keys import MOST, NewKey, addition, removal_of
from tests.support.keys_in_hand import enrol, new_key
from tests.support.recoveries import recovered_session
from tests.support.software_authenticator import AlreadyThereError, Authenticator, NoKeyError
from tests.support.use_cases import HOME, NEW_KEY_WAIT, PASSWORD, WRONG_CODE, House, at

NOTHING = Given(typed=Secret(""))


def registration(house: House, session: Session, key: Authenticator) -> str:
    options = house.factors.security_keys.begin(session, at())
    assert not isinstance(options, FactorRefused), options
    return key.create(options)


def signed(house: House, session: Session, key: Authenticator, change: Change) -> Given:
    """Give the answer of a key to one change."""
    options = house.fresh_proof.key_options(session, change, at())
    assert not isinstance(options, Unproved), options
    return Given(typed=Secret(""), key=key.get(options))


def add(
    house: House, session: Session, new: NewKey, given: Given | None = None
) -> FactorChanged | FactorRefused:
    proof = given or Given(typed=house.next_code())
    return house.factors.security_keys.add(session, new, proof, at())


def added(
    house: House, session: Session, name: str = "Blue", given: Given | None = None
) -> tuple[Session, Authenticator]:
    """Add a key and give the session that goes on."""
    key = new_key()
    new = NewKey(name=name, response=registration(house, session, key))
    changed = add(house, session, new, given)
    assert isinstance(changed, FactorChanged), changed
    found = house.store.sessions.find(changed.issued.session.hash)
    assert found is not None
    return found, key


def keys_of(house: House, name: str = "alice") -> list[SecurityKey]:
    account = house.store.accounts.by_name(name)
    return list(house.factors.security_keys.of(account)) if account else []


def named(house: House, name: str) -> SecurityKey:
    """Give alice's key of that name."""
    return next(key for key in keys_of(house) if key.name == name)


def keyed(house: House) -> tuple[Account, Session, Authenticator]:
    """Give somebody with a key that counts, in a session with two factors."""
    account = house.add()
    session = house.session()
    key = new_key()
    enrol(house.keys.new, account, key)
    found = house.store.sessions.find(session.hash)
    assert found is not None
    return account, found, key


# --- adding ---------------------------------------------------------------------------------


def test_g3_the_first_key_is_added_with_a_code() -> None:
    house = House()
    house.add()
    other, session = house.session(), house.session()
    after, _ = added(house, session)
    (key,) = keys_of(house)
    assert (key.name, key.added_with) == ("Blue", (Method.TOTP,))
    assert key.counts_from == house.clock.now() + NEW_KEY_WAIT
    assert (house.is_live(other.hash), house.is_live(session.hash)) == (False, False)
    assert house.is_live(after.hash)
    assert [each.details["key"] for each in house.records("key_added")] == ["Blue"]


def test_g6_a_key_that_counts_vouches_for_the_next() -> None:
    house = House()
    _, session, key = keyed(house)
    new = NewKey(name="Blue", response=registration(house, session, new_key()))
    changed = add(house, session, new, signed(house, session, key, new.change))
    assert isinstance(changed, FactorChanged)
    blue = named(house, "Blue")
    assert blue.added_with == (Method.SECURITY_KEY,)
    assert blue.counts_from is None


def test_g6_as_soon_as_there_is_a_key_a_code_adds_none() -> None:
    house = House()
    _, session, _ = keyed(house)
    new = NewKey(name="Blue", response=registration(house, session, new_key()))
    refused = add(house, session, new)
    assert refused == FactorRefused(reason=Reason.NEEDS_SECURITY_KEY, method=Method.SECURITY_KEY)
    assert len(keys_of(house)) == 1


def test_g6_a_key_that_waits_is_removed_with_a_code() -> None:
    house = House()
    house.add()
    session, waiting = added(house, house.session())
    removal = removal_of(named(house, "Blue").id)
    by_itself = signed(house, session, waiting, removal)
    security_keys = house.factors.security_keys
    refused = security_keys.remove(session, named(house, "Blue").id, by_itself, at())
    assert refused == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP)
    by_code = Given(typed=house.next_code())
    removed = security_keys.remove(session, named(house, "Blue").id, by_code, at())
    assert isinstance(removed, FactorChanged)
    assert keys_of(house) == []


def test_g6_a_key_that_waits_vouches_for_none_and_proves_nothing_beside_one_that_counts() -> None:
    house = House()
    house.add(has_app=False)
    by_password = Given(typed=PASSWORD)
    session, waiting = added(house, house.entered().session, given=by_password)
    new = NewKey(name="Green", response=registration(house, session, new_key()))
    changed = add(house, session, new, signed(house, session, waiting, new.change))
    assert isinstance(changed, FactorChanged)
    assert named(house, "Green").counts_from == house.clock.now() + NEW_KEY_WAIT
    account = house.as_kept(session.account)
    enrol(house.keys.new, account, new_key())
    later = replace(changed.issued.session, account=house.as_kept(account))
    with pytest.raises(NoKeyError):
        signed(house, later, waiting, removal_of(named(house, "Office").id))


@pytest.mark.parametrize("field", ["name", "response"])
def test_g3_the_proof_by_a_key_is_bound_to_name_and_registration(field: str) -> None:
    house = House()
    _, session, key = keyed(house)
    new = NewKey(name="Blue", response=registration(house, session, new_key()))
    given = signed(house, session, key, new.change)
    other = registration(house, session, new_key())
    another = replace(new, **{field: "Green" if field == "name" else other})
    refused = add(house, session, another, given)
    assert isinstance(refused, FactorRefused)
    assert refused.reason is Reason.WRONG_KEY
    assert not refused.about_new_key
    assert len(keys_of(house)) == 1


def test_a_wrong_proof_leaves_the_registration_as_it_is() -> None:
    house = House()
    house.add()
    session = house.session()
    new = NewKey(name="Blue", response=registration(house, session, new_key()))
    wrong = add(house, session, new, Given(typed=WRONG_CODE))
    assert wrong == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP)
    taken = add(house, session, replace(new, name=" "))
    assert taken == FactorRefused(name=NameProblem.EMPTY)
    assert isinstance(add(house, session, new), FactorChanged)
    assert [each.reason for each in house.records("key_refused")] == ["wrong_code"]


def test_t67_a_registration_counts_once_and_in_its_own_session() -> None:
    house = House()
    house.add()
    session, other = house.session(), house.session()
    new = NewKey(name="Blue", response=registration(house, session, new_key()))
    elsewhere = add(house, other, new)
    assert isinstance(elsewhere, FactorRefused)
    assert (elsewhere.about_new_key, elsewhere.detail) == (True, FactorReason.CEREMONY_EXPIRED)
    house.clock.advance(timedelta(minutes=6))
    late = add(house, session, new)
    assert isinstance(late, FactorRefused)
    assert late.detail == FactorReason.CEREMONY_EXPIRED
    assert keys_of(house) == []
    kinds = [each.details["detail"] for each in house.records("key_refused")]
    assert kinds == ["ceremony_expired", "ceremony_expired"]


def test_the_same_key_is_not_asked_twice() -> None:
    house = House()
    _, session, key = keyed(house)
    with pytest.raises(AlreadyThereError):
        registration(house, session, key)


def test_t68_w22_a_key_of_somebody_else_is_refused() -> None:
    house = House()
    house.add()
    session, key = house.session(), new_key()
    new = NewKey(name="Blue", response=registration(house, session, key))
    theirs = enrol(house.keys.new, house.add("bob"), new_key())
    house.store.keys.add(replace(theirs, id="same", credential_id=key.credentials[0].id))
    refused = add(house, session, new)
    assert refused == FactorRefused(
        reason=Reason.WRONG_KEY,
        method=Method.SECURITY_KEY,
        detail=FactorReason.ALREADY_REGISTERED,
        about_new_key=True,
    )
    assert keys_of(house) == []


def test_w22_of_two_accounts_that_are_as_fast_one_gets_the_key() -> None:
    house = House()
    house.add()
    bob = house.add("bob")
    session, key = house.session(), new_key()
    response = registration(house, session, key)
    theirs = enrol(house.keys.new, bob, new_key())
    house.store.keys.remove(bob.id, theirs.id)

    class Overtaken(NewKeys):
        """Lets somebody else keep the key between the check and the keeping."""

        @override
        def verify(self, bound_to: Secret, response: str | bytes) -> Registered | Rejected:
            found = super().verify(bound_to, response)
            house.store.keys.add(replace(theirs, credential_id=key.credentials[0].id))
            return found

    new = house.keys.new
    overtaken = Overtaken(
        store=new.store, clock=new.clock, ceremonies=new.ceremonies, wait=new.wait
    )
    keys = replace(house.factors.security_keys, new=overtaken)
    given = Given(typed=house.next_code())
    refused = keys.add(session, NewKey(name="Blue", response=response), given, at())
    assert isinstance(refused, FactorRefused)
    assert (refused.about_new_key, refused.detail) == (True, FactorReason.ALREADY_REGISTERED)
    assert house.is_live(session.hash)


def test_there_are_so_many_keys_and_no_more() -> None:
    house = House()
    account = house.add()
    session = house.session()
    for _ in range(MOST):
        enrol(house.keys.new, account, new_key())
    full = FactorRefused(reason=Reason.TOO_MANY_FACTORS)
    assert house.factors.security_keys.begin(session, at()) == full
    assert add(house, session, NewKey(name="x", response="")) == full


def test_g16_questions_are_counted_by_address() -> None:
    house = House()
    house.add()
    session, keys = house.session(), house.factors.security_keys
    refused = None
    for _ in range(301):
        refused = keys.begin(session, at(HOME))
    assert isinstance(refused, FactorRefused)
    assert refused.reason is Reason.RATE_LIMITED
    assert refused.wait is not None
    assert not isinstance(keys.begin(session, at("192.0.2.1")), FactorRefused)


def test_g21_a_recovery_code_lets_one_key_be_added_which_waits() -> None:
    house = House()
    session = recovered_session(house, house.add())
    after, _ = added(house, session, given=Given(typed=PASSWORD))
    (key,) = keys_of(house)
    assert key.added_with == (Method.RECOVERY_CODE,)
    assert key.counts_from == house.clock.now() + NEW_KEY_WAIT
    barred = FactorRefused(reason=Reason.NOT_BY_RECOVERY_CODE)
    assert house.factors.security_keys.begin(after, at()) == barred
    assert house.factors.security_keys.remove(after, key.id, NOTHING, at()) == barred


@pytest.mark.parametrize(
    ("method", "counts", "vouched"),
    [
        (Method.PASSWORD, True, False),
        (Method.TOTP, True, False),
        (Method.RECOVERY_CODE, True, False),
        (Method.SECURITY_KEY, False, False),
        (Method.SECURITY_KEY, True, True),
    ],
)
def test_g6_only_another_key_that_counts_vouches(
    method: Method, *, counts: bool, vouched: bool
) -> None:
    proof = Proof(method=method, at=House().clock.now(), counts_as_key=counts)
    made = addition("Blue", proof)
    assert (made.name, made.proved, made.vouched) == ("Blue", (method,), vouched)


# --- renaming and removing ------------------------------------------------------------------


def test_a_key_is_renamed_to_a_name_that_is_free() -> None:
    house = House()
    account, session, _ = keyed(house)
    enrol(house.keys.new, account, new_key())
    first, second = keys_of(house)
    keys = house.factors.security_keys
    assert keys.rename(session, second.id, " Green  key", at()) == "Green key"
    taken = keys.rename(session, first.id, "green KEY", at())
    assert taken == FactorRefused(name=NameProblem.TAKEN)
    assert keys.rename(session, "nothing", "x", at()) == FactorRefused(reason=Reason.NOT_FOUND)
    assert len(house.records("key_renamed")) == 1


def test_g3_a_key_is_removed_with_a_proof_that_is_bound_to_it() -> None:
    house = House()
    account, session, key = keyed(house)
    enrol(house.keys.new, account, new_key())
    other = house.session()
    first, second = keys_of(house)
    keys = house.factors.security_keys
    for_first = signed(house, session, key, removal_of(first.id))
    wrong = keys.remove(session, second.id, for_first, at())
    assert isinstance(wrong, FactorRefused)
    assert wrong.reason is Reason.WRONG_KEY
    removed = keys.remove(
        session, second.id, signed(house, session, key, removal_of(second.id)), at()
    )
    assert isinstance(removed, FactorChanged)
    assert [each.id for each in keys_of(house)] == [first.id]
    assert not house.is_live(other.hash)
    assert [each.details["key"] for each in house.records("key_removed")] == [second.name]
    assert [each.reason for each in house.records("key_removal_refused")] == ["wrong_key"]


def test_g6_what_a_key_proved_goes_with_the_last_key() -> None:
    house = House()
    account, session, key = keyed(house)
    stepped = house.issuer.rotate(session, house.issuer.proof(Method.SECURITY_KEY))
    assert stepped is not None
    removed = house.factors.security_keys.remove(
        stepped.session,
        keys_of(house)[0].id,
        signed(house, stepped.session, key, removal_of(keys_of(house)[0].id)),
        at(),
    )
    assert isinstance(removed, FactorChanged)
    assert not house.as_kept(account).has_security_key
    assert Method.SECURITY_KEY not in house.methods(removed.issued.session.hash)
    assert Method.PASSWORD in house.methods(removed.issued.session.hash)


def test_t70_a_key_that_is_the_last_factor_stays() -> None:
    house = House()
    account, session, key = keyed(house)
    house.store.accounts.remove_totp(account.id, "phone-of-alice")
    only = replace(session, account=house.as_kept(account))
    (record,) = keys_of(house)
    given = signed(house, only, key, removal_of(record.id))
    refused = house.factors.security_keys.remove(only, record.id, given, at())
    assert refused == FactorRefused(reason=Reason.LAST_FACTOR)
    assert len(keys_of(house)) == 1


def test_t68_the_key_of_somebody_else_does_not_exist() -> None:
    house = House()
    _, session, _ = keyed(house)
    theirs = enrol(house.keys.new, house.add("bob"), new_key())
    keys = house.factors.security_keys
    gone = FactorRefused(reason=Reason.NOT_FOUND)
    assert keys.rename(session, theirs.id, "mine", at()) == gone
    assert keys.remove(session, theirs.id, NOTHING, at()) == gone
    assert len(keys_of(house, "bob")) == 1

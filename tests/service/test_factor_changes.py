"""What every change of factors has in common: its proof, and what ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gate.core.decision import Reason
from gate.core.errors import StoreError
from gate.core.levels import Level, reaches
from gate.core.ports import Store
from gate.core.subject import Account, AccountId, Method, Proof
from gate.service.factor_changes import FactorChanged, FactorChanges, FactorRefused, outlasting
from gate.service.fresh_proof import Change, Given
from gate.store.memory import MemoryStore
from tests.support.policies import policy_of
from tests.support.recoveries import recovered_session
from tests.support.sql_stores import new_sqlite_store
from tests.support.store_values import NOON
from tests.support.use_cases import PASSWORD, WRONG, WRONG_CODE, House, at

CHANGE = Change(name="something", parameters={})
UNDEMANDING = """\
sites:
  wiki:
    hosts: [wiki.example.com]
    upstream: http://127.0.0.1:8000
    rules: [{name: anybody, when: any, then: {require: signed_in}}]
"""


def changes_of(house: House) -> FactorChanges:
    return house.factors.code_apps.changes


BY_PASSWORD = Proof(method=Method.PASSWORD, at=NOON)
BY_CODE = Proof(method=Method.TOTP, at=NOON)
BY_KEY = Proof(method=Method.SECURITY_KEY, at=NOON, user_verified=True)
BY_PASSKEY = Proof(method=Method.PASSKEY, at=NOON, user_verified=True)
SIGNED_IN_ALONE = Proof(method=Method.SECURITY_KEY, at=NOON, counts_as_key=False)
NO_KEY = Account(id=AccountId("a"), name="alice")
ONE_KEY = replace(NO_KEY, has_security_key=True)
WAITING_KEY = replace(ONE_KEY, key_counts=False)


@pytest.mark.parametrize(
    ("account", "proofs", "left"),
    [
        pytest.param(ONE_KEY, (BY_PASSWORD, BY_KEY), (BY_PASSWORD, BY_KEY), id="another key"),
        pytest.param(
            WAITING_KEY,
            (BY_PASSWORD, BY_KEY),
            (BY_PASSWORD, replace(BY_KEY, counts_as_key=False)),
            id="another key that waits",
        ),
        pytest.param(NO_KEY, (BY_PASSWORD, BY_KEY), (BY_PASSWORD,), id="password and key"),
        pytest.param(NO_KEY, (BY_PASSWORD, BY_CODE), (BY_PASSWORD, BY_CODE), id="no key at all"),
        pytest.param(NO_KEY, (BY_CODE,), (BY_CODE,), id="a code alone"),
        pytest.param(NO_KEY, (BY_PASSKEY,), (SIGNED_IN_ALONE,), id="a passkey alone"),
        pytest.param(NO_KEY, (BY_PASSKEY, BY_CODE), (BY_CODE, SIGNED_IN_ALONE), id="and a code"),
    ],
)
def test_g6_what_is_left_of_a_sessions_proofs(
    account: Account, proofs: tuple[Proof, ...], left: tuple[Proof, ...]
) -> None:
    assert outlasting(proofs, account) == left


@pytest.mark.parametrize("proofs", [(BY_PASSWORD, BY_KEY), (BY_PASSKEY,), (BY_PASSKEY, BY_CODE)])
def test_g6_without_a_key_a_key_makes_no_second_factor(proofs: tuple[Proof, ...]) -> None:
    left = outlasting(proofs, NO_KEY)
    assert reaches(Level.SIGNED_IN, left)
    assert not reaches(Level.SECOND_FACTOR, left)
    assert not reaches(Level.SECURITY_KEY, left)


def test_g6_an_addition_takes_the_strongest_proof_and_tells_which() -> None:
    house = House()
    house.add()
    session, changes = house.session(), changes_of(house)
    by_password = changes.prove_addition(session, Given(typed=PASSWORD), CHANGE, at())
    assert by_password == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP)
    by_code = changes.prove_addition(session, Given(typed=house.next_code()), CHANGE, at())
    assert by_code == Proof(method=Method.TOTP, at=house.clock.now(), counts_as_key=False)


def test_g21_after_a_recovery_code_the_password_proves_an_addition() -> None:
    house = House()
    session, changes = recovered_session(house, house.add()), changes_of(house)
    wrong = changes.prove_addition(session, Given(typed=WRONG), CHANGE, at())
    assert wrong == FactorRefused(reason=Reason.WRONG_PASSWORD, method=Method.PASSWORD)
    proved = changes.prove_addition(session, Given(typed=PASSWORD), CHANGE, at())
    assert isinstance(proved, Proof)
    assert proved.method is Method.RECOVERY_CODE


def test_g21_after_a_recovery_code_nothing_else_is_changed() -> None:
    house = House()
    session, changes = recovered_session(house, house.add()), changes_of(house)
    given = Given(typed=house.next_code())
    refused = changes.prove_change(session, given, CHANGE, at())
    assert refused == FactorRefused(reason=Reason.NOT_BY_RECOVERY_CODE)
    assert house.fresh_proof.code(session.account.id, given.typed) is None  # it is still good


def test_g3_a_change_takes_the_strongest_proof() -> None:
    house = House()
    house.add()
    session, changes = house.session(), changes_of(house)
    wrong = changes.prove_change(session, Given(typed=WRONG_CODE), CHANGE, at())
    assert wrong == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP)
    assert changes.prove_change(session, Given(typed=house.next_code()), CHANGE, at()) is None


def test_t42_a_change_ends_the_others_and_rotates_this_session() -> None:
    house = House()
    house.add()
    other, mine = house.session(), house.session()
    changed = changes_of(house).commit(mine, "phone", lambda: True)
    assert isinstance(changed, FactorChanged)
    assert (changed.name, changed.ended) == ("phone", 1)
    assert not house.is_live(other.hash)
    assert not house.is_live(mine.hash)
    assert house.is_live(changed.issued.session.hash)
    assert house.methods(changed.issued.session.hash) == {Method.PASSWORD, Method.TOTP}


def test_where_there_is_nothing_to_change_nothing_ends() -> None:
    house = House()
    house.add()
    other, mine = house.session(), house.session()
    refused = changes_of(house).commit(mine, "phone", lambda: False)
    assert refused == FactorRefused(reason=Reason.NOT_FOUND)
    assert house.is_live(other.hash)
    assert house.is_live(mine.hash)


def remove_app(store: Store, app: str = "phone-of-alice") -> bool:
    account = store.accounts.by_name("alice")
    return account is not None and store.accounts.remove_totp(account.id, app)


def test_t70_the_last_factor_stays_while_something_demands_one() -> None:
    house = House()
    account = house.add()
    mine = house.session()
    refused = changes_of(house).commit(mine, "phone", lambda: remove_app(house.store))
    assert refused == FactorRefused(reason=Reason.LAST_FACTOR)
    assert house.as_kept(account).has_totp
    assert house.is_live(mine.hash)


def test_a_factor_that_has_to_stay_is_known_beforehand() -> None:
    house = House()
    account = house.add()
    assert changes_of(house).is_last(account)
    house.add_app(account, "tablet")
    assert not changes_of(house).is_last(account)
    relaxed = House(policy=policy_of(UNDEMANDING))
    assert not changes_of(relaxed).is_last(relaxed.add())


def test_the_last_factor_goes_where_nothing_demands_one() -> None:
    house = House(policy=policy_of(UNDEMANDING))
    account = house.add()
    changed = changes_of(house).commit(house.session(), "phone", lambda: remove_app(house.store))
    assert isinstance(changed, FactorChanged)
    assert not house.as_kept(account).has_second_factor


@pytest.fixture(params=["memory", "sqlite"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Give a house over each store that every installation can have."""
    store = MemoryStore() if request.param == "memory" else new_sqlite_store(tmp_path)
    with closing(store):
        yield House(store=store)


def test_f18_of_two_parallel_removals_of_the_last_factors_one_holds(house: House) -> None:
    account = house.add()
    house.add_app(account, "tablet")
    sessions = [house.session(), house.session()]
    apps = ["phone-of-alice", "tablet-of-alice"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda session, app: changes_of(house).commit(
                    session, app, lambda: remove_app(house.store, app)
                ),
                sessions,
                apps,
            )
        )
    assert sum(isinstance(answer, FactorChanged) for answer in answers) == 1
    assert len(house.store.accounts.totps(account.id)) == 1


def test_t42_a_change_that_is_taken_back_ends_nothing(house: House) -> None:
    account = house.add()
    other, mine = house.session(), house.session()
    refused = changes_of(house).commit(mine, "phone", lambda: remove_app(house.store))
    assert refused == FactorRefused(reason=Reason.LAST_FACTOR)
    assert house.as_kept(account).has_totp
    assert (house.is_live(mine.hash), house.is_live(other.hash)) == (True, True)


def test_a_session_or_an_account_that_is_gone_changes_nothing() -> None:
    house = House()
    account = house.add()
    house.add_app(account, "tablet")
    session, changes = house.session(), changes_of(house)
    house.store.sessions.end(session.hash)
    ended = FactorRefused(reason=Reason.SESSION_ENDED)
    assert changes.commit(session, "phone", lambda: remove_app(house.store)) == ended
    assert len(house.store.accounts.totps(account.id)) == 2
    house.store.accounts.delete(account.id)
    assert changes.commit(session, "phone", lambda: True) == ended


def test_f1_a_store_that_fails_half_way_leaves_all_as_it_was() -> None:
    house = House(store=MemoryStore())
    account = house.add()
    house.add_app(account, "tablet")
    session = house.session()

    def fail_after_writing() -> bool:
        remove_app(house.store)
        raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        changes_of(house).commit(session, "phone", fail_after_writing)
    assert len(house.store.accounts.totps(account.id)) == 2
    assert house.is_live(session.hash)

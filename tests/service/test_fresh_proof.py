"""Proof in the same request: the strongest that the account has, and only a few guesses."""

from __future__ import annotations

import threading

import pytest

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import Method, Session
from gate.service.fresh_proof import Unproved, wanted_proof
from gate.service.hashing import BUSY_WAIT, HashQueue
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.use_cases import PASSWORD, WRONG, WRONG_CODE, House


def strongest(house: House, session: Session, proof: Secret) -> Reason | None:
    unproved = house.fresh_proof.strongest(session, proof)
    return None if unproved is None else unproved.reason


def test_g3_with_a_code_app_the_password_is_not_enough() -> None:
    house = House()
    assert wanted_proof(house.add()) is Method.TOTP
    session = house.session()
    assert strongest(house, session, PASSWORD) is Reason.WRONG_CODE
    assert strongest(house, session, house.next_code()) is None


def test_g3_without_one_the_password_is_the_proof() -> None:
    house = House()
    assert wanted_proof(house.add(has_app=False)) is Method.PASSWORD
    session = house.entered().session
    assert strongest(house, session, WRONG) is Reason.WRONG_PASSWORD
    assert strongest(house, session, PASSWORD) is None


def test_t60_the_code_of_the_sign_in_proves_no_change() -> None:
    house = House()
    house.add()
    session = house.session()
    assert strongest(house, session, house.code()) is Reason.TOTP_REPLAYED


def test_t60_a_code_that_another_process_takes_meanwhile_is_replayed() -> None:
    store = BrokenStore(MemoryStore())
    house = House(store=store)
    house.add()
    session = house.session()
    code = house.next_code()
    rival = House(store=store.store, clock=house.clock)
    found = list[Reason | None]()
    store.rivals["accounts.accept_totp_step"] = lambda: found.append(
        strongest(rival, session, code)
    )
    assert strongest(house, session, code) is Reason.TOTP_REPLAYED
    assert found == [None]


def test_any_of_several_apps_proves_it() -> None:
    house = House()
    account = house.add()
    session = house.session()
    house.add_app(account, "tablet", Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
    assert strongest(house, session, house.next_code()) is None
    house.add_app(account, "twin")
    assert strongest(house, session, house.code()) is None  # the twin's own step is still unused


def test_r21_an_app_whose_seed_is_broken_proves_nothing_and_stops_nobody() -> None:
    house = House()
    account = house.add()
    house.add_app(account, "broken", Secret("!"))
    session = house.session()
    assert strongest(house, session, WRONG_CODE) is Reason.WRONG_CODE
    assert strongest(house, session, house.next_code()) is None


def test_g16_five_wrong_proofs_end_the_session() -> None:
    house = House()
    house.add()
    session, other = house.session(), house.session()
    answers = [strongest(house, session, WRONG_CODE) for _ in range(5)]
    assert answers == [*[Reason.WRONG_CODE] * 4, Reason.SESSION_ENDED]
    assert not house.is_live(session.hash)
    assert house.is_live(other.hash)


def test_g16_wrong_passwords_and_codes_count_together_for_a_session() -> None:
    house = House()
    house.add()
    session = house.session()
    for _ in range(2):
        assert house.fresh_proof.password(session, WRONG) is not None
        strongest(house, session, WRONG_CODE)
    assert house.is_live(session.hash)
    unproved = house.fresh_proof.password(session, WRONG)
    assert unproved is not None
    assert unproved.session_ended
    assert not house.is_live(session.hash)


def test_g16_refused_attempts_end_no_session() -> None:
    house = House()
    house.add()
    session = house.session()
    for _ in range(4):
        strongest(house, session, WRONG_CODE)
    other = house.session()
    strongest(house, other, WRONG_CODE)
    for _ in range(10):
        assert strongest(house, other, house.code()) is Reason.RATE_LIMITED
    assert house.is_live(other.hash)


def test_t62_codes_inside_a_session_and_at_step_up_are_counted_together() -> None:
    house = House()
    house.add()
    session = house.session()
    for _ in range(4):
        strongest(house, session, WRONG_CODE)
    house.fresh_proof.code(session.account.id, WRONG_CODE)
    assert strongest(house, session, house.next_code()) is Reason.RATE_LIMITED


def test_g16_a_right_proof_gives_back_its_own_attempt_only() -> None:
    house = House()
    house.add(has_app=False)
    session = house.entered().session
    for _ in range(3):
        strongest(house, session, WRONG)
    for _ in range(3):
        assert strongest(house, session, PASSWORD) is None
    assert house.is_live(session.hash)
    strongest(house, session, WRONG)
    assert strongest(house, session, WRONG) is Reason.SESSION_ENDED


@pytest.mark.parametrize("password", ["", "x" * 1025])
def test_r18_what_can_not_be_a_password_is_wrong(password: str) -> None:
    house = House()
    house.add(has_app=False)
    session = house.entered().session
    assert strongest(house, session, Secret(password)) is Reason.WRONG_PASSWORD


def test_f16_a_full_hash_queue_takes_no_attempt() -> None:
    house = House(hashing=HashQueue(queue=1))
    house.add(has_app=False)
    session = house.entered().session
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        inside.set()
        leave.wait(30)

    holder = threading.Thread(target=lambda: house.hashing.run(hold, familiar=True))
    holder.start()
    inside.wait(30)
    answers = [house.fresh_proof.password(session, PASSWORD) for _ in range(7)]
    leave.set()
    holder.join()
    assert set(answers) == {Unproved(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)}
    assert strongest(house, session, PASSWORD) is None

"""Proof in the same request: the strongest that the account has, and only a few guesses."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import Method, Proof, Session
from gate.service.fresh_proof import Change, Given, Unproved, session_binding, wanted_proof
from gate.service.hashing import BUSY_WAIT, HashQueue
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import Authenticator, NoKeyError
from tests.support.use_cases import NEW_KEY_WAIT, PASSWORD, WRONG, WRONG_CODE, House, at

CHANGE = Change(name="networks", parameters={"networks": "203.0.113.0/24"})


def strongest(house: House, session: Session, proof: Secret) -> Reason | None:
    unproved = house.fresh_proof.strongest(session, Given(typed=proof), CHANGE, at())
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


# --- keys ------------------------------------------------------------------------------------


def with_key(house: House) -> tuple[Session, Authenticator]:
    account = house.add()
    session = house.session()
    key = new_key()
    enrol(house.keys.new, account, key)
    found = house.store.sessions.find(session.hash)
    assert found is not None
    return found, key


def kept(house: House, session: Session) -> Session:
    """Give a session as pages are given it."""
    found = house.store.sessions.find(session.hash)
    assert found is not None
    return found.as_of(house.clock.now())


def answer_of(
    house: House, session: Session, key: Authenticator, change: Change = CHANGE, **bends: Any
) -> str:
    options = house.fresh_proof.key_options(session, change, at())
    assert not isinstance(options, Unproved), options
    return key.get(options, **bends)


def by_key(house: House, session: Session, answer: str, change: Change = CHANGE) -> Reason | None:
    given = Given(typed=Secret(""), key=answer)
    unproved = house.fresh_proof.strongest(session, given, change, at())
    return None if unproved is None else unproved.reason


def test_g3_with_a_key_the_key_is_the_proof() -> None:
    house = House()
    session, key = with_key(house)
    assert wanted_proof(session.account) is Method.SECURITY_KEY
    assert by_key(house, session, answer_of(house, session, key)) is None


def test_t70_with_a_key_a_code_and_a_password_are_not_enough() -> None:
    house = House()
    session, _ = with_key(house)
    for typed in (house.next_code(), PASSWORD):
        assert strongest(house, session, typed) is Reason.NEEDS_SECURITY_KEY
    assert house.is_live(session.hash)


def test_g3_an_answer_for_one_change_is_none_for_another() -> None:
    house = House()
    session, key = with_key(house)
    answer = answer_of(house, session, key)
    other = Change(name="networks", parameters={"networks": "0.0.0.0/1"})
    assert by_key(house, session, answer, other) is Reason.WRONG_KEY
    assert by_key(house, session, answer) is Reason.WRONG_KEY  # it is spent


def test_w09_an_answer_of_another_session_of_the_same_account_proves_nothing() -> None:
    house = House()
    session, key = with_key(house)
    answer = answer_of(house, session, key)
    other = house.session()
    assert by_key(house, other, answer) is Reason.WRONG_KEY


def test_g16_five_wrong_answers_of_keys_end_the_session() -> None:
    house = House()
    session, key = with_key(house)
    found = [
        by_key(house, session, answer_of(house, session, key, signature=b"forged"))
        for _ in range(5)
    ]
    assert found == [*[Reason.WRONG_KEY] * 4, Reason.SESSION_ENDED]
    assert not house.is_live(session.hash)


def test_without_a_key_there_is_nothing_to_ask() -> None:
    house = House()
    house.add()
    refused = house.fresh_proof.key_options(house.session(), CHANGE, at())
    assert refused == Unproved(reason=Reason.NOT_ENROLLED)


def test_what_a_ceremony_is_bound_to_changes_with_the_token() -> None:
    house = House()
    house.add()
    session = house.session()
    rotated = house.issuer.rotate(session)
    assert rotated is not None
    assert session_binding(rotated.session) != session_binding(session)


def test_g6_a_key_that_waits_does_not_take_the_place_of_the_code_app() -> None:
    house = House()
    account = house.add()
    session = house.session()
    waiting = new_key()
    enrol(house.keys.new, account, waiting, vouched=False)
    early = kept(house, session)
    assert wanted_proof(early.account) is Method.TOTP
    assert by_key(house, early, answer_of(house, early, waiting)) is Reason.WRONG_CODE
    assert strongest(house, early, house.next_code()) is None
    house.clock.advance(NEW_KEY_WAIT)
    counting = kept(house, house.session())
    assert wanted_proof(counting.account) is Method.SECURITY_KEY
    assert strongest(house, counting, house.next_code()) is Reason.NEEDS_SECURITY_KEY
    assert by_key(house, counting, answer_of(house, counting, waiting)) is None


def test_g6_a_key_that_waits_proves_no_change_once_another_counts() -> None:
    house = House()
    account = house.add(has_app=False)
    session = house.entered().session
    waiting, counting = new_key(), new_key()
    enrol(house.keys.new, account, waiting, vouched=False)
    only = house.store.sessions.find(session.hash)
    assert only is not None
    assert by_key(house, only, answer_of(house, only, waiting)) is None
    enrol(house.keys.new, account, counting)
    with pytest.raises(NoKeyError):
        answer_of(house, only, waiting)
    assert by_key(house, only, answer_of(house, only, counting)) is None


def test_g6_what_was_proved_says_whether_the_key_counts() -> None:
    house = House()
    session, key = with_key(house)
    given = Given(typed=Secret(""), key=answer_of(house, session, key))
    proved = house.fresh_proof.proved(session, given, CHANGE, at())
    assert isinstance(proved, Proof)
    assert (proved.method, proved.counts_as_key) == (Method.SECURITY_KEY, True)
    other = House()
    other.add()
    by_code = other.fresh_proof.proved(
        other.session(), Given(typed=other.next_code()), CHANGE, at()
    )
    assert by_code == Proof(method=Method.TOTP, at=other.clock.now(), counts_as_key=False)

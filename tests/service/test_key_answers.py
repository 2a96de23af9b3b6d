"""What security keys answer is taken out, verified, counted by address, and used once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from gate.core.decision import Reason
from gate.core.ports import SecurityKey
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState, Method, Proof
from gate.factors import FactorReason
from gate.factors.webauthn import Purpose
from gate.service.given import Unproved
from gate.service.key_answers import KeyProved, KeyQuestion
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import Authenticator
from tests.support.use_cases import ABROAD, House, at

HERE = Secret("this browser")
STEP_UP = (Purpose.STEP_UP, b"")
ACTION = (Purpose.ACTION, b"a" * 32)


@dataclass
class Person:
    """Somebody with a key in an installation."""

    house: House = field(default_factory=House)
    key: Authenticator = field(default_factory=new_key)

    def __post_init__(self) -> None:
        self.account: Account = self.house.add(has_app=False)
        self.record: SecurityKey = enrol(self.house.keys.new, self.account, self.key)

    def question(self, purpose: Purpose = Purpose.STEP_UP, action: bytes = b"") -> KeyQuestion:
        account = None if purpose is Purpose.SIGN_IN else self.account
        return KeyQuestion(purpose=purpose, bound_to=HERE, account=account, action=action)

    def asked(self, question: KeyQuestion, **bends: Any) -> str:
        """Ask the key and give its answer."""
        options = self.house.keys.answers.options(question, at())
        assert not isinstance(options, Unproved), options
        return self.key.get(options, **bends)

    def verify(self, question: KeyQuestion, answer: str) -> KeyProved | Unproved:
        return self.house.keys.answers.verify(question, answer, at())

    def kept(self) -> SecurityKey | None:
        return self.house.store.keys.by_credential(self.record.credential_id)


def refusal(proved: KeyProved | Unproved) -> tuple[Reason, str]:
    assert isinstance(proved, Unproved), proved
    return proved.reason, proved.detail


def wrong(detail: FactorReason) -> tuple[Reason, str]:
    return Reason.WRONG_KEY, detail


@pytest.mark.parametrize(
    ("purpose", "action", "method"),
    [
        (Purpose.STEP_UP, b"", Method.SECURITY_KEY),
        (Purpose.ACTION, b"a" * 32, Method.SECURITY_KEY),
        (Purpose.SIGN_IN, b"", Method.PASSKEY),
    ],
)
def test_a_key_proves_its_account(purpose: Purpose, action: bytes, method: Method) -> None:
    person = Person()
    question = person.question(purpose, action)
    proved = person.verify(question, person.asked(question))
    assert isinstance(proved, KeyProved)
    now = person.house.clock.now()
    assert proved.account == person.house.as_kept(person.account)
    assert proved.key.id == person.record.id
    assert proved.proof == Proof(method=method, at=now, user_verified=True)


def test_a_use_is_noted_with_its_count() -> None:
    person = Person()
    question = person.question()
    person.verify(question, person.asked(question))
    kept = person.kept()
    assert kept is not None
    assert (kept.sign_count, kept.last_used) == (1, person.house.clock.now())


def test_a_key_that_verifies_nobody_proves_less() -> None:
    person = Person(key=new_key(verifies=False))
    question = person.question()
    proved = person.verify(question, person.asked(question))
    assert isinstance(proved, KeyProved)
    assert not proved.proof.user_verified


def test_g6_the_proof_of_a_key_that_still_waits_does_not_count_as_one() -> None:
    house = House()
    person = Person(house=house)
    waiting = new_key()
    record = enrol(house.keys.new, person.account, waiting, vouched=False)
    person.key = waiting
    question = person.question()
    first = person.verify(question, person.asked(question))
    assert isinstance(first, KeyProved)
    assert (first.key.id, first.proof.counts_as_key) == (record.id, False)
    house.clock.advance(timedelta(hours=24))
    later = person.verify(question, person.asked(question))
    assert isinstance(later, KeyProved)
    assert later.proof.counts_as_key


@pytest.mark.parametrize(("purpose", "action"), [STEP_UP, ACTION, (Purpose.SIGN_IN, b"")])
def test_w11_an_answer_proves_once(purpose: Purpose, action: bytes) -> None:
    person = Person()
    question = person.question(purpose, action)
    answer = person.asked(question)
    assert isinstance(person.verify(question, answer), KeyProved)
    assert refusal(person.verify(question, answer)) == wrong(FactorReason.CEREMONY_EXPIRED)


def test_w12_a_challenge_is_gone_after_a_wrong_answer_too() -> None:
    person = Person()
    question = person.question()
    good = person.asked(question)
    bad = good.replace('"rawId"', '"rawId2"')
    assert refusal(person.verify(question, bad))[0] is Reason.WRONG_KEY
    forged = person.asked(question, signature=b"no signature at all")
    assert refusal(person.verify(question, forged)) == wrong(FactorReason.WRONG_SIGNATURE)
    assert refusal(person.verify(question, forged)) == wrong(FactorReason.CEREMONY_EXPIRED)


def test_w09_an_answer_of_another_session_proves_nothing() -> None:
    person = Person()
    question = person.question()
    answer = person.asked(question)
    elsewhere = replace(question, bound_to=Secret("another browser"))
    assert refusal(person.verify(elsewhere, answer)) == wrong(FactorReason.CEREMONY_EXPIRED)


def test_w10_w28_an_answer_of_somebody_else_proves_nothing() -> None:
    person = Person()
    mallory = person.house.add("mallory", has_app=False)
    enrol(person.house.keys.new, mallory, new_key())
    question = person.question()
    answer = person.asked(question)
    as_mallory = replace(question, account=mallory)
    assert refusal(person.verify(as_mallory, answer)) == wrong(FactorReason.UNKNOWN_KEY)


def test_t68_a_key_of_somebody_else_does_not_answer_for_this_account() -> None:
    person = Person()
    mallory = person.house.add("mallory", has_app=False)
    other = new_key()
    enrol(person.house.keys.new, mallory, other)
    options = person.house.keys.answers.options(person.question(), at())
    assert not isinstance(options, Unproved)
    answer = other.get({**options, "allowCredentials": []})
    assert refusal(person.verify(person.question(), answer)) == wrong(FactorReason.KEY_NOT_ALLOWED)


def test_t68_a_passkey_signs_its_own_account_in_whatever_handle_it_tells() -> None:
    person = Person()
    person.house.add("mallory", has_app=False)
    question = person.question(Purpose.SIGN_IN)
    answer = person.asked(question, user_handle=b"id-of-mallory")
    assert refusal(person.verify(question, answer)) == wrong(FactorReason.OTHER_ACCOUNT)


@pytest.mark.parametrize("purpose", [Purpose.STEP_UP, Purpose.SIGN_IN])
def test_w14_an_answer_to_another_purpose_proves_nothing(purpose: Purpose) -> None:
    person = Person()
    asked = person.question(Purpose.ACTION, b"a" * 32)
    answer = person.asked(asked)
    assert refusal(person.verify(person.question(purpose), answer)) == wrong(
        FactorReason.CEREMONY_EXPIRED
    )


def test_g3_an_answer_for_one_change_proves_no_other() -> None:
    person = Person()
    asked = person.question(Purpose.ACTION, b"a" * 32)
    answer = person.asked(asked)
    other = replace(asked, action=b"b" * 32)
    assert refusal(person.verify(other, answer)) == wrong(FactorReason.OTHER_ACTION)


def test_w30_a_key_that_was_removed_meanwhile_proves_nothing() -> None:
    person = Person()
    question = person.question()
    answer = person.asked(question)
    person.house.store.keys.remove(person.account.id, person.record.id)
    assert refusal(person.verify(question, answer)) == wrong(FactorReason.UNKNOWN_KEY)
    assert person.house.records("key_may_be_copied") == []


def test_w30_a_key_that_is_removed_while_its_answer_is_looked_at_proves_nothing() -> None:
    store = BrokenStore(MemoryStore())
    person = Person(house=House(store=store))
    question = person.question()
    answer = person.asked(question)
    store.rivals["keys.note_use"] = lambda: store.store.keys.remove(
        person.account.id, person.record.id
    )
    assert refusal(person.verify(question, answer)) == wrong(FactorReason.UNKNOWN_KEY)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (AccountState.DISABLED, Reason.ACCOUNT_DISABLED),
        (AccountState.LOCKED, Reason.ACCOUNT_LOCKED),
    ],
)
@pytest.mark.parametrize("purpose", [Purpose.STEP_UP, Purpose.SIGN_IN])
def test_w31_an_account_that_was_disabled_meanwhile_proves_nothing(
    purpose: Purpose, state: AccountState, reason: Reason
) -> None:
    person = Person()
    question = person.question(purpose)
    answer = person.asked(question)
    person.house.store.accounts.set_state(person.account.id, state)
    assert refusal(person.verify(question, answer))[0] is reason
    kept = person.kept()
    assert kept is not None
    assert kept.last_used is None


def test_w31_an_account_that_is_deleted_meanwhile_proves_nothing() -> None:
    store = BrokenStore(MemoryStore())
    person = Person(house=House(store=store))
    question = person.question()
    answer = person.asked(question)
    store.rivals["accounts.by_id"] = lambda: store.store.accounts.delete(person.account.id)
    assert refusal(person.verify(question, answer)) == wrong(FactorReason.UNKNOWN_KEY)


@pytest.mark.parametrize("count", [1, 2], ids=["w25_equal", "w24_back"])
def test_a_count_that_did_not_rise_is_refused_and_marked(count: int) -> None:
    person = Person()
    question = person.question()
    for _ in range(2):
        assert isinstance(person.verify(question, person.asked(question)), KeyProved)
    answer = person.asked(question, sign_count=count)
    assert refusal(person.verify(question, answer)) == wrong(FactorReason.COUNT_WENT_BACK)
    kept = person.kept()
    assert kept is not None
    assert kept.clone_warned_at == person.house.clock.now()
    assert kept.sign_count == 2
    (event,) = person.house.records("key_may_be_copied")
    assert event.details["key"] == "Office"


def test_w24_two_answers_at_once_from_one_count_are_used_once() -> None:
    store = BrokenStore(MemoryStore())
    person = Person(house=House(store=store))
    first, second = person.question(), replace(person.question(), bound_to=Secret("other"))
    answer = person.asked(first)
    twin = person.asked(second, sign_count=1)
    found: list[KeyProved | Unproved] = []
    rival = House(store=store.store, clock=person.house.clock)
    store.rivals["keys.note_use"] = lambda: found.append(
        rival.keys.answers.verify(second, twin, at())
    )
    assert refusal(person.verify(first, answer)) == wrong(FactorReason.COUNT_WENT_BACK)
    assert isinstance(found[0], KeyProved)


def test_a_key_without_a_count_works_again_and_again() -> None:
    person = Person(key=new_key(counts=False))
    question = person.question()
    for _ in range(3):
        assert isinstance(person.verify(question, person.asked(question)), KeyProved)


def test_g16_wrong_answers_are_counted_by_address_and_never_against_the_account() -> None:
    person = Person()
    question = person.question()
    for _ in range(30):
        assert refusal(person.verify(question, "{}"))[0] is Reason.WRONG_KEY
    answer = person.asked(question)
    stopped = person.verify(question, answer)
    assert isinstance(stopped, Unproved)
    assert stopped.reason is Reason.RATE_LIMITED
    assert stopped.wait is not None
    elsewhere = person.house.keys.answers.verify(question, answer, at(ABROAD))
    assert isinstance(elsewhere, KeyProved)


def test_g16_right_answers_give_their_attempt_back() -> None:
    person = Person()
    question = person.question()
    for _ in range(40):
        assert isinstance(person.verify(question, person.asked(question)), KeyProved)


def test_questions_are_counted_by_address_since_each_writes_a_row() -> None:
    person = Person()
    for _ in range(300):
        assert not isinstance(person.house.keys.answers.options(person.question(), at()), Unproved)
    stopped = person.house.keys.answers.options(person.question(), at())
    assert isinstance(stopped, Unproved)
    assert stopped.reason is Reason.RATE_LIMITED


def test_an_account_without_a_key_is_not_asked() -> None:
    house = House()
    account = house.add()
    question = KeyQuestion(purpose=Purpose.STEP_UP, bound_to=HERE, account=account)
    assert house.keys.answers.options(question, at()) == Unproved(reason=Reason.NOT_ENROLLED)


def test_t73_who_signs_in_with_a_passkey_is_asked_the_same_whoever_is_there() -> None:
    person = Person()
    nobody = House()
    question = person.question(Purpose.SIGN_IN)
    found = [house.keys.answers.options(question, at()) for house in (person.house, nobody)]
    shown = [{**each, "challenge": ""} for each in found if not isinstance(each, Unproved)]
    assert len(shown) == 2
    assert shown[0] == shown[1]
    assert shown[0]["allowCredentials"] == []

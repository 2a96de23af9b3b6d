"""Step-up by security keys: what they prove, and that codes only stand in for them."""

from __future__ import annotations

from typing import Any, cast

from gate.core.decision import Level, Reason
from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.service.step_up import SteppedUp, StepUpRefused
from gate.service.tokens import new_token
from gate.service.visitor import Visitor
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.decisions import allowlist
from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import Authenticator
from tests.support.use_cases import WRONG_CODE, House, at

type Outcome = SteppedUp | StepUpRefused


def step_up(house: House, token: Secret, code: Secret) -> Outcome:
    return house.step_up.code(token=token, code=code, visitor=at())


def reason(outcome: Outcome) -> Reason | None:
    return outcome.reason if isinstance(outcome, StepUpRefused) else None


def with_key(house: House, *, vouched: bool = True, **made: Any) -> Authenticator:
    account, key = house.add(), new_key(**made)
    enrol(house.keys.new, account, key, vouched=vouched)
    return key


def answer_of(house: House, token: Secret, key: Authenticator, **bends: Any) -> str:
    options = house.step_up.key_options(token=token, visitor=at())
    assert not isinstance(options, StepUpRefused), options
    return key.get(options, **bends)


def by_key(house: House, token: Secret, answer: str, visitor: Visitor | None = None) -> Outcome:
    return house.step_up.key(token=token, response=answer, visitor=visitor or at())


def test_t40_a_key_gives_a_new_token_and_the_old_one_is_dead() -> None:
    house = House()
    key = with_key(house)
    before = house.entered()
    stepped = by_key(house, before.token, answer_of(house, before.token, key))
    assert isinstance(stepped, SteppedUp)
    assert not house.is_live(before.session.hash)
    assert house.methods(stepped.issued.session.hash) == {Method.PASSWORD, Method.SECURITY_KEY}
    assert Level.SECURITY_KEY in stepped.issued.session.worth.reached


def test_a_key_that_verifies_nobody_is_a_second_factor_after_a_password() -> None:
    house = House()
    key = with_key(house, verifies=False)
    token = house.entered().token
    stepped = by_key(house, token, answer_of(house, token, key))
    assert isinstance(stepped, SteppedUp)
    (proof,) = [
        each for each in stepped.issued.session.proofs if each.method is Method.SECURITY_KEY
    ]
    assert not proof.user_verified
    assert Level.SECURITY_KEY in stepped.issued.session.worth.reached


def test_g6_a_key_that_waits_is_a_second_factor_and_no_security_key() -> None:
    house = House()
    key = with_key(house, vouched=False)
    token = house.entered().token
    stepped = by_key(house, token, answer_of(house, token, key))
    assert isinstance(stepped, SteppedUp)
    reached = stepped.issued.session.worth.reached
    assert Level.SECOND_FACTOR in reached
    assert Level.SECURITY_KEY not in reached


def test_g6_where_only_keys_that_count_will_do_the_others_are_not_asked() -> None:
    house = House()
    with_key(house)
    account = house.store.accounts.by_name("alice")
    assert account is not None
    enrol(house.keys.new, account, new_key(), vouched=False)
    token = house.entered().token
    all_keys = house.step_up.key_options(token=token, visitor=at())
    counting = house.step_up.key_options(token=token, visitor=at(), counting=True)
    assert not isinstance(all_keys, StepUpRefused)
    assert not isinstance(counting, StepUpRefused)
    asked = [cast("list[object]", each["allowCredentials"]) for each in (all_keys, counting)]
    assert [len(each) for each in asked] == [2, 1]


def test_w09_an_answer_in_another_session_of_the_account_proves_nothing() -> None:
    house = House()
    key = with_key(house)
    first, second = house.entered(), house.entered()
    answer = answer_of(house, first.token, key)
    assert reason(by_key(house, second.token, answer)) is Reason.WRONG_KEY


def test_w11_a_key_answers_once_and_never_in_the_rotated_session() -> None:
    house = House()
    key = with_key(house)
    token = house.entered().token
    answer, second = answer_of(house, token, key), answer_of(house, token, key)
    stepped = by_key(house, token, answer)
    assert isinstance(stepped, SteppedUp)
    assert reason(by_key(house, token, answer)) is Reason.SESSION_ENDED
    assert reason(by_key(house, stepped.issued.token, second)) is Reason.WRONG_KEY


def test_t48_a_key_without_a_password_proves_nothing() -> None:
    house = House()
    with_key(house)
    nobody = new_token()
    assert house.step_up.key_options(token=nobody, visitor=at()) == StepUpRefused(
        reason=Reason.SESSION_ENDED
    )
    assert reason(by_key(house, nobody, "{}")) is Reason.SESSION_ENDED


def test_a_key_is_not_asked_from_an_address_that_is_not_admitted() -> None:
    house = House()
    key = with_key(house)
    token = house.entered().token
    answer = answer_of(house, token, key)
    account = house.store.accounts.by_name("alice")
    assert account is not None
    house.store.accounts.set_networks(account.id, allowlist("10.9.9.0/24"))
    refused = StepUpRefused(reason=Reason.IP_NOT_ALLOWED)
    assert house.step_up.key_options(token=token, visitor=at()) == refused
    assert by_key(house, token, answer) == refused


def test_an_account_without_a_key_is_told() -> None:
    house = House()
    house.add()
    refused = house.step_up.key_options(token=house.entered().token, visitor=at())
    assert refused == StepUpRefused(reason=Reason.NOT_ENROLLED)


def test_t43_a_session_that_is_revoked_while_its_key_answers_gets_no_new_token() -> None:
    store = BrokenStore(MemoryStore())
    house = House(store=store)
    key = with_key(house)
    issued = house.entered()
    answer = answer_of(house, issued.token, key)
    store.rivals["sessions.replace"] = lambda: store.store.sessions.end(issued.session.hash)
    assert reason(by_key(house, issued.token, answer)) is Reason.SESSION_ENDED
    assert house.records("stepped_up") == []


def test_g16_the_fifth_wrong_answer_of_a_key_ends_a_full_session() -> None:
    house = House()
    with_key(house)
    issued = house.full().issued
    found = [reason(by_key(house, issued.token, "{}")) for _ in range(5)]
    assert found == [*[Reason.WRONG_KEY] * 4, Reason.SESSION_ENDED]
    assert not house.is_live(issued.session.hash)


def test_t63_a_full_counter_of_codes_keeps_no_key_out() -> None:
    house = House()
    key = with_key(house)
    token = house.entered().token
    for _ in range(6):
        step_up(house, token, WRONG_CODE)
    assert reason(step_up(house, token, house.code())) is Reason.RATE_LIMITED
    assert isinstance(by_key(house, token, answer_of(house, token, key)), SteppedUp)


def test_events_say_by_what_it_was_confirmed_and_that_a_code_stood_in_for_a_key() -> None:
    house = House()
    key = with_key(house)
    token = house.entered().token
    by_key(house, token, answer_of(house, token, key))
    by_key(house, house.entered().token, "{}")
    house.full()
    house.add("bob")
    house.full("bob")
    bob, coded, keyed = [record.details for record in house.records("stepped_up")]
    assert (keyed["method"], keyed["key"]) == ("security_key", "Office")
    assert (coded["method"], coded["instead_of_key"]) == ("totp", True)
    assert "instead_of_key" not in bob
    (refused,) = house.records("step_up_refused")
    assert (refused.details["method"], refused.reason) == ("security_key", "wrong_key")
    assert refused.details["detail"] == "ceremony_expired"

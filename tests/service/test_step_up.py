"""Step-up: a code proves the second factor once, and the session gets a new token for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.errors import StoreError
from gate.core.secret_text import Secret
from gate.core.subject import AccountState, Method, SessionLimits
from gate.service.step_up import SteppedUp, StepUpRefused
from gate.service.tokens import new_token
from gate.service.visitor import Visitor
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.decisions import allowlist
from tests.support.use_cases import ABROAD, PASSWORD, WRONG, WRONG_CODE, House, at

type Outcome = SteppedUp | StepUpRefused


def step_up(house: House, token: Secret, code: Secret, visitor: Visitor | None = None) -> Outcome:
    return house.step_up.code(token=token, code=code, visitor=visitor or at())


def reason(outcome: Outcome) -> Reason | None:
    return outcome.reason if isinstance(outcome, StepUpRefused) else None


def test_t40_a_right_code_gives_a_new_token_and_the_old_one_is_dead() -> None:
    house = House()
    house.add()
    before = house.entered()
    stepped = step_up(house, before.token, house.code())
    assert isinstance(stepped, SteppedUp)
    assert stepped.issued.token != before.token
    assert not house.is_live(before.session.hash)
    assert house.methods(stepped.issued.session.hash) == {Method.PASSWORD, Method.TOTP}
    assert reason(step_up(house, before.token, house.next_code())) is Reason.SESSION_ENDED


def test_t60_a_code_is_accepted_once() -> None:
    house = House()
    house.add()
    first, second = house.entered(), house.entered()
    code = house.code()
    assert isinstance(step_up(house, first.token, code), SteppedUp)
    assert reason(step_up(house, second.token, code)) is Reason.TOTP_REPLAYED


def test_t60_an_older_code_is_dead_after_a_newer_one() -> None:
    house = House()
    house.add()
    first, second = house.entered(), house.entered()
    older = house.code()
    assert isinstance(step_up(house, first.token, house.next_code()), SteppedUp)
    assert reason(step_up(house, second.token, older)) is Reason.TOTP_REPLAYED


def test_t60_of_many_parallel_posts_of_one_code_exactly_one_succeeds() -> None:
    house = House()
    house.add()
    tokens = [house.entered().token for _ in range(5)]
    code, found = house.code(), list[Outcome]()
    threads = [
        threading.Thread(target=lambda t=token: found.append(step_up(house, t, code)))
        for token in tokens * 10
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [isinstance(each, SteppedUp) for each in found].count(True) == 1
    assert len(found) == 50


SPELLINGS: dict[str, Callable[[str], str]] = {
    "odd blank": lambda code: code[:3] + "\u2009" + code[3:],
    "first digit cut": lambda code: code[1:],
    "line end": lambda code: code + "\n",
    "full width": lambda code: "".join(chr(ord(digit) + 0xFEE0) for digit in code),
    "nothing": lambda _: "",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_t60_other_spellings_of_a_code_are_no_code(spelling: str) -> None:
    house = House()
    house.add()
    typed = Secret(SPELLINGS[spelling](house.code().reveal()))
    assert reason(step_up(house, house.entered().token, typed)) is Reason.WRONG_CODE


def test_t61_a_wall_clock_that_is_set_back_revives_no_code() -> None:
    house = House()
    house.add()
    noon = house.clock.now()
    code = house.code()
    assert isinstance(step_up(house, house.entered().token, code), SteppedUp)
    house.clock.set_wall(noon)
    assert reason(step_up(house, house.entered().token, code)) is Reason.TOTP_REPLAYED


def test_t62_wrong_codes_are_counted_for_the_account_over_sessions_and_addresses() -> None:
    house = House()
    house.add()
    for number in range(5):
        visitor = at(f"192.0.2.{number}")
        token = house.entered(visitor=visitor).token
        assert reason(step_up(house, token, WRONG_CODE, visitor)) is Reason.WRONG_CODE
    refused = step_up(house, house.entered().token, house.code())
    assert isinstance(refused, StepUpRefused)
    assert (refused.reason, refused.wait) == (Reason.RATE_LIMITED, timedelta(minutes=5))


def test_t62_the_success_of_another_does_not_reset_the_count() -> None:
    house = House()
    house.add()
    house.add("bob")
    for _ in range(5):
        step_up(house, house.entered().token, WRONG_CODE)
    house.full("bob")
    assert reason(step_up(house, house.entered().token, house.code())) is Reason.RATE_LIMITED


def test_t62_parallel_guesses_are_no_more_than_the_limit() -> None:
    house = House()
    house.add()
    tokens = [house.entered().token for _ in range(40)]
    found = list[Reason | None]()
    threads = [
        threading.Thread(target=lambda t=token: found.append(reason(step_up(house, t, WRONG_CODE))))
        for token in tokens
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(Reason.WRONG_CODE) == 5
    assert found.count(Reason.RATE_LIMITED) == 35


@pytest.mark.parametrize("token", ["", "junk", "ü", "x" * 8000])
def test_t45_a_junk_cookie_is_no_session(token: str) -> None:
    house = House()
    house.add()
    assert reason(step_up(house, Secret(token), house.code())) is Reason.SESSION_ENDED


def test_t48_a_code_without_a_password_proves_nothing() -> None:
    house = House()
    house.add()
    assert reason(step_up(house, new_token(), house.code())) is Reason.SESSION_ENDED
    assert house.store.sessions.all() == ()


def test_g5_a_session_of_another_host_is_none() -> None:
    house = House()
    house.add()
    token = house.entered().token
    elsewhere = at(host="shop.example.com")
    assert reason(step_up(house, token, house.code(), elsewhere)) is Reason.SESSION_ENDED


def test_r14_a_session_that_time_ended_can_not_step_up() -> None:
    house = House()
    house.add("bob")
    token = house.entered("bob").token
    house.clock.advance(SessionLimits().idle)
    assert reason(step_up(house, token, house.code())) is Reason.SESSION_ENDED


def test_t43_an_account_that_was_disabled_meanwhile_can_not_step_up() -> None:
    house = House()
    account = house.add()
    token = house.entered().token
    house.store.accounts.set_state(account.id, AccountState.DISABLED)
    assert reason(step_up(house, token, house.code())) is Reason.SESSION_ENDED


def test_an_address_that_was_taken_off_the_list_meanwhile_can_not_step_up() -> None:
    house = House()
    account = house.add()
    token = house.entered().token
    house.store.accounts.set_networks(account.id, allowlist("10.9.9.0/24"))
    code = house.code()
    assert reason(step_up(house, token, code)) is Reason.IP_NOT_ALLOWED
    house.store.accounts.set_networks(account.id, None)
    assert isinstance(step_up(house, token, code), SteppedUp)


def test_an_account_whose_code_app_is_gone_is_not_enrolled() -> None:
    house = House()
    account = house.add()
    token = house.entered().token
    house.store.accounts.remove_totp(account.id, "phone-of-alice")
    assert reason(step_up(house, token, house.code())) is Reason.NOT_ENROLLED


def test_t49_the_code_of_one_proves_nothing_for_another() -> None:
    house = House()
    house.add()
    mallory = house.add("mallory", has_app=False)
    house.add_app(mallory, seed=Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
    assert reason(step_up(house, house.entered("mallory").token, house.code())) is Reason.WRONG_CODE


def test_a_session_that_ends_while_the_code_is_looked_at_stays_ended() -> None:
    house = House()
    house.add()
    issued = house.entered()
    house.store.sessions.end(issued.session.hash)
    assert house.issuer.rotate(issued.session) is None
    assert not house.is_live(issued.session.hash)


def test_t43_a_session_that_is_revoked_while_its_code_is_looked_at_gets_no_new_token() -> None:
    store = BrokenStore(MemoryStore())
    house = House(store=store)
    house.add()
    issued = house.entered()
    store.rivals["sessions.replace"] = lambda: store.store.sessions.end(issued.session.hash)
    assert reason(step_up(house, issued.token, house.code())) is Reason.SESSION_ENDED
    assert store.store.sessions.all() == ()
    assert house.records("stepped_up") == []


def test_r16_a_step_up_makes_the_browser_a_known_one() -> None:
    house = House()
    account = house.add()
    device = house.full(visitor=at(ABROAD)).device
    assert house.issuer.is_familiar(account, at("192.0.2.1", device=device))
    assert house.issuer.is_familiar(account, at(ABROAD))
    assert not house.issuer.is_familiar(account, at("192.0.2.1"))


def test_t71_events_name_no_code() -> None:
    house = House()
    house.add()
    step_up(house, house.entered().token, WRONG_CODE)
    code = house.code()
    step_up(house, house.entered().token, code)
    kinds = {record.kind: record for record in house.records()}
    assert kinds["step_up_refused"].reason == Reason.WRONG_CODE
    assert code.reveal() not in repr(house.records())


@pytest.mark.parametrize("call", range(1, 16))
@pytest.mark.parametrize("right", [True, False])
def test_f6_a_store_that_fails_at_any_call_never_takes_a_code_twice(
    call: int, *, right: bool
) -> None:
    kept = MemoryStore()
    house = House(store=kept)
    house.add()
    issued = house.entered()
    broken = House(store=BrokenStore(kept, fail_on={"*"}, from_call=call), clock=house.clock)
    code = house.code() if right else WRONG_CODE
    answered: list[Outcome] = []
    with contextlib.suppress(StoreError):
        answered.append(step_up(broken, issued.token, code))
    full = [session for session in kept.sessions.all() if len(session.proofs) == 2]
    assert right or not full
    assert full or not any(isinstance(each, SteppedUp) for each in answered)
    if full:
        assert reason(step_up(house, house.entered().token, code)) is Reason.TOTP_REPLAYED


def test_g16_the_fifth_wrong_code_ends_a_full_session() -> None:
    house = House()
    house.add()
    issued = house.full().issued
    for _ in range(4):
        assert reason(step_up(house, issued.token, WRONG_CODE)) is Reason.WRONG_CODE
        assert house.is_live(issued.session.hash)
    assert reason(step_up(house, issued.token, WRONG_CODE)) is Reason.SESSION_ENDED
    assert not house.is_live(issued.session.hash)


def test_g16_a_session_that_gave_its_password_only_is_bounded_by_the_account() -> None:
    house = House()
    house.add()
    issued = house.entered()
    for _ in range(5):
        assert reason(step_up(house, issued.token, WRONG_CODE)) is Reason.WRONG_CODE
    assert house.is_live(issued.session.hash)


def test_g18_a_password_is_proved_anew_and_counted_with_the_others() -> None:
    house = House()
    house.add("carol", has_app=False)
    issued = house.entered("carol")
    house.clock.advance(timedelta(minutes=20))
    stepped = house.step_up.password(token=issued.token, password=PASSWORD, visitor=at())
    assert isinstance(stepped, SteppedUp)
    (proof,) = stepped.issued.session.proofs
    assert (proof.method, proof.at) == (Method.PASSWORD, house.clock.now())
    token = stepped.issued.token
    found = [
        reason(house.step_up.password(token=token, password=WRONG, visitor=at())) for _ in range(5)
    ]
    assert found == [*[Reason.WRONG_PASSWORD] * 4, Reason.SESSION_ENDED]
    gone = house.step_up.password(token=token, password=PASSWORD, visitor=at())
    assert reason(gone) is Reason.SESSION_ENDED

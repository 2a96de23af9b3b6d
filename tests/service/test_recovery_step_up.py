"""Step-up by a recovery code: used up at once, noticed, and worth no more than it is (G21)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from gate.core.decision import Level, Reason
from gate.core.levels import reaches
from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.service.step_up import SteppedUp, StepUpRefused
from tests.support.decisions import allowlist
from tests.support.recoveries import codes_of, recovered_session
from tests.support.use_cases import HOME, House, at

NO_CODE = Secret("0000-0000-0000-0000")


def step_up(house: House, token: Secret, code: Secret) -> SteppedUp | StepUpRefused:
    return house.factors.recovery_step_up(token=token, code=code, visitor=at())


def test_t65_a_code_steps_up_once_and_tells_how_many_are_left() -> None:
    house = House()
    codes = codes_of(house, house.add())
    stepped = step_up(house, house.entered().token, codes[0])
    assert isinstance(stepped, SteppedUp)
    assert house.methods(stepped.issued.session.hash) == {Method.PASSWORD, Method.RECOVERY_CODE}
    assert step_up(house, house.entered().token, codes[0]) == StepUpRefused(
        reason=Reason.WRONG_CODE
    )
    used, refused = house.records("stepped_up"), house.records("step_up_refused")
    assert [each.details["left"] for each in used] == [9]
    assert {each.details["method"] for each in (*used, *refused)} == {"recovery_code"}
    assert [each.reason for each in refused] == ["wrong_code"]
    assert not any(codes[0].reveal() in str(each) for each in house.records())


def test_t40_the_session_gets_a_new_token() -> None:
    house = House()
    codes = codes_of(house, house.add())
    entered = house.entered()
    stepped = step_up(house, entered.token, codes[0])
    assert isinstance(stepped, SteppedUp)
    assert not house.is_live(entered.session.hash)
    assert stepped.issued.session.id == entered.session.id


def test_g21_it_is_a_second_factor_without_age_and_never_a_key() -> None:
    house = House()
    worth = recovered_session(house, house.add()).worth
    assert Level.SECOND_FACTOR in worth.reached
    assert Level.SECURITY_KEY not in worth.reached
    assert worth.carried[Level.SECOND_FACTOR] == ()
    proofs = recovered_session(house, house.add("bob")).proofs
    assert not reaches(Level.SECURITY_KEY, proofs)


def test_a_second_code_in_one_session_would_help_nothing_and_is_left() -> None:
    house = House()
    account = house.add()
    codes = codes_of(house, account)
    first = step_up(house, house.entered().token, codes[0])
    assert isinstance(first, SteppedUp)
    again = step_up(house, first.issued.token, codes[1])
    assert again == StepUpRefused(reason=Reason.NOT_BY_RECOVERY_CODE)
    assert house.store.recovery_codes.left(account.id) == 9


def test_t65_f18_fifty_parallel_posts_of_one_code_give_one_success() -> None:
    house = House()
    codes = codes_of(house, house.add())
    tokens = [house.entered().token for _ in range(50)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda token: step_up(house, token, codes[0]), tokens))
    assert sum(isinstance(answer, SteppedUp) for answer in answers) == 1


def test_t65_a_code_of_somebody_else_is_wrong() -> None:
    house = House()
    house.add()
    codes = codes_of(house, house.add("bob"))
    assert step_up(house, house.entered().token, codes[0]) == StepUpRefused(
        reason=Reason.WRONG_CODE
    )


def test_t62_g16_guesses_are_counted_with_those_of_codes() -> None:
    house = House()
    codes = codes_of(house, house.add())
    for _ in range(5):
        step_up(house, house.entered().token, NO_CODE)
    full = StepUpRefused(reason=Reason.RATE_LIMITED, wait=timedelta(minutes=5))
    assert step_up(house, house.entered().token, codes[0]) == full


def test_g16_the_fifth_wrong_code_ends_a_full_session() -> None:
    house = House()
    codes_of(house, house.add())
    full = house.full().issued
    answers = [step_up(house, full.token, NO_CODE) for _ in range(5)]
    assert answers[-1] == StepUpRefused(reason=Reason.SESSION_ENDED)
    assert not house.is_live(full.session.hash)


def test_t43_an_address_outside_the_list_is_refused_and_no_code_used() -> None:
    house = House()
    account = house.add()
    codes, token = codes_of(house, account), house.entered().token
    house.store.accounts.set_networks(account.id, allowlist("192.0.2.0/24"))
    assert step_up(house, token, codes[0]) == StepUpRefused(reason=Reason.IP_NOT_ALLOWED)
    assert house.store.recovery_codes.left(account.id) == 10


def test_t41_a_session_that_ended_steps_up_to_nothing() -> None:
    house = House()
    account = house.add()
    codes, entered = codes_of(house, account), house.entered()
    house.store.sessions.end(entered.session.hash)
    ended = StepUpRefused(reason=Reason.SESSION_ENDED)
    assert step_up(house, entered.token, codes[0]) == ended
    assert house.store.recovery_codes.left(account.id) == 10


def test_the_browser_becomes_a_known_one() -> None:
    house = House()
    account = house.add()
    stepped = step_up(house, house.entered().token, codes_of(house, account)[0])
    assert isinstance(stepped, SteppedUp)
    assert house.issuer.is_familiar(account, at(HOME, device=stepped.device))

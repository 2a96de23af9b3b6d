"""The journey's code app: shown in the answer to a POST, confirmed by a code of it (T64)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.factors import totp
from tests.ui.house import House
from tests.ui.travelling import ENROL, Travelling


@pytest.fixture
def erin() -> Travelling:
    erin = Travelling(House())
    erin.opens()
    erin.gives()
    return erin


def test_g3_a_seed_is_never_shown_by_a_get(erin: Travelling) -> None:
    seed = erin.seed_on(erin.sees_app())
    answer = erin.browser.get(f"{ENROL}/code-app")
    assert (answer.status, answer.location) == (303, f"{ENROL}/factor")
    for page in ("", "/password", "/factor", "/recovery-codes"):
        assert seed.reveal() not in erin.browser.get(ENROL + page).text


def test_the_address_names_site_and_account(erin: Travelling) -> None:
    text = erin.sees_app().text
    assert "otpauth://totp/wiki.example.com:erin?secret=" in text


def test_t64_a_wrong_code_keeps_the_seed(erin: Travelling) -> None:
    first = erin.sees_app()
    wrong = erin.sends("factor", "code-app", code="000000")
    assert wrong.status == 422
    assert "That code does not fit." in wrong.text
    assert erin.seed_on(wrong) == erin.seed_on(first) == erin.seed_on(erin.sees_app())
    assert erin.browser.get(f"{ENROL}/recovery-codes").location == f"{ENROL}/factor"


def test_a_right_code_leads_on(erin: Travelling) -> None:
    answer = erin.sets_up_app()
    assert (answer.status, answer.location) == (303, f"{ENROL}/factor")


def test_t64_nothing_counts_before_the_end(erin: Travelling) -> None:
    erin.sets_up_app()
    erin.sees_codes()
    store, account = erin.house.store, erin.account
    assert store.accounts.totps(account.id) == ()
    assert store.accounts.password_hash(account.id) is None
    assert store.recovery_codes.left(account.id) == 0
    assert not account.has_second_factor


@pytest.mark.parametrize(("minutes", "word"), [(3, "ahead"), (-3, "behind")])
def test_a_wrong_clock_is_told(erin: Travelling, minutes: int, word: str) -> None:
    seed = erin.seed_on(erin.sees_app())
    code = totp.code_at(seed, erin.house.clock.now() + timedelta(minutes=minutes))
    answer = erin.sends("factor", "code-app", code=code)
    assert answer.status == 422
    assert f"The clock of your phone is about 3 minutes {word}." in answer.text


def test_t62_wrong_codes_are_counted(erin: Travelling) -> None:
    seed = erin.seed_on(erin.sees_app())
    for _ in range(5):
        erin.sends("factor", "code-app", code="000000")
    answer = erin.sends("factor", "code-app", code=erin.code(seed))
    assert answer.status == 429
    erin.house.clock.advance(timedelta(minutes=5))
    assert erin.sends("factor", "code-app", code=erin.code(seed)).status == 303


def test_t64_a_seed_waits_ten_minutes(erin: Travelling) -> None:
    seed = erin.seed_on(erin.sees_app())
    erin.house.clock.advance(timedelta(minutes=10))
    answer = erin.sends("factor", "code-app", code=erin.code(seed))
    assert answer.status == 422
    assert "That took too long" in answer.text
    assert erin.seed_on(answer) != seed


def test_a_code_without_a_shown_app_confirms_nothing(erin: Travelling) -> None:
    assert erin.sends("factor", "code-app", code="123456").status == 422

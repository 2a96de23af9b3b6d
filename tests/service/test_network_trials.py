"""A tried list is kept by who still gets in, taken back, or ends by itself (G15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.errors import StoreError
from gate.core.ports import AuditRecord
from gate.core.proofs import admits
from gate.core.secret_text import Secret
from gate.core.subject import Session, Trial
from gate.service.given import Given
from gate.service.network_trials import Kept, TakenBack, TrialOver, TrialRefused
from gate.service.restrict import TRIAL_TIME, Saved
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.decisions import address, allowlist
from tests.support.recoveries import recovered_session
from tests.support.use_cases import ABROAD, HOME, WRONG_CODE, House, at

NOTHING = Given(typed=Secret(""))
BEFORE = "203.0.113.0/24 198.51.100.0/24"


def begin(house: House, session: Session, text: str = HOME) -> Trial:
    saved = house.restrict.save(
        session=session,
        text=text,
        proof=Given(typed=house.next_code()),
        visitor=at(),
        confirmed=True,
    )
    assert isinstance(saved, Saved)
    assert saved.trial is not None
    return saved.trial


def keep(
    house: House, session: Session, trial: Trial, *, proof: Given = NOTHING, client: str = HOME
) -> Kept | TrialOver | TrialRefused:
    return house.network_trials.keep(
        session=house.found(session), trial=trial.id, proof=proof, visitor=at(client)
    )


def take_back(
    house: House, session: Session, trial: Trial, *, proof: Given = NOTHING, client: str = HOME
) -> TakenBack | TrialOver | TrialRefused:
    return house.network_trials.take_back(
        session=house.found(session), trial=trial.id, proof=proof, visitor=at(client)
    )


def kept(house: House) -> list[str]:
    account = house.store.accounts.by_name("alice")
    assert account is not None
    return [str(each) for each in account.networks.networks] if account.networks else []


def gets_in(house: House, client: str) -> bool:
    account = house.store.accounts.by_name("alice")
    assert account is not None
    return admits(house.policy, account, address(client), house.clock.now())


def events(house: House) -> list[AuditRecord]:
    return [each for each in house.records() if each.kind.startswith("networks_")]


def test_g15_the_browser_that_began_the_trial_keeps_it_and_ends_what_is_outside() -> None:
    house = House()
    house.add(networks=BEFORE)
    abroad, mine = house.session(visitor=at(ABROAD)), house.session()
    trial = begin(house, mine)
    assert house.is_live(abroad.hash)
    assert [each.id for each in house.network_trials.suspended(mine, trial, at())] == [abroad.id]
    assert keep(house, mine, trial) == Kept(ended=1)
    assert not house.is_live(abroad.hash)
    assert house.is_live(mine.hash)
    assert kept(house) == [f"{HOME}/32"]
    house.clock.advance(2 * TRIAL_TIME)
    assert not gets_in(house, ABROAD)
    newest = events(house)[0]
    assert (newest.kind, newest.details["ended"]) == ("networks_changed", 1)


def test_g15_the_browser_that_keeps_a_list_stays_although_it_signed_in_outside() -> None:
    house = House()
    house.add()
    roamed = house.session(visitor=at(ABROAD))
    trial = begin(house, roamed)
    assert keep(house, roamed, trial) == Kept(ended=0)
    assert house.is_live(roamed.hash)


def test_g15_nobody_keeps_a_list_from_outside_it() -> None:
    house = House()
    house.add(networks=BEFORE)
    mine = house.session()
    trial = begin(house, mine, "198.51.100.0/24")
    for decide in (keep, take_back):
        refused = decide(house, mine, trial)
        assert refused == TrialRefused(reason=Reason.IP_NOT_ALLOWED)
    assert kept(house) == BEFORE.split()


def test_g15_another_browser_keeps_a_list_with_fresh_proof_only() -> None:
    house = House()
    house.add(networks=BEFORE)
    mine = house.session()
    trial = begin(house, mine, "198.51.100.0/24")
    phone = house.session(visitor=at(ABROAD))
    for proof in (NOTHING, Given(typed=WRONG_CODE)):
        refused = keep(house, phone, trial, proof=proof, client=ABROAD)
        assert refused == TrialRefused(reason=Reason.WRONG_CODE)
    assert [record.reason for record in house.records("networks_refused")] == ["wrong_code"] * 2
    proof = Given(typed=house.next_code())
    assert keep(house, phone, trial, proof=proof, client=ABROAD) == Kept(ended=1)
    assert not house.is_live(mine.hash)


def test_g15_another_browser_takes_a_list_back_with_fresh_proof_only() -> None:
    house = House()
    house.add(networks=BEFORE)
    mine, other = house.session(), house.session()
    trial = begin(house, mine)
    assert take_back(house, other, trial) == TrialRefused(reason=Reason.WRONG_CODE)
    proof = Given(typed=house.next_code())
    assert isinstance(take_back(house, other, trial, proof=proof), TakenBack)
    assert gets_in(house, ABROAD)


def test_g15_a_list_is_taken_back_at_once_and_suspended_browsers_go_on() -> None:
    house = House()
    house.add(networks=BEFORE)
    abroad, mine = house.session(visitor=at(ABROAD)), house.session()
    trial = begin(house, mine)
    assert not gets_in(house, ABROAD)
    assert isinstance(take_back(house, mine, trial), TakenBack)
    assert gets_in(house, ABROAD)
    assert house.is_live(abroad.hash)
    assert isinstance(take_back(house, mine, trial), TrialOver)
    assert [each.kind for each in events(house)] == ["networks_taken_back", "networks_tried"]


def test_g15_what_nobody_keeps_is_over_at_its_end_and_written_down_later() -> None:
    house = House()
    house.add(networks=BEFORE)
    mine = house.session()
    trial = begin(house, mine)
    house.clock.advance(TRIAL_TIME - timedelta(microseconds=1))
    assert not gets_in(house, ABROAD)
    house.network_trials.end_overdue()
    assert not gets_in(house, ABROAD)
    house.clock.advance(timedelta(microseconds=1))
    assert gets_in(house, ABROAD)
    assert house.network_trials.running(house.found(mine)) is None
    for decide in (keep, take_back):
        assert isinstance(decide(house, mine, trial), TrialOver)
    for _ in range(2):
        house.network_trials.end_overdue()
    assert house.as_kept(mine.account).trial is None
    assert kept(house) == BEFORE.split()
    newest, *others = events(house)
    assert (newest.kind, newest.account, newest.details) == (
        "networks_rolled_back",
        "alice",
        {"by": "time"},
    )
    assert [each.kind for each in others] == ["networks_tried"]


def test_g15_a_rollback_never_overwrites_a_change_at_the_command_line() -> None:
    house = House()
    account = house.add(networks=BEFORE)
    mine = house.session()
    trial = begin(house, mine)
    house.accounts.set_networks(account, allowlist("203.0.113.0/24"))
    assert isinstance(keep(house, mine, trial), TrialOver)
    assert isinstance(take_back(house, mine, trial), TrialOver)
    house.clock.advance(TRIAL_TIME)
    house.network_trials.end_overdue()
    assert kept(house) == ["203.0.113.0/24"]
    assert house.records("networks_rolled_back") == []


def test_g15_the_trial_that_is_kept_is_the_one_that_was_shown() -> None:
    house = House()
    house.add(networks=BEFORE)
    mine = house.session()
    shown = begin(house, mine)
    begin(house, house.found(mine), "203.0.113.0/24")
    assert isinstance(keep(house, mine, shown), TrialOver)
    assert kept(house) == BEFORE.split()


def test_g15_other_sessions_that_were_ended_stay_ended_after_a_rollback() -> None:
    house = House()
    house.add(networks=BEFORE)
    abroad, mine = house.session(visitor=at(ABROAD)), house.session()
    begin(house, mine)
    house.sessions.end_others(mine, at())
    house.clock.advance(TRIAL_TIME)
    house.network_trials.end_overdue()
    assert not house.is_live(abroad.hash)
    assert gets_in(house, ABROAD)


def test_g21_a_session_by_recovery_code_keeps_and_takes_back_nothing() -> None:
    house = House()
    account = house.add()
    mine = house.session()
    trial = begin(house, mine)
    recovered = recovered_session(house, account)
    for decide in (keep, take_back):
        refused = decide(house, recovered, trial)
        assert refused == TrialRefused(reason=Reason.NOT_BY_RECOVERY_CODE)


def test_g16_five_wrong_proofs_end_the_session() -> None:
    house = House()
    house.add()
    mine, other = house.session(), house.session()
    trial = begin(house, mine)
    answers = [keep(house, other, trial, proof=Given(typed=WRONG_CODE)) for _ in range(5)]
    assert answers[-1] == TrialRefused(reason=Reason.SESSION_ENDED)
    assert not house.is_live(other.hash)


def test_t43_a_session_that_ended_meanwhile_keeps_and_takes_back_nothing() -> None:
    house = House()
    house.add(networks=BEFORE)
    mine = house.session()
    trial = begin(house, mine)
    found = house.found(mine)
    house.store.sessions.end(mine.hash)
    trials = house.network_trials
    for decide in (trials.keep, trials.take_back):
        refused = decide(session=found, trial=trial.id, proof=NOTHING, visitor=at())
        assert refused == TrialRefused(reason=Reason.SESSION_ENDED)
    assert house.as_kept(mine.account).trial == trial


@pytest.mark.parametrize("call", range(1, 12))
def test_f3_a_keep_whose_nth_call_fails_is_whole_or_nothing(call: int) -> None:
    store = MemoryStore()
    house = House(store=store)
    house.add(networks=BEFORE)
    abroad, mine = house.session(visitor=at(ABROAD)), house.session()
    trial = begin(house, mine)
    broken = House(store=BrokenStore(store, fail_on={"*"}, from_call=call), clock=house.clock)
    found = house.found(mine)
    try:
        done = broken.network_trials.keep(
            session=found, trial=trial.id, proof=NOTHING, visitor=at()
        )
        assert isinstance(done, Kept)
    except StoreError:
        pass
    was_kept = kept(house) == [f"{HOME}/32"]
    assert was_kept or kept(house) == BEFORE.split()
    assert house.is_live(abroad.hash) is not was_kept

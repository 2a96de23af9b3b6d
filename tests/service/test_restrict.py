"""The person's own address list: saved with proof, counted at once, kept only later (G15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.errors import StoreError
from gate.core.secret_text import Secret
from gate.core.subject import Session
from gate.service.given import Given
from gate.service.restrict import Saved, SaveRefused
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.recoveries import recovered_session
from tests.support.use_cases import HOME, WRONG_CODE, House, at

OWN = f"{HOME}/32\n2001:db8::/32"


def save(
    house: House,
    session: Session,
    text: str,
    *,
    proof: Secret | None = None,
    confirmed: bool = False,
) -> Saved | SaveRefused:
    return house.restrict.save(
        session=session,
        text=text,
        proof=Given(typed=proof or house.next_code()),
        visitor=at(),
        confirmed=confirmed,
    )


def networks(house: House) -> str | None:
    account = house.store.accounts.by_name("alice")
    assert account is not None
    kept = account.networks
    return None if kept is None else " ".join(str(each) for each in kept.networks)


def tried(house: House) -> str | None:
    account = house.store.accounts.by_name("alice")
    assert account is not None
    trial = account.trial
    return None if trial is None else " ".join(str(each) for each in trial.networks.networks)


def test_g15_a_saved_list_is_tried_beside_the_kept_one() -> None:
    house = House()
    house.add(networks="203.0.113.0/24")
    abroad, mine = house.session(visitor=at("203.0.113.77")), house.session()
    saved = save(house, mine, OWN)
    assert isinstance(saved, Saved)
    assert saved.trial == house.as_kept(mine.account).trial
    assert saved.trial is not None
    assert saved.trial.until == house.clock.now() + timedelta(minutes=5)
    assert saved.trial.session == mine.family
    assert networks(house) == "203.0.113.0/24"
    assert tried(house) == f"{HOME}/32 2001:db8::/32"
    assert house.is_live(abroad.hash)
    assert [record.details["networks"] for record in house.records("networks_tried")] == [
        [f"{HOME}/32", "2001:db8::/32"]
    ]


def test_g15_a_second_save_takes_the_place_of_the_trial_and_not_of_the_kept_list() -> None:
    house = House()
    house.add(networks="203.0.113.0/24")
    mine = house.session()
    first = save(house, mine, OWN)
    second = save(house, house.found(mine), HOME)
    assert isinstance(first, Saved)
    assert isinstance(second, Saved)
    assert first.trial != second.trial
    assert (networks(house), tried(house)) == ("203.0.113.0/24", f"{HOME}/32")


def test_g15_an_empty_list_takes_the_restriction_off_with_proof_and_without_a_trial() -> None:
    house = House()
    house.add(networks=f"{HOME}/32")
    mine = house.session()
    assert isinstance(save(house, mine, "", proof=WRONG_CODE), SaveRefused)
    assert networks(house) is not None
    assert isinstance(save(house, mine, HOME), Saved)
    assert save(house, mine, "") == Saved(networks=None)
    assert (networks(house), tried(house)) == (None, None)
    assert len(house.records("networks_changed")) == 1


def test_g15_nobody_locks_the_own_address_out_by_mistake() -> None:
    house = House()
    house.add()
    mine = house.session()
    refused = save(house, mine, "10.9.9.0/24")
    assert isinstance(refused, SaveRefused)
    assert refused.needs_confirmation
    assert tried(house) is None
    assert isinstance(save(house, mine, "10.9.9.0/24", confirmed=True), Saved)
    assert tried(house) == "10.9.9.0/24"
    assert house.is_live(mine.hash)


def test_g3_a_wrong_proof_saves_nothing() -> None:
    house = House()
    house.add()
    refused = save(house, house.session(), OWN, proof=WRONG_CODE)
    assert isinstance(refused, SaveRefused)
    assert refused.reason is Reason.WRONG_CODE
    assert (networks(house), tried(house)) == (None, None)
    assert [record.reason for record in house.records("networks_refused")] == ["wrong_code"]


def test_g16_five_wrong_proofs_end_the_session() -> None:
    house = House()
    house.add()
    mine = house.session()
    answers = [save(house, mine, OWN, proof=WRONG_CODE) for _ in range(5)]
    assert isinstance(answers[-1], SaveRefused)
    assert answers[-1].reason is Reason.SESSION_ENDED
    assert not house.is_live(mine.hash)


def test_t43_a_session_that_ended_meanwhile_saves_nothing() -> None:
    house = House()
    house.add()
    session = house.session()
    house.store.sessions.end(session.hash)
    refused = save(house, session, OWN)
    assert isinstance(refused, SaveRefused)
    assert refused.reason is Reason.SESSION_ENDED
    assert networks(house) is None
    assert [each.reason for each in house.records("networks_refused")] == ["session_ended"]


def test_a_list_with_an_error_takes_no_proof() -> None:
    house = House()
    house.add()
    mine = house.session()
    code = house.next_code()
    refused = save(house, mine, "nonsense", proof=code)
    assert isinstance(refused, SaveRefused)
    assert refused.reason is None
    assert isinstance(save(house, mine, OWN, proof=code), Saved)


@pytest.mark.parametrize("call", range(1, 16))
def test_f3_a_save_whose_nth_call_fails_is_whole_or_nothing(call: int) -> None:
    kept = MemoryStore()
    house = House(store=kept)
    house.add()
    mine = house.session()
    broken = House(store=BrokenStore(kept, fail_on={"*"}, from_call=call), clock=house.clock)
    try:
        done = isinstance(save(broken, mine, OWN), Saved)
    except StoreError:
        done = False
    assert tried(house) is not None or not done
    assert networks(house) is None
    assert house.is_live(mine.hash)


def test_g21_a_session_by_recovery_code_changes_no_addresses() -> None:
    house = House()
    session = recovered_session(house, house.add())
    refused = save(house, session, OWN)
    assert isinstance(refused, SaveRefused)
    assert refused.reason is Reason.NOT_BY_RECOVERY_CODE
    assert tried(house) is None
    assert house.is_live(session.hash)

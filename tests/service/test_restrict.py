"""The person's own address list: reviewed line by line, saved with proof, counted at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.decision import Reason
from gate.core.errors import StoreError
from gate.core.secret_text import Secret
from gate.core.subject import Session
from gate.service.given import Given
from gate.service.restrict import MOST_LINES, MOST_TEXT, Review, Saved, SaveRefused, Severity
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.decisions import allowlist, entry
from tests.support.recoveries import recovered_session
from tests.support.use_cases import ABROAD, HOME, WRONG_CODE, House, at

OWN = f"{HOME}/32\n2001:db8::/32"


def review(house: House, text: str) -> Review:
    account = house.store.accounts.by_name("alice") or house.add()
    return house.restrict.review(account, text, at())


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


def said(found: Review) -> list[tuple[int, Severity]]:
    return [(note.line, note.severity) for note in found.notes]


def networks(house: House) -> str | None:
    account = house.store.accounts.by_name("alice")
    assert account is not None
    kept = account.networks
    return None if kept is None else " ".join(str(each) for each in kept.networks)


def test_every_wrong_line_is_named_at_once() -> None:
    found = review(House(), "10.0.0.0/8\nnonsense\n10.0.0.1/8\n\n# words\n300.1.1.1")
    assert said(found) == [(line, Severity.ERROR) for line in (2, 3, 6)]
    assert found.has_errors
    assert found.networks is None


def test_the_line_that_admits_the_visitor_is_named() -> None:
    found = review(House(), f"10.0.0.0/8\n{HOME}\n2001:db8::/32")
    assert (found.covered_by, found.covers_visitor) == (2, True)
    assert not found.has_errors


def test_an_empty_list_is_no_restriction() -> None:
    found = review(House(), " \n# nothing\n")
    assert found == Review(notes=(), covers_visitor=True)


def test_a_line_that_another_covers_is_a_warning() -> None:
    found = review(House(), "10.0.0.0/8\n10.1.0.0/16\n2001:db8::/32\n192.0.2.0/24")
    assert "line 1 already covers this line" in [n.text for n in found.notes if n.line == 2]
    assert not found.has_errors


def test_a_list_without_ipv6_is_a_warning_and_one_of_ipv6_alone_is_none() -> None:
    assert (0, Severity.WARNING) in said(review(House(), HOME))
    assert said(review(House(), "2001:db8::/32")) == []


def test_an_address_that_the_policy_does_not_admit_is_a_warning() -> None:
    house = House()
    house.policy = replace(
        house.policy, accounts={"alice": entry("alice", networks=allowlist("203.0.113.0/24"))}
    )
    found = review(house, f"{HOME}\n{ABROAD}\n198.51.100.0/24\n2001:db8::/32")
    assert [line for line, _ in said(found)] == [2]


@pytest.mark.parametrize(
    "text", ["#" * (MOST_TEXT + 1), "\n" * MOST_LINES], ids=["characters", "lines"]
)
def test_a_list_of_any_length_is_refused(text: str) -> None:
    assert said(review(House(), text)) == [(0, Severity.ERROR)]


def test_a_list_of_the_greatest_length_is_taken() -> None:
    lines = [f"10.0.{number}.0/24" for number in range(MOST_LINES)]
    assert not review(House(), "\n".join(lines)).has_errors


def test_t43_a_saved_list_ends_the_sessions_outside_it() -> None:
    house = House()
    house.add()
    abroad = house.session(visitor=at(ABROAD))
    mine = house.session()
    saved = save(house, mine, OWN)
    assert isinstance(saved, Saved)
    assert saved.ended == 1
    assert not house.is_live(abroad.hash)
    assert house.is_live(mine.hash)
    assert networks(house) == f"{HOME}/32 2001:db8::/32"


def test_an_empty_list_takes_the_restriction_off_with_proof() -> None:
    house = House()
    house.add(networks=f"{HOME}/32")
    mine = house.session()
    assert isinstance(save(house, mine, "", proof=WRONG_CODE), SaveRefused)
    assert networks(house) is not None
    assert save(house, mine, "") == Saved(networks=None, ended=0)
    assert networks(house) is None


def test_g15_nobody_locks_the_own_address_out_by_mistake() -> None:
    house = House()
    house.add()
    mine = house.session()
    refused = save(house, mine, "10.9.9.0/24")
    assert isinstance(refused, SaveRefused)
    assert refused.needs_confirmation
    assert networks(house) is None
    assert isinstance(save(house, mine, "10.9.9.0/24", confirmed=True), Saved)
    assert not house.is_live(mine.hash)


def test_g3_a_wrong_proof_saves_nothing() -> None:
    house = House()
    house.add()
    refused = save(house, house.session(), OWN, proof=WRONG_CODE)
    assert isinstance(refused, SaveRefused)
    assert refused.reason is Reason.WRONG_CODE
    assert networks(house) is None
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
    abroad, mine = house.session(visitor=at(ABROAD)), house.session()
    broken = House(store=BrokenStore(kept, fail_on={"*"}, from_call=call), clock=house.clock)
    try:
        done = isinstance(save(broken, mine, OWN), Saved)
    except StoreError:
        done = False
    saved = networks(house) is not None
    assert saved or not done
    assert house.is_live(abroad.hash) is not saved


def test_g21_a_session_by_recovery_code_changes_no_addresses() -> None:
    house = House()
    session = recovered_session(house, house.add())
    refused = save(house, session, OWN)
    assert isinstance(refused, SaveRefused)
    assert refused.reason is Reason.NOT_BY_RECOVERY_CODE
    assert networks(house) is None
    assert house.is_live(session.hash)

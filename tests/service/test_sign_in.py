"""Sign-in: what a right password gives, and how little a wrong one says."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.decision import Level, Reason
from gate.core.errors import StoreError
from gate.core.policy import Policy
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, AccountState, Method
from gate.factors import password as password_factor
from gate.factors.password import PasswordVerified, Profile
from gate.service.hashing import BUSY_WAIT, HashQueue
from gate.service.sign_in import SignedIn, SignInRefused
from gate.service.tokens import token_hash
from gate.service.visitor import Visitor
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.decisions import allowlist, entry
from tests.support.use_cases import ABROAD, HOST, PASSWORD, PROFILE, WRONG, House, at


def with_entry(policy: Policy, level: Level) -> Policy:
    return replace(policy, accounts={"*": entry(level=level)})


def wrong(house: House, name: str = "alice", visitor: Visitor | None = None) -> Reason:
    refused = house.enter(name, WRONG, visitor=visitor)
    assert isinstance(refused, SignInRefused)
    return refused.reason


def test_t44_a_right_password_of_an_account_with_a_factor_makes_a_partial_session() -> None:
    house = House()
    account = house.add()
    signed_in = house.enter()
    assert isinstance(signed_in, SignedIn)
    assert signed_in.needs_step_up
    assert signed_in.device is None
    session = signed_in.issued.session
    assert [proof.method for proof in session.proofs] == [Method.PASSWORD]
    assert (session.account, session.host) == (account, HOST)
    assert house.is_live(session.hash)


def test_an_account_without_a_factor_is_signed_in_and_its_browser_is_known() -> None:
    house = House()
    house.add(has_app=False)
    signed_in = house.enter()
    assert isinstance(signed_in, SignedIn)
    assert not signed_in.needs_step_up
    assert signed_in.device is not None


def test_r13_the_token_is_kept_as_a_hash_only() -> None:
    house = House()
    house.add()
    issued = house.entered()
    assert issued.session.hash == token_hash(issued.token)
    assert issued.token.reveal() not in repr(house.store)


def test_t40_a_cookie_planted_before_sign_in_is_not_adopted_and_ends() -> None:
    house = House()
    house.add("mallory")
    house.add()
    planted = house.entered("mallory")
    signed_in = house.enter(planted=planted.token)
    assert isinstance(signed_in, SignedIn)
    assert signed_in.issued.token != planted.token
    assert not house.is_live(planted.session.hash)


def test_t40_a_wrong_password_leaves_the_session_of_the_cookie_alone() -> None:
    house = House()
    house.add()
    before = house.entered()
    house.enter(password=WRONG, planted=before.token)
    assert house.is_live(before.session.hash)


@pytest.mark.parametrize("name", ["alice", " alice\t", "ALICE", "Alice"])
def test_g10_names_are_folded(name: str) -> None:
    house = House()
    house.add()
    assert isinstance(house.enter(name), SignedIn)


@pytest.mark.parametrize("name", ["", "nobody", "al ice", "alice\n", "a" * 10_000, "ålice", "\x00"])
def test_t73_a_name_that_nobody_has_is_refused_like_a_wrong_password(name: str) -> None:
    house = House()
    house.add()
    wanted = house.enter(password=WRONG)
    assert house.enter(name) == wanted == SignInRefused(reason=Reason.WRONG_PASSWORD)


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.LOCKED])
def test_t73_the_state_of_an_account_shows_only_to_its_password(state: AccountState) -> None:
    house = House()
    account = house.add()
    house.store.accounts.set_state(account.id, state)
    assert wrong(house) is Reason.WRONG_PASSWORD
    refused = house.enter()
    assert isinstance(refused, SignInRefused)
    assert refused.reason == f"account_{state}"
    assert house.store.sessions.all() == ()


def test_t73_a_full_lane_answers_known_and_unknown_names_alike() -> None:
    house = House()
    house.add()
    answers = []
    for name in ("alice", "nobody"):
        for _ in range(5):
            wrong(house, name)
        answers.append(house.enter(name))
    assert answers[0] == answers[1]
    assert isinstance(answers[0], SignInRefused)
    assert answers[0].reason is Reason.RATE_LIMITED
    assert answers[0].wait == timedelta(minutes=5)


@pytest.mark.parametrize("spelling", ["ALICE", " alice ", "alice\t"])
def test_t62_another_spelling_of_a_name_is_no_new_lane(spelling: str) -> None:
    house = House()
    house.add()
    for _ in range(5):
        wrong(house)
    assert wrong(house, spelling) is Reason.RATE_LIMITED


def test_t62_a_right_password_gives_back_its_own_attempt_only() -> None:
    house = House()
    house.add()
    for _ in range(4):
        wrong(house)
    for _ in range(3):
        assert isinstance(house.enter(), SignedIn)
    wrong(house)
    assert wrong(house) is Reason.RATE_LIMITED


def test_t63_a_stranger_who_fills_the_lane_does_not_lock_out_a_known_place() -> None:
    house = House()
    house.add()
    house.full()
    for _ in range(1000):
        wrong(house, visitor=at(ABROAD))
    assert wrong(house, visitor=at(ABROAD)) is Reason.RATE_LIMITED
    assert isinstance(house.enter(visitor=at()), SignedIn)


def test_t63_a_known_browser_gets_in_from_a_strange_place() -> None:
    house = House()
    house.add()
    device = house.full().device
    for _ in range(6):
        wrong(house, visitor=at(ABROAD))
    assert isinstance(house.enter(visitor=at(ABROAD, device=device)), SignedIn)


def test_t63_a_made_up_device_cookie_is_not_known() -> None:
    house = House()
    house.add()
    house.full()
    strange = at(ABROAD, device=Secret("made-up"))
    for _ in range(5):
        wrong(house, visitor=strange)
    assert wrong(house, visitor=strange) is Reason.RATE_LIMITED


def test_t63_the_lane_opens_again() -> None:
    house = House()
    house.add()
    for _ in range(6):
        wrong(house)
    house.clock.advance(timedelta(minutes=5))
    assert isinstance(house.enter(), SignedIn)


def test_g16_fifty_guesses_a_day_are_the_most() -> None:
    house = House()
    house.add()
    guesses = 0
    for _ in range(24 * 12 - 1):
        guesses += [wrong(house) for _ in range(6)].count(Reason.WRONG_PASSWORD)
        house.clock.advance(timedelta(minutes=5))
    assert guesses == 50


def test_an_account_from_an_address_that_is_not_admitted_is_told_after_the_password() -> None:
    house = House()
    house.add(networks="10.9.9.0/24")
    assert wrong(house) is Reason.WRONG_PASSWORD
    assert house.enter() == SignInRefused(reason=Reason.IP_NOT_ALLOWED)
    assert isinstance(house.enter(visitor=at("10.9.9.7")), SignedIn)


def test_an_account_entry_of_the_policy_narrows_sign_in() -> None:
    house = House()
    house.add()
    house.policy = replace(
        house.policy, accounts={"alice": entry("alice", networks=allowlist("192.0.2.0/24"))}
    )
    assert house.enter() == SignInRefused(reason=Reason.IP_NOT_ALLOWED)


@pytest.mark.parametrize(
    ("level", "admitted"),
    [(Level.SIGNED_IN, True), (Level.SECOND_FACTOR, False), (Level.SECURITY_KEY, False)],
)
def test_an_account_that_needs_a_factor_and_has_none_is_not_enrolled(
    level: Level, *, admitted: bool
) -> None:
    house = House()
    house.add(has_app=False)
    house.policy = with_entry(house.policy, level)
    answer = house.enter()
    assert answer == SignInRefused(reason=Reason.NOT_ENROLLED) or admitted
    assert isinstance(answer, SignedIn) is admitted


def test_r18_an_old_hash_is_upgraded_by_the_right_password_alone() -> None:
    house = House()
    account = house.add()
    old = Secret(password_factor.hash_password(PASSWORD, Profile(memory_kib=16, passes=1)))
    house.store.accounts.set_password_hash(account.id, old, house.clock.now())
    wrong(house)
    assert house.store.accounts.password_hash(account.id) == old
    house.entered()
    new = house.store.accounts.password_hash(account.id)
    assert new is not None
    assert new != old
    assert isinstance(password_factor.verify(new.reveal(), PASSWORD, PROFILE), PasswordVerified)


@pytest.mark.parametrize("password", ["", "x" * 1025, "\ud800", "x" * 100_000])
def test_r18_what_can_not_be_a_password_is_wrong(password: str) -> None:
    house = House()
    house.add()
    assert house.enter(password=Secret(password)) == SignInRefused(reason=Reason.WRONG_PASSWORD)


def test_an_account_without_a_password_lets_nobody_in() -> None:
    house = House()
    house.store.accounts.add(Account(id=AccountId("id-of-alice"), name="alice"))
    assert wrong(house) is Reason.WRONG_PASSWORD
    assert house.enter(password=Secret("")) == SignInRefused(reason=Reason.WRONG_PASSWORD)


def test_f16_a_full_hash_queue_refuses_and_takes_no_attempt() -> None:
    house = House(hashing=HashQueue(queue=1))
    house.add()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        inside.set()
        leave.wait(30)

    holder = threading.Thread(target=lambda: house.hashing.run(hold, familiar=True))
    holder.start()
    inside.wait(30)
    answers = [house.enter() for _ in range(7)]
    leave.set()
    holder.join()
    assert set(answers) == {SignInRefused(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)}
    assert isinstance(house.enter(), SignedIn)


def test_t71_events_name_neither_password_nor_token_nor_an_unknown_name() -> None:
    house = House()
    house.add()
    issued = house.entered()
    wrong(house)
    house.enter("hunter2-typed-as-a-name")
    for _ in range(6):
        wrong(house)
    written = repr(house.records())
    for secret in (PASSWORD.reveal(), WRONG.reveal(), issued.token.reveal(), "hunter2"):
        assert secret not in written
    assert {record.kind for record in house.records()} == {"signed_in", "sign_in_refused"}


def test_r14_administrators_get_the_shorter_limits() -> None:
    house = House()
    house.add("alice")
    house.add("bob")
    assert house.entered("alice").session.limits.idle == timedelta(minutes=15)
    assert house.entered("alice").session.limits.absolute == timedelta(hours=12)
    assert house.entered("bob").session.limits.idle == timedelta(hours=1)


def test_t49_two_people_who_sign_in_at_once_get_their_own_sessions() -> None:
    house = House()
    names = [f"user{number}" for number in range(20)]
    for name in names:
        house.add(name, has_app=False)
    found: dict[str, str] = {}

    def sign_in(name: str) -> None:
        found[name] = house.entered(name).session.account.name

    threads = [threading.Thread(target=sign_in, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: name for name in names}


@pytest.mark.parametrize("call", range(1, 16))
def test_f6_a_store_that_fails_at_any_call_lets_nobody_in_by_a_wrong_password(call: int) -> None:
    kept = MemoryStore()
    House(store=kept).add()
    broken = House(store=BrokenStore(kept, fail_on={"*"}, from_call=call))
    with contextlib.suppress(StoreError):
        assert isinstance(broken.enter(password=WRONG), SignInRefused)
    assert kept.sessions.all() == ()


@pytest.mark.parametrize("call", range(1, 16))
def test_f6_a_store_that_fails_at_any_call_makes_no_session_more_than_partial(call: int) -> None:
    kept = MemoryStore()
    House(store=kept).add()
    broken = House(store=BrokenStore(kept, fail_on={"*"}, from_call=call))
    with contextlib.suppress(StoreError):
        assert isinstance(broken.enter(), SignedIn)
    assert all(len(session.proofs) == 1 for session in kept.sessions.all())

"""Changing a password: the current one first, and nothing else stays signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from gate.core.decision import Reason
from gate.core.errors import StoreError
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method
from gate.factors import password as password_factor
from gate.factors.password import PasswordVerified
from gate.service.hashing import BUSY_WAIT, HashQueue
from gate.service.passwords import PasswordChanged, PasswordRefused
from gate.service.tokens import IssuedSession
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.use_cases import PASSWORD, PROFILE, WRONG, House, at

NEW = Secret("purple monkey dishwasher 42")


def change(
    house: House, issued: IssuedSession, current: Secret = PASSWORD, new: Secret = NEW
) -> PasswordChanged | PasswordRefused:
    return house.passwords.change(session=issued.session, current=current, new=new, visitor=at())


def fits(house: House, account: Account, password: Secret) -> bool:
    stored = house.store.accounts.password_hash(account.id)
    assert stored is not None
    return isinstance(password_factor.verify(stored.reveal(), password, PROFILE), PasswordVerified)


def test_t42_a_change_ends_all_other_sessions_and_gives_this_one_a_new_token() -> None:
    house = House()
    account = house.add()
    other, bobs = house.session(), house.add("bob")
    of_bob = house.session("bob")
    mine = house.full().issued
    changed = change(house, mine)
    assert isinstance(changed, PasswordChanged)
    assert changed.ended == 1
    assert not house.is_live(other.hash)
    assert not house.is_live(mine.session.hash)
    assert house.methods(changed.issued.session.hash) == {Method.PASSWORD, Method.TOTP}
    assert house.is_live(of_bob.hash)
    assert fits(house, account, NEW)
    assert fits(house, bobs, PASSWORD)


def test_g3_the_current_password_is_proved_in_the_same_request() -> None:
    house = House()
    account = house.add()
    refused = change(house, house.full().issued, current=WRONG)
    assert refused == PasswordRefused(reason=Reason.WRONG_PASSWORD)
    assert fits(house, account, PASSWORD)


def test_g16_five_wrong_current_passwords_end_the_session() -> None:
    house = House()
    house.add()
    mine = house.full().issued
    reasons = [change(house, mine, current=WRONG) for _ in range(5)]
    assert reasons[-1] == PasswordRefused(reason=Reason.SESSION_ENDED)
    assert not house.is_live(mine.session.hash)


@pytest.mark.parametrize("new", ["", "short", "password1234", "aaaaaaaaaaaaaaaa", "x" * 1025])
def test_a_weak_password_is_refused_with_words(new: str) -> None:
    house = House()
    account = house.add()
    refused = change(house, house.full().issued, new=Secret(new))
    assert isinstance(refused, PasswordRefused)
    assert refused.reason is None
    assert refused.words
    assert fits(house, account, PASSWORD)


def test_the_own_name_makes_a_password_weak() -> None:
    house = House()
    account = house.add("maximilian-schmidt")
    assert house.passwords.judge(account, Secret("maximilian-schmidt"))
    assert house.passwords.judge(account, NEW) == ()


def test_t43_a_session_that_ended_meanwhile_changes_nothing() -> None:
    house = House()
    account = house.add()
    other, mine = house.session(), house.full().issued
    house.store.sessions.end(mine.session.hash)
    assert change(house, mine) == PasswordRefused(reason=Reason.SESSION_ENDED)
    assert fits(house, account, PASSWORD)
    assert [each.hash for each in house.store.sessions.of_account(account.id)] == [other.hash]
    assert not house.records("password_changed")


@contextmanager
def full(queue: HashQueue) -> Iterator[None]:
    """Keep a queue of one busy."""
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        inside.set()
        leave.wait(60)

    holder = threading.Thread(target=lambda: queue.run(hold, familiar=True))
    holder.start()
    inside.wait(60)
    yield
    leave.set()
    holder.join()


def test_f16_a_full_hash_queue_changes_nothing() -> None:
    house = House(hashing=HashQueue(queue=1))
    account = house.add()
    mine = house.full().issued
    with full(house.hashing):
        refused = change(house, mine)
    assert refused == PasswordRefused(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)
    assert fits(house, account, PASSWORD)


def test_f16_a_hash_queue_that_fills_after_the_proof_changes_nothing() -> None:
    store = BrokenStore(MemoryStore())
    house = House(store=store, hashing=HashQueue(queue=1))
    account = house.add()
    mine = house.full().issued
    with ExitStack() as holding:
        store.rivals["attempts.refund"] = lambda: holding.enter_context(full(house.hashing))
        refused = change(house, mine)
    assert refused == PasswordRefused(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)
    assert fits(house, account, PASSWORD)
    assert house.is_live(mine.session.hash)


@pytest.mark.parametrize("call", range(1, 13))
def test_f3_a_change_whose_nth_call_fails_is_whole_or_nothing(call: int) -> None:
    kept = MemoryStore()
    house = House(store=kept)
    account = house.add()
    other, mine = house.session(), house.full().issued
    broken = House(store=BrokenStore(kept, fail_on={"*"}, from_call=call), clock=house.clock)
    try:
        done = isinstance(change(broken, mine), PasswordChanged)
    except StoreError:
        done = False
    changed = fits(house, account, NEW)
    assert changed or not done
    assert house.is_live(other.hash) is not changed
    assert house.is_live(mine.session.hash) is not changed


def test_t71_events_name_no_password() -> None:
    house = House()
    house.add()
    mine = house.full().issued
    change(house, mine, current=WRONG)
    change(house, mine)
    written = repr(house.records())
    assert {"password_change_refused", "password_changed"} <= {r.kind for r in house.records()}
    assert not any(secret.reveal() in written for secret in (PASSWORD, WRONG, NEW))

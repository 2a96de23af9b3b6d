"""Sessions at the pages: the one of a cookie, those of an account, and how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.policy import Admins
from gate.core.secret_text import Secret
from gate.core.subject import ADMIN_LIMITS, AccountState, SessionLimits
from tests.support.store_values import some_child
from tests.support.use_cases import HOST, House, at


@pytest.mark.parametrize("host", [HOST, f"{HOST}:8443"])
def test_g5_a_cookie_counts_on_every_port_of_its_host(host: str) -> None:
    house = House()
    house.add()
    issued = house.full().issued
    assert house.sessions.current(issued.token, at(host=host)) == issued.session


@pytest.mark.parametrize("host", ["shop.example.com", "", "wiki.example.com.evil.test", "[::1]"])
def test_g5_a_cookie_counts_on_no_other_host(host: str) -> None:
    house = House()
    house.add()
    issued = house.full().issued
    assert house.sessions.current(issued.token, at(host=host)) is None


@pytest.mark.parametrize("junk", ["", "junk", "\x00", "x" * 8000, "ü"])
def test_t45_junk_is_no_session(junk: str) -> None:
    house = House()
    house.add()
    house.full()
    assert house.sessions.current(Secret(junk), at()) is None
    assert house.sessions.current(None, at()) is None


def test_t47_no_part_of_a_token_and_no_changed_one_is_accepted() -> None:
    house = House()
    house.add()
    text = house.full().issued.token.reveal()
    flipped = ("A" if text[0] != "A" else "B") + text[1:]
    for wrong in (text[:-1], text[:20], text + "A", flipped, text.swapcase()):
        assert house.sessions.current(Secret(wrong), at()) is None


def test_r14_idle_and_absolute_limits_end_a_session() -> None:
    house = House()
    house.add("bob")
    issued = house.full("bob").issued
    limits = SessionLimits()
    house.clock.advance(limits.idle - timedelta(seconds=1))
    assert house.sessions.current(issued.token, at()) is not None
    house.clock.advance(timedelta(seconds=1))
    assert house.sessions.current(issued.token, at()) is None
    assert house.sessions.list(issued.session.account.id) == ()


def test_g2_activity_of_another_process_keeps_a_session_up_to_its_absolute_end() -> None:
    house = House()
    house.add("bob")
    issued = house.full("bob").issued
    created = issued.session.created_at
    while house.clock.now() + timedelta(minutes=50) < created + SessionLimits().absolute:
        house.clock.advance(timedelta(minutes=50))
        assert house.sessions.current(issued.token, at()) is not None
        house.store.sessions.touch({issued.session.hash: house.clock.now()})
    house.clock.set_wall(created + SessionLimits().absolute)
    assert house.sessions.current(issued.token, at()) is None


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.LOCKED])
def test_t43_an_account_that_may_not_be_used_has_no_session(state: AccountState) -> None:
    house = House()
    account = house.add()
    token = house.full().issued.token
    house.store.accounts.set_state(account.id, state)
    assert house.sessions.current(token, at()) is None


def test_t41_a_signed_out_cookie_is_dead() -> None:
    house = House()
    house.add()
    issued = house.full().issued
    house.sessions.sign_out(issued.token, at())
    assert house.sessions.current(issued.token, at()) is None
    assert [record.account for record in house.records("signed_out")] == ["alice"]


def test_t41_signing_out_without_a_session_is_nothing() -> None:
    house = House()
    house.sessions.sign_out(Secret("junk"), at())
    assert house.records("signed_out") == []


def test_r16_end_others_keeps_this_one_and_everybody_elses() -> None:
    house = House()
    house.add()
    house.add("bob")
    others = [house.session(), house.session()]
    bobs, mine = house.session("bob"), house.session()
    assert house.sessions.end_others(mine, at()) == 2
    assert [house.is_live(each.hash) for each in (*others, bobs, mine)] == [
        False,
        False,
        True,
        True,
    ]


def test_v752_a_person_ends_own_sessions_only() -> None:
    house = House()
    alice = house.add()
    house.add("bob")
    mine, bobs = house.session(), house.session("bob")
    assert not house.sessions.end(alice, bobs.id, at())
    assert house.is_live(bobs.hash)
    assert house.sessions.end(alice, mine.id, at())
    assert not house.sessions.end(alice, mine.id, at())
    assert not house.is_live(mine.hash)


def test_sessions_are_listed_newest_first() -> None:
    house = House()
    alice = house.add()
    sessions = [house.session() for _ in range(3)]
    listed = house.sessions.list(alice.id)
    assert [each.id for each in listed] == [each.id for each in reversed(sessions)]


def test_g5_a_browser_with_several_sites_is_one_line() -> None:
    house = House()
    alice = house.add()
    parent, other = house.session(), house.session()
    child = some_child(parent, "child")
    house.store.sessions.begin(child)
    assert {each.id for each in house.sessions.list(alice.id)} == {parent.id, other.id}
    assert house.sessions.hosts(alice.id) == {
        parent.id: ("wiki.example.com", "shop.example.com"),
        other.id: ("wiki.example.com",),
    }


@pytest.mark.parametrize("token", ["parent", "child"])
def test_t41_g5_signing_out_anywhere_ends_the_whole_browser(token: str) -> None:
    house = House()
    house.add()
    parent, other = house.full().issued, house.session()
    child = some_child(parent.session, "child")
    house.store.sessions.begin(child)
    house.sessions.sign_out(parent.token if token == "parent" else Secret("child"), at())
    left = [house.is_live(each.hash) for each in (parent.session, child, other)]
    assert left == [False, False, True]
    assert len(house.records("signed_out")) == 1


def test_r16_g5_signing_others_out_leaves_this_browser_whole() -> None:
    house = House()
    house.add()
    mine, other = house.session(), house.session()
    for parent, token in ((mine, "my child"), (other, "other child")):
        house.store.sessions.begin(some_child(parent, token))
    assert house.sessions.end_others(mine, at()) == 1
    assert {each.id for each in house.store.sessions.all()} == {mine.id, "id-of-my child"}


def test_r14_g5_a_child_ends_with_the_hour_of_its_browser_and_activity_anywhere_counts() -> None:
    house = House()
    house.add("bob")
    parent = house.full("bob").issued
    house.store.sessions.begin(some_child(parent.session, "child"))
    shop = at(host="shop.example.com")
    house.clock.advance(timedelta(minutes=50))
    child = house.sessions.current(Secret("child"), shop)
    assert child is not None
    house.store.sessions.touch({child.active_as: house.clock.now()})
    house.clock.advance(timedelta(minutes=50))
    assert house.sessions.current(parent.token, at()) is not None
    assert house.sessions.current(Secret("child"), shop) is not None
    house.clock.advance(timedelta(minutes=10))
    assert house.sessions.current(parent.token, at()) is None
    assert house.sessions.current(Secret("child"), shop) is None


def test_f7_a_wall_clock_that_is_set_back_keeps_no_session_alive() -> None:
    house = House()
    house.add("bob")
    issued = house.full("bob").issued
    noon = house.clock.now()
    assert house.sessions.current(issued.token, at()) is not None
    house.clock.advance(SessionLimits().idle)
    house.clock.set_wall(noon)
    assert house.sessions.current(issued.token, at()) is None
    assert house.sessions.list(issued.session.account.id) == ()


def test_r14_who_becomes_an_administrator_gets_the_shorter_limits_in_a_session_that_lives() -> None:
    house = House()
    house.add("bob")
    token = house.full("bob").issued.token
    house.policy = replace(house.policy, admins=Admins(accounts=frozenset({"bob"})))
    found = house.sessions.current(token, at())
    assert found is not None
    assert found.limits == ADMIN_LIMITS
    house.clock.advance(ADMIN_LIMITS.idle)
    assert house.sessions.current(token, at()) is None

"""Tickets: one sign-in for the sites of several hosts, and nothing for anybody else (G5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import AccountState, Method, Parent, Session
from gate.service.tickets import LIFE, Arrived, Destination, TicketVoid, seal
from gate.service.tokens import IssuedSession, token_hash
from tests.support.broken_store import BrokenStore
from tests.support.use_cases import ABROAD, HOST, House, at

SHOP = "shop.example.com"
WANTED = "/orders?page=2"
NONCE = Secret("n" * 43)
SHOPPER = at(host=SHOP)


def leading(host: str = SHOP, wanted: str = WANTED, nonce: Secret = NONCE) -> Destination:
    return Destination(host=host, wanted=wanted, seal=seal(nonce, host=host, wanted=wanted))


@pytest.fixture
def house() -> House:
    house = House()
    house.add()
    return house


def issued(house: House, session: Session | None = None) -> Secret:
    ticket = house.tickets.issue(session or house.session(), leading(), at())
    assert isinstance(ticket, Secret), ticket
    return ticket


def arrived(house: House, ticket: Secret, **more: Secret) -> Arrived:
    came = house.tickets.redeem(ticket, nonce=NONCE, visitor=SHOPPER, **more)
    assert isinstance(came, Arrived), came
    return came


def test_g5_a_ticket_gives_the_host_a_session_of_its_own(house: House) -> None:
    parent = house.session()
    came = arrived(house, issued(house, parent))
    child = came.issued.session
    assert came.wanted == WANTED
    assert child.host == SHOP
    assert child.parent == Parent(id=parent.id, hash=parent.hash)
    assert child.proofs == parent.proofs
    assert (child.created_at, child.limits, child.ends_at) == (
        parent.created_at,
        parent.limits,
        parent.ends_at,
    )
    assert child.hash == token_hash(came.issued.token) != parent.hash
    assert house.sessions.current(came.issued.token, SHOPPER) == child
    assert house.sessions.current(came.issued.token, at()) is None
    assert house.is_live(parent.hash)


def test_t47_a_ticket_has_256_bits_and_is_kept_as_a_hash(house: House) -> None:
    first, second = issued(house), issued(house)
    assert len(first.reveal()) == 43
    assert first != second
    for wrong in (first.reveal()[:-1], first.reveal().swapcase(), "", "x"):
        came = house.tickets.redeem(Secret(wrong), nonce=NONCE, visitor=SHOPPER)
        assert came == TicketVoid()


def test_g5_a_ticket_is_good_once(house: House) -> None:
    ticket = issued(house)
    arrived(house, ticket)
    assert house.tickets.redeem(ticket, nonce=NONCE, visitor=SHOPPER) == TicketVoid()


def test_g5_a_ticket_is_good_for_half_a_minute(house: House) -> None:
    assert timedelta(seconds=30) == LIFE
    parent = house.session()
    ticket, late = issued(house, parent), issued(house, parent)
    house.clock.advance(LIFE - timedelta(seconds=1))
    arrived(house, ticket)
    house.clock.advance(timedelta(seconds=1))
    assert house.tickets.redeem(late, nonce=NONCE, visitor=SHOPPER) == TicketVoid()


@pytest.mark.parametrize("nonce", [None, Secret(""), Secret("m" * 43), Secret("n" * 42)])
def test_t50_another_browser_can_not_use_a_ticket_and_spends_it(
    house: House, nonce: Secret | None
) -> None:
    ticket = issued(house)
    came = house.tickets.redeem(ticket, nonce=nonce, visitor=SHOPPER)
    assert came == TicketVoid(wanted=WANTED)
    assert house.tickets.redeem(ticket, nonce=NONCE, visitor=SHOPPER) == TicketVoid()


@pytest.mark.parametrize("host", [HOST, "times.example.com", f"{SHOP}.evil.test"])
def test_g5_a_ticket_is_good_on_its_own_host(house: House, host: str) -> None:
    ticket = issued(house)
    assert house.tickets.redeem(ticket, nonce=NONCE, visitor=at(host=host)) == TicketVoid()


def test_t80_the_seal_binds_host_and_path(house: House) -> None:
    for host, wanted in ((SHOP, "/other"), ("times.example.com", WANTED), (SHOP, "")):
        foreign = replace(leading(host, wanted), host=SHOP, wanted=WANTED)
        ticket = house.tickets.issue(house.session(), foreign, at())
        assert isinstance(ticket, Secret)
        assert house.tickets.redeem(ticket, nonce=NONCE, visitor=SHOPPER) == TicketVoid(
            wanted=WANTED
        )


def test_t40_a_ticket_of_a_session_with_another_token_is_void(house: House) -> None:
    parent = house.session()
    ticket = issued(house, parent)
    house.issuer.rotate(parent, house.issuer.proof(Method.TOTP))
    came = house.tickets.redeem(ticket, nonce=NONCE, visitor=SHOPPER)
    assert came == TicketVoid(wanted=WANTED)


def test_t41_a_ticket_of_a_session_that_has_ended_is_void(house: House) -> None:
    by_sign_out, by_switch = house.full().issued, house.session()
    first, second = issued(house, by_sign_out.session), issued(house, by_switch)
    house.sessions.sign_out(by_sign_out.token, at())
    assert isinstance(house.tickets.redeem(first, nonce=NONCE, visitor=SHOPPER), TicketVoid)
    house.store.accounts.set_state(by_switch.account.id, AccountState.LOCKED)
    assert isinstance(house.tickets.redeem(second, nonce=NONCE, visitor=SHOPPER), TicketVoid)


def test_t41_a_sign_out_in_the_same_moment_wins(house: House) -> None:
    issuing = issued(house)
    store = BrokenStore(house.store)
    (parent,) = house.store.sessions.all()
    store.rivals["sessions.begin"] = lambda: house.store.sessions.end(parent.hash)
    rushed = replace(house.tickets, issuer=replace(house.issuer, store=store))
    came = rushed.redeem(issuing, nonce=NONCE, visitor=SHOPPER)
    assert came == TicketVoid(wanted=WANTED)
    assert house.store.sessions.all() == ()


def test_t42_a_change_of_password_in_the_same_moment_wins(house: House) -> None:
    parent = house.session()
    issuing = issued(house, parent)
    store = BrokenStore(house.store)
    store.rivals["sessions.begin"] = lambda: house.issuer.rotate(parent)
    rushed = replace(house.tickets, issuer=replace(house.issuer, store=store))
    came = rushed.redeem(issuing, nonce=NONCE, visitor=SHOPPER)
    assert came == TicketVoid(wanted=WANTED)
    (left,) = house.store.sessions.all()
    assert left.parent is None


def test_r14_a_ticket_at_the_end_of_a_session_gives_nothing_more(house: House) -> None:
    parent = house.session()
    house.clock.advance(parent.limits.idle - timedelta(seconds=10))
    ticket = issued(house, parent)
    house.clock.advance(timedelta(seconds=10))
    assert isinstance(house.tickets.redeem(ticket, nonce=NONCE, visitor=SHOPPER), TicketVoid)


def test_t44_a_partial_session_gets_no_ticket(house: House) -> None:
    partial = house.entered().session
    assert house.tickets.issue(partial, leading(), at()) is Reason.NEEDS_SECOND_FACTOR


def test_who_has_a_password_alone_and_needs_no_more_gets_one() -> None:
    house = House()
    house.add("carol", has_app=False)
    came = arrived(house, issued(house, house.entered("carol").session))
    assert {proof.method for proof in came.issued.session.proofs} == {Method.PASSWORD}


def test_an_address_that_is_not_admitted_gets_no_ticket() -> None:
    house = House()
    house.add(networks="203.0.113.0/24")
    session = house.session()
    assert house.tickets.issue(session, leading(), at(ABROAD)) is Reason.IP_NOT_ALLOWED


def test_g5_a_child_gives_no_ticket_and_a_host_none_for_itself(house: House) -> None:
    parent = house.session()
    child = arrived(house, issued(house, parent)).issued.session
    times = leading("times.example.com")
    assert house.tickets.issue(child, times, SHOPPER) is Reason.NEEDS_SIGN_IN
    assert house.tickets.issue(parent, leading(HOST), at()) is Reason.NEEDS_SIGN_IN


def again(house: House, parent: IssuedSession, old: Secret) -> Session:
    """Prove a code once more and arrive with the session that was there before."""
    stepped = house.step_up.code(token=parent.token, code=house.next_code(), visitor=at())
    assert not hasattr(stepped, "reason")
    ticket = issued(house, stepped.issued.session)
    return arrived(house, ticket, planted=old).issued.session


def test_t40_a_new_ticket_replaces_the_child_with_the_new_proofs(house: House) -> None:
    parent = house.full().issued
    old = arrived(house, issued(house, parent.session)).issued
    new = again(house, parent, old.token)
    assert house.sessions.current(old.token, SHOPPER) is None
    assert new.proofs[-1].at > old.session.proofs[-1].at
    assert sum(each.host == SHOP for each in house.store.sessions.all()) == 1


def test_t40_a_planted_session_of_somebody_else_is_not_adopted(house: House) -> None:
    house.add("mallory")
    planted = house.full("mallory", visitor=SHOPPER).issued
    came = arrived(house, issued(house), planted=planted.token)
    assert came.issued.session.account.name == "alice"
    assert not house.is_live(planted.session.hash)


def test_an_arrival_is_recorded_without_any_secret(house: House) -> None:
    ticket = issued(house)
    came = arrived(house, ticket)
    (record,) = house.records("arrived")
    assert (record.account, record.details["host"]) == ("alice", SHOP)
    for secret in (ticket, came.issued.token, NONCE):
        assert secret.reveal() not in repr(record)

"""One-time links: made, looked at, used up, and known for a while after their end (G20)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.ports import LinkPurpose
from gate.core.secret_text import Secret
from gate.service.links import FIRST_ADMIN_LASTS, REMEMBERED, Links, link_hash
from tests.support.use_cases import House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def links(house: House) -> Links:
    return Links(store=house.store, clock=house.clock)


def test_g20_a_link_carries_account_purpose_version_and_expiry(house: House, links: Links) -> None:
    alice = house.add()
    made = links.make(alice, LinkPurpose.RESET, issuer="session-1")
    link = links.peek(link_hash(made.token))
    assert link == made.link
    assert link.account == alice.id
    assert link.purpose is LinkPurpose.RESET
    assert link.factor_version == alice.factor_version
    assert link.expires == house.clock.now() + timedelta(hours=24)
    assert link.issuer == "session-1"


def test_t71_only_the_hash_of_a_token_is_kept(house: House, links: Links) -> None:
    token = links.make(house.add(), LinkPurpose.NEW).token
    assert len(token.reveal()) == 43
    assert token.reveal() not in repr(house.store)


def test_g20_that_of_the_first_admin_lasts_an_hour(house: House, links: Links) -> None:
    made = links.make(house.add(), LinkPurpose.NEW, lasts=FIRST_ADMIN_LASTS)
    house.clock.advance(timedelta(minutes=59))
    assert links.peek(made.link.hash) is not None
    house.clock.advance(timedelta(minutes=1))
    assert links.peek(made.link.hash) is None


def test_g20_a_newer_link_voids_the_older_one(house: House, links: Links) -> None:
    alice = house.add()
    first, second = (links.make(alice, LinkPurpose.ADD) for _ in range(2))
    assert links.peek(first.link.hash) is None
    assert links.peek(second.link.hash) is not None
    assert links.why_dead(first.link.hash) is Reason.LINK_VOID


def test_g20_a_change_of_factors_voids_it(house: House, links: Links) -> None:
    alice = house.add(has_app=False)
    made = links.make(alice, LinkPurpose.ADD)
    house.add_app(alice)
    assert links.peek(made.link.hash) is None
    assert links.take(made.link.hash) is None
    stale = links.make(alice, LinkPurpose.ADD)
    assert links.peek(stale.link.hash) is None, "the account that was looked at is an old one"


def test_f18_a_link_is_taken_once(house: House, links: Links) -> None:
    made = links.make(house.add(), LinkPurpose.NEW)
    assert links.take(made.link.hash) == made.link
    assert links.take(made.link.hash) is None


def test_why_a_link_is_dead_is_told_for_a_while(house: House, links: Links) -> None:
    alice = house.add()
    expired = links.make(alice, LinkPurpose.NEW)
    house.clock.advance(timedelta(hours=24))
    assert links.why_dead(expired.link.hash) is Reason.LINK_EXPIRED
    used = links.make(alice, LinkPurpose.NEW)
    links.take(used.link.hash)
    assert links.why_dead(used.link.hash) is Reason.LINK_VOID
    links.note_used(used.link.hash)
    assert links.why_dead(used.link.hash) is Reason.LINK_USED
    house.clock.advance(REMEMBERED)
    assert links.why_dead(used.link.hash) is Reason.LINK_VOID


def test_of_a_link_that_never_was_nothing_is_told(links: Links) -> None:
    assert links.why_dead(link_hash(Secret("a" * 43))) is Reason.LINK_VOID

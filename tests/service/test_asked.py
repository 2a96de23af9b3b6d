"""An open exchange is read again as its site's rules read it now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.access import Access
from gate.core.refusal import Refusal
from gate.service.answer import Exchange
from gate.service.asked import access_again
from tests.support.enforcing import NOON, POLICY, Gate, forwarded
from tests.support.policies import policy_of

LATER = NOON + timedelta(minutes=1)


def opened(path: str, *headers: tuple[str, str]) -> Exchange:
    gate = Gate()
    return forwarded(gate.ask(path, gate.signed_in(), *headers)).exchange


def again(exchange: Exchange, condition: str) -> Access | Refusal:
    rules = POLICY.replace('path: /feed/**, header: {X-Robot: "yes"}', condition)
    site = policy_of(rules).sites["wiki"]
    return access_again(exchange, site, exchange.access.session, LATER)


def test_g19_what_the_rules_read_now_is_read() -> None:
    exchange = opened("/notes?kind=a", ("X-Agent", "b"))
    found = again(exchange, "query: {kind: a}, header: {X-Agent: b}")
    assert isinstance(found, Access)
    assert (dict(found.query), dict(found.read)) == ({"kind": "a"}, {"x-agent": "b"})
    assert (found.now, found.opened_at) == (LATER, NOON)


def test_a_header_that_connection_lists_is_not_read() -> None:
    exchange = opened("/notes", ("X-Agent", "b"), ("Connection", "x-agent"))
    found = again(exchange, "header: {X-Agent: b}")
    assert isinstance(found, Access)
    assert dict(found.read) == {"x-agent": None}


@pytest.mark.parametrize(
    ("path", "headers", "condition"),
    [
        ("/notes?kind=a&kind=b", (), "query: {kind: a}"),
        ("/notes", (("X-Agent", "b"), ("X-Agent", "c")), "header: {X-Agent: b}"),
    ],
)
def test_g13_what_would_not_arrive_today_is_refused(
    path: str, headers: tuple[tuple[str, str], ...], condition: str
) -> None:
    assert isinstance(again(opened(path, *headers), condition), Refusal)


def test_g13_an_exchange_that_would_not_arrive_today_is_not_permitted() -> None:
    gate = Gate()
    exchange = forwarded(gate.ask("/notes?kind=a&kind=b", gate.signed_in())).exchange
    gate.publish(POLICY.replace('path: /feed/**, header: {X-Robot: "yes"}', "query: {kind: z}"))
    assert not gate.enforcer.still_permitted(exchange)

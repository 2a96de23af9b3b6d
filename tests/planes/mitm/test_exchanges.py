"""The registry of open exchanges: who is decided again, and when."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import override

from gate.core.front_door import WireRequest
from gate.core.policy import SiteOptions, Upstream
from gate.planes.mitm.exchanges import Exchanges
from gate.planes.mitm.guard import Guard
from gate.planes.mitm.settings import MitmSettings
from gate.service.answer import Exchange, Forward
from tests.support.fake_enforcers import NOW, Permitting

WIRE = WireRequest(
    method=b"GET", target=b"/", version=b"HTTP/1.1", headers=((b"Host", b"a.test"),), peer="::1"
)


@dataclass
class Scripted(Permitting):
    """Says what the test tells it to, and notes what it is asked."""

    permits: bool = True
    has_moved: bool = False
    asked_again: list[Exchange] = field(default_factory=list)

    @override
    def still_permitted(self, exchange: Exchange) -> bool:
        self.asked_again.append(exchange)
        return self.permits

    @override
    def moved(self) -> bool:
        return self.has_moved


class Socket:
    """Stands for an open exchange."""

    def __init__(self) -> None:
        self.cuts: list[str] = []

    def cut(self) -> None:
        self.cuts.append("cut")


def scripted() -> Scripted:
    upstream = Upstream(scheme="http", host="127.0.0.1", port=1)
    return Scripted(upstream, SiteOptions(), Path("/nowhere/revoked"))


def exchange_of(enforcer: Scripted, *, lasts: float | None = None) -> Exchange:
    forward = enforcer.answer(WIRE)
    if not isinstance(forward, Forward):
        raise TypeError(forward)
    until = None if lasts is None else NOW + timedelta(seconds=lasts)
    return replace(forward.exchange, granted_until=until)


def registry(enforcer: Scripted) -> Exchanges:
    return Exchanges(Guard(enforcer, MitmSettings(sockets=(), pages=("127.0.0.1", 1))))


def test_g19_nothing_is_decided_again_while_nothing_moves() -> None:
    enforcer, opened = scripted(), Socket()
    exchanges = registry(enforcer)
    exchanges.add(opened, exchange_of(enforcer, lasts=60), now=0)
    asyncio.run(exchanges.look(5))
    assert enforcer.asked_again == []
    assert len(exchanges) == 1


def test_g19_everything_is_decided_again_when_something_moved() -> None:
    enforcer, opened = scripted(), Socket()
    exchanges = registry(enforcer)
    exchanges.add(opened, exchange_of(enforcer), now=0)
    enforcer.has_moved = True
    asyncio.run(exchanges.look(1))
    assert len(enforcer.asked_again) == 1
    assert opened.cuts == []
    enforcer.permits = False
    asyncio.run(exchanges.look(2))
    assert opened.cuts == ["cut"]
    assert len(exchanges) == 0


def test_g19_a_permit_that_ran_out_is_decided_again_once_a_second() -> None:
    enforcer = scripted()
    exchanges = registry(enforcer)
    exchanges.add(Socket(), exchange_of(enforcer, lasts=5), now=0)
    for tenths in range(40, 80):
        asyncio.run(exchanges.look(tenths / 10))
    assert len(enforcer.asked_again) == 3


def test_g19_all_are_decided_again_now_and_then_should_the_clock_be_set() -> None:
    enforcer = scripted()
    exchanges = registry(enforcer)
    exchanges.add(Socket(), exchange_of(enforcer, lasts=86_400), now=0)
    for second in range(1, 31):
        asyncio.run(exchanges.look(second))
    assert len(enforcer.asked_again) == 3


def test_g19_an_exchange_that_ended_meanwhile_is_left_alone() -> None:
    enforcer = scripted()
    exchanges = registry(enforcer)
    many = [Socket() for _ in range(1000)]
    for opened in many:
        exchanges.add(opened, exchange_of(enforcer), now=0)
    enforcer.has_moved, enforcer.permits = True, False

    async def look_while_one_ends() -> None:
        looking = asyncio.TaskGroup()
        async with looking:
            looking.create_task(exchanges.look(1))
            await asyncio.sleep(0)
            exchanges.discard(many[-1])

    asyncio.run(look_while_one_ends())
    assert [len(opened.cuts) for opened in many] == [1] * 999 + [0]

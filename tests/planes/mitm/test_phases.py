"""How long each phase may last, and what happens then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.planes.mitm.phases import CUT, SILENT, TOO_SLOW, Expiry, Phase, Pulse
from gate.planes.mitm.settings import Limits

LIMITS = Limits()
RESPONSE = timedelta(seconds=60)


def pulse(phase: Phase, *, since: float = 0, active: float = 0) -> Pulse:
    return Pulse(phase, since=since, active=active, response_timeout=RESPONSE)


@pytest.mark.parametrize(
    ("phase", "seconds", "expected"),
    [
        (Phase.HEAD, 10, TOO_SLOW),
        (Phase.IDLE, 75, CUT),
        (Phase.BODY, 30, TOO_SLOW),
        (Phase.UPSTREAM, 60, SILENT),
        (Phase.RESPONSE, 600, CUT),
        (Phase.RELAY, 600, CUT),
        (Phase.LINGER, 2, CUT),
    ],
)
def test_t90_a_phase_ends_after_its_time(phase: Phase, seconds: float, expected: Expiry) -> None:
    assert pulse(phase).expiry(seconds, LIMITS) is None
    assert pulse(phase).expiry(seconds + 0.1, LIMITS) == expected


@pytest.mark.parametrize("phase", [Phase.HEAD, Phase.UPSTREAM, Phase.LINGER])
def test_t90_a_byte_now_and_then_does_not_prolong_what_is_bounded_as_a_whole(phase: Phase) -> None:
    assert pulse(phase, active=1000).expiry(1000, LIMITS) is not None


@pytest.mark.parametrize("phase", [Phase.IDLE, Phase.BODY, Phase.RESPONSE, Phase.RELAY])
def test_a_byte_prolongs_what_is_bounded_by_silence(phase: Phase) -> None:
    busy = pulse(phase, active=1000)
    busy.received = 1_000_000
    assert busy.expiry(1000, LIMITS) is None


def test_connecting_has_a_bound_of_its_own() -> None:
    assert pulse(Phase.CONNECTING).expiry(1e6, LIMITS) is None


def test_f9_a_body_that_the_upstream_does_not_take_is_the_upstreams_silence() -> None:
    waiting = pulse(Phase.BODY)
    waiting.upstream_blocked = 10
    assert waiting.expiry(70, LIMITS) is None
    assert waiting.expiry(71, LIMITS) == SILENT


def test_f15_a_client_that_takes_nothing_is_cut_in_any_phase() -> None:
    stuck = pulse(Phase.RESPONSE, active=1000)
    stuck.observe(waiting=100, taken=5, now=900)
    stuck.observe(waiting=200, taken=5, now=950)
    assert stuck.expiry(960, LIMITS) is None
    assert stuck.expiry(961, LIMITS) == CUT


def test_f15_a_client_that_takes_a_little_may_stay() -> None:
    slow = pulse(Phase.RESPONSE, active=1000)
    slow.observe(waiting=100, taken=5, now=900)
    slow.observe(waiting=100, taken=6, now=950)
    assert slow.expiry(1000, LIMITS) is None
    slow.observe(waiting=0, taken=106, now=1000)
    assert slow.expiry(1100, LIMITS) is None


def test_lingering_begins_when_the_answer_is_out() -> None:
    lingering = pulse(Phase.LINGER)
    lingering.observe(waiting=10, taken=1, now=5)
    assert lingering.expiry(7, LIMITS) is None
    lingering.observe(waiting=0, taken=11, now=7)
    assert lingering.expiry(7.1, LIMITS) == CUT


RATE = LIMITS.body_rate * LIMITS.body_span.total_seconds()  # bytes of one span


def body(received: float) -> Pulse:
    """Give a pulse of a body that began at 0 and was active all the time."""
    coming = pulse(Phase.BODY)
    coming.enter(Phase.BODY, 0)
    coming.received, coming.active = int(received), 1e6
    return coming


@pytest.mark.parametrize(
    ("received", "seconds", "expected"),
    [
        pytest.param(0, 30, None, id="nothing yet"),
        pytest.param(RATE - 1, 30.5, TOO_SLOW, id="too little"),
        pytest.param(RATE * 1.1, 30.5, None, id="enough"),
    ],
)
def test_f15_a_body_has_a_least_rate(
    received: float, seconds: float, expected: Expiry | None
) -> None:
    assert body(received).expiry(seconds, LIMITS) == expected


def test_f15_a_quick_beginning_buys_no_trickle_afterwards() -> None:
    coming = body(RATE * 1000)
    assert coming.expiry(31, LIMITS) is None
    coming.received += 100
    assert coming.expiry(61, LIMITS) is None
    assert coming.expiry(61.5, LIMITS) == TOO_SLOW


def test_f15_no_client_is_slow_while_the_upstream_takes_nothing() -> None:
    coming = body(0)
    coming.upstream_blocked = 1
    assert coming.expiry(50, LIMITS) is None
    coming.unblock(50)
    coming.active = 1e6
    assert coming.expiry(79, LIMITS) is None
    assert coming.expiry(81, LIMITS) == TOO_SLOW


def test_without_a_least_rate_only_silence_ends_a_body() -> None:
    assert body(0).expiry(1000, Limits(body_rate=0)) is None

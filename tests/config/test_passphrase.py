"""Texts locked under a passphrase."""

from __future__ import annotations

import pytest

from gate.config.passphrase import COST, HEAD_BYTES, MOST_COST, is_long_enough, lock, unlock
from gate.core.errors import BrokenSeal
from gate.core.secret_text import Secret

WORDS = Secret("correct horse battery")
TEXT = Secret("gate-key ✓")
CHEAP = 4


def test_g26_a_locked_text_opens_under_its_passphrase() -> None:
    locked = lock(TEXT, WORDS, cost=CHEAP)
    assert unlock(locked, WORDS) == TEXT
    assert b"gate-key" not in locked


def test_g26_no_two_locked_texts_are_alike() -> None:
    assert lock(TEXT, WORDS, cost=CHEAP) != lock(TEXT, WORDS, cost=CHEAP)


def test_g26_another_passphrase_opens_nothing() -> None:
    with pytest.raises(BrokenSeal, match="another one"):
        unlock(lock(TEXT, WORDS, cost=CHEAP), Secret("correct horse batterz"))


@pytest.mark.parametrize("place", [2, HEAD_BYTES - 1, HEAD_BYTES, -1])
def test_g26_a_changed_byte_shows(place: int) -> None:
    locked = bytearray(lock(TEXT, WORDS, cost=CHEAP))
    locked[place] ^= 1
    with pytest.raises(BrokenSeal, match="changed"):
        unlock(bytes(locked), WORDS)


@pytest.mark.parametrize(
    "locked",
    [
        b"",
        b"\x01",
        b"\x02" + lock(TEXT, WORDS, cost=CHEAP)[1:],
        b"\x01\x00" + bytes(60),
        b"\x01" + bytes([MOST_COST + 1]) + bytes(60),
        lock(TEXT, WORDS, cost=CHEAP)[: HEAD_BYTES + 27],
    ],
    ids=["empty", "short", "version", "no cost", "too dear", "no room for a tag"],
)
def test_g26_what_no_passphrase_locked_is_refused_before_it_costs_anything(locked: bytes) -> None:
    with pytest.raises(BrokenSeal, match="nothing"):
        unlock(locked, WORDS)


def test_g26_the_cost_is_that_of_the_recommendation() -> None:
    locked = lock(TEXT, WORDS)
    assert locked[1] == COST == 17
    assert unlock(locked, WORDS) == TEXT


@pytest.mark.parametrize(("text", "enough"), [("x" * 11, False), ("x" * 12, True)])
def test_a_short_passphrase_locks_nothing(text: str, *, enough: bool) -> None:
    assert is_long_enough(Secret(text)) is enough

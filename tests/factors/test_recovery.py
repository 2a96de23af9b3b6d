"""Recovery codes: read as people type them, kept as keyed hashes, ten in a set."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given, strategies as st

from gate.core.secret_text import Secret
from gate.factors import FactorReason, Rejected
from gate.factors.recovery import (
    ALPHABET,
    MAX_TYPED,
    SET_BYTES,
    RecoveryVerified,
    hash_code,
    new_codes,
    parse_code,
    verify,
)

KEY = bytes(range(32))
CODES = new_codes(bytes(range(100)))
HASHES = [hash_code(code, key=KEY) for code in CODES]
MALFORMED = Rejected(reason=FactorReason.MALFORMED)
WRONG = Rejected(reason=FactorReason.WRONG_CODE)


def test_g21_a_set_has_ten_codes_of_eighty_bits_in_groups() -> None:
    randomness = b"\x00" * 10 + b"\xff" * 10 + bytes.fromhex("0123456789abcdef0123") + bytes(70)
    shown = [code.reveal() for code in new_codes(randomness)]
    assert shown[:3] == ["0000-0000-0000-0000", "ZZZZ-ZZZZ-ZZZZ-ZZZZ", "04HM-ASW9-NF6Y-Y093"]
    assert len(shown) == 10
    assert SET_BYTES == 100


@given(st.binary(min_size=100, max_size=100))
def test_g21_each_bit_of_randomness_is_in_the_codes(randomness: bytes) -> None:
    digits = [
        ALPHABET.index(digit)
        for code in new_codes(randomness)
        for digit in code.reveal().replace("-", "")
    ]
    bits = "".join(f"{digit:05b}" for digit in digits)
    assert int(bits, 2).to_bytes(100) == randomness


@pytest.mark.parametrize("length", [0, 99, 101])
def test_a_set_takes_exactly_its_randomness(length: int) -> None:
    with pytest.raises(ValueError, match=r"^a set of codes takes 100 random bytes$"):
        new_codes(bytes(length))


def test_the_alphabet_is_crockfords() -> None:
    assert ALPHABET == "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("01AB-CDEF-GHJK-1101", id="as shown"),
        pytest.param("01ABCDEFGHJK1101", id="without groups"),
        pytest.param("01ab-cdef-ghjk-1101", id="lower case"),
        pytest.param("  01ab cdef\tghjk 1101\r\n", id="blanks"),
        pytest.param("01ab\u2013cdef\u2014ghjk\u00a01101", id="dashes of a word processor"),
        pytest.param("01ab\u2010cdef\u2011ghjk\u22121\u2012101", id="more dashes"),
        pytest.param("O1AB-CDEF-GHJK-ILOI", id="letters for digits"),
        pytest.param("olab-cdef-ghjk-ilol", id="small letters for digits"),
    ],
)
def test_g21_a_typed_code_is_folded(typed: str) -> None:
    assert parse_code(typed) == Secret("01ABCDEFGHJK1101")


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("01AB-CDEF-GHJK-110", id="a character short"),
        pytest.param("01AB-CDEF-GHJK-11012", id="a character more"),
        pytest.param("01AB-CDEF-GHJK-110U", id="no letter of the alphabet"),
        pytest.param("01AB.CDEF.GHJK.1101", id="dots"),
        pytest.param("\uff10\uff11AB-CDEF-GHJK-1101", id="full-width digits"),
        pytest.param("\u0131\u0131AB-CDEF-GHJK-1101", id="an i without its dot"),
        pytest.param("\u017fABC-CDEF-GHJK-1101", id="a long s"),
        pytest.param("0\u06611AB-CDEF-GHJK-110", id="digits of another script"),
        pytest.param("\ud800" * 16, id="halves of characters"),
        pytest.param("123456", id="a code of the app"),
    ],
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert parse_code(typed) == MALFORMED


def test_what_is_typed_is_bounded() -> None:
    padded = "01ABCDEFGHJK1101".ljust(MAX_TYPED)
    assert parse_code(padded) == Secret("01ABCDEFGHJK1101")
    assert parse_code(padded + " ") == MALFORMED
    assert MAX_TYPED == 64


def test_g21_a_code_is_kept_as_a_keyed_hash() -> None:
    expected = hmac.new(KEY, b"01ABCDEFGHJK1101", hashlib.sha256).hexdigest()
    assert hash_code(Secret("01ab-cdef-ghjk-1101"), key=KEY) == expected
    assert hash_code(Secret("01ab-cdef-ghjk-1101"), key=bytes(32)) != expected


def test_a_hash_needs_a_whole_key_and_a_code() -> None:
    with pytest.raises(ValueError, match=r"^a key has at least 32 bytes$"):
        hash_code(CODES[0], key=bytes(31))
    with pytest.raises(ValueError, match=r"^not a recovery code$"):
        hash_code(Secret("123456"), key=KEY)


@pytest.mark.parametrize("place", range(10))
def test_t65_each_code_of_the_set_is_accepted(place: int) -> None:
    typed = CODES[place].reveal().lower().replace("-", " ")
    assert verify(typed, HASHES, key=KEY) == RecoveryVerified(code_hash=HASHES[place])


def test_t65_a_code_that_was_consumed_is_wrong() -> None:
    assert verify(CODES[3].reveal(), HASHES[:3] + HASHES[4:], key=KEY) == WRONG


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param(new_codes(bytes(100))[0].reveal(), WRONG, id="of another set"),
        pytest.param("123456", MALFORMED, id="no code"),
        pytest.param("", MALFORMED, id="nothing"),
    ],
)
def test_another_text_is_refused(typed: str, expected: Rejected) -> None:
    assert verify(typed, HASHES, key=KEY) == expected


def test_no_code_fits_an_empty_set_or_odd_hashes() -> None:
    assert verify(CODES[0].reveal(), [], key=KEY) == WRONG
    assert verify(CODES[0].reveal(), ["", "é", HASHES[0][:-1], HASHES[0].upper()], key=KEY) == WRONG


def test_a_code_under_another_key_is_wrong() -> None:
    assert verify(CODES[0].reveal(), HASHES, key=bytes(32)) == WRONG


@given(st.text(max_size=80))
def test_no_text_makes_it_raise(typed: str) -> None:
    assert isinstance(verify(typed, HASHES, key=KEY), Rejected)


def test_a_set_does_not_show_itself() -> None:
    assert "0" not in repr(CODES[0])

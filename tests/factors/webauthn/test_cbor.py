"""The strict reader: what authenticators write, and nothing that two readers see differently."""

from __future__ import annotations

from typing import Any

import pytest
from fido2 import cbor
from hypothesis import given, strategies as st

from gate.factors.webauthn.cbor import MAX_DEPTH, Decoded, decode

KEYS = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=8) | st.binary(max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    KEYS | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def depth_of(value: object) -> int:
    match value:
        case list():
            inner = value
        case dict():
            inner = [*value, *value.values()]
        case _:
            inner = []
    return 1 + max(map(depth_of, inner), default=0)


@given(VALUES)
def test_what_the_library_writes_is_read(value: Any) -> None:
    expected = Decoded(value=value, rest=b"") if depth_of(value) <= MAX_DEPTH else None
    assert decode(cbor.encode(value)) == expected


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("190100", 256),
        ("1a00010000", 65536),
        ("1b0000000100000000", 2**32),
        ("20", -1),
        ("3903e7", -1000),
        ("43010203", b"\x01\x02\x03"),
        ("63c3a961", "éa"),
        ("820102", [1, 2]),
        ("a201020304", {1: 2, 3: 4}),
        ("f4", False),
        ("f5", True),
        ("f6", None),
    ],
)
def test_a_value_of_each_kind_is_read(encoded: str, value: object) -> None:
    assert decode(bytes.fromhex(encoded)) == Decoded(value=value, rest=b"")  # type: ignore[arg-type] # a table


def test_w34_bytes_behind_the_value_are_told() -> None:
    assert decode(b"\xa1\x01\x02\xff\x00") == Decoded(value={1: 2}, rest=b"\xff\x00")


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param("", id="nothing"),
        pytest.param("18", id="w35 a number cut short"),
        pytest.param("1900", id="w35 a longer number cut short"),
        pytest.param("4301", id="w35 bytes cut short"),
        pytest.param("6361", id="w35 a text cut short"),
        pytest.param("8201", id="w35 an array cut short"),
        pytest.param("a1", id="w35 a map without a key"),
        pytest.param("a101", id="w35 a map without a value"),
        pytest.param("9bffffffffffffffff", id="an array that claims the world"),
        pytest.param("bbffffffffffffffff", id="a map that claims the world"),
        pytest.param("5bffffffffffffffff", id="bytes that claim the world"),
        pytest.param("1c" + "00" * 32, id="a reserved length"),
        pytest.param("5f4101ff", id="bytes of indefinite length"),
        pytest.param("9f01ff", id="an array of indefinite length"),
        pytest.param("bf0102ff", id="a map of indefinite length"),
        pytest.param("c101", id="a tag"),
        pytest.param("f7", id="undefined"),
        pytest.param("f93c00", id="a half float"),
        pytest.param("fb3ff0000000000000", id="a double"),
        pytest.param("f818", id="a simple value"),
        pytest.param("61ff", id="a text that is no UTF-8"),
        pytest.param("a201020103", id="a key twice"),
        pytest.param("a1f501", id="true as a key"),
        pytest.param("a1f401", id="false as a key"),
        pytest.param("a1f601", id="null as a key"),
        pytest.param("a18001", id="an array as a key"),
        pytest.param("a1a001", id="a map as a key"),
    ],
)
def test_anything_else_is_none(encoded: str) -> None:
    assert decode(bytes.fromhex(encoded)) is None


@pytest.mark.parametrize("opening", [b"\x81", b"\xa1\x01"])
def test_w37_nesting_is_bounded(opening: bytes) -> None:
    deepest = opening * (MAX_DEPTH - 1) + b"\x00"
    assert decode(deepest) is not None
    assert decode(opening + deepest) is None
    assert decode(opening * 10_000 + b"\x00") is None


@given(st.binary(max_size=120))
def test_no_bytes_make_it_raise(encoded: bytes) -> None:
    decoded = decode(encoded)
    assert decoded is None or encoded.endswith(decoded.rest)

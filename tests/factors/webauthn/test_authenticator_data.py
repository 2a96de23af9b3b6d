"""Authenticator data: each byte counts, and none is left over."""

from __future__ import annotations

import struct

import pytest
from fido2 import cbor
from hypothesis import given, strategies as st

from gate.factors.webauthn.authenticator_data import (
    AttestedCredential,
    AuthenticatorData,
    Flag,
    parse_authenticator_data,
)

HASH = bytes(range(32))
MAKE = bytes(range(16))
KEY = cbor.encode({1: 2, 3: -7})
ATTESTED = MAKE + b"\x00\x03" + b"abc" + KEY
EXTENSIONS = cbor.encode({"credProtect": 2})


def written(flags: int, tail: bytes = b"", count: int = 0x01020304) -> bytes:
    return HASH + struct.pack(">BI", flags, count) + tail


def test_hash_flags_and_count_are_read() -> None:
    assert parse_authenticator_data(written(0x05)) == AuthenticatorData(
        rp_id_hash=HASH,
        flags=Flag.USER_PRESENT | Flag.USER_VERIFIED,
        sign_count=0x01020304,
        credential=None,
    )


def test_a_new_credential_is_read_with_its_key_as_received() -> None:
    parsed = parse_authenticator_data(written(0x41, ATTESTED))
    assert parsed is not None
    assert parsed.credential == AttestedCredential(aaguid=MAKE, id=b"abc", public_key=KEY)


def test_extensions_are_read_over() -> None:
    parsed = parse_authenticator_data(written(0xC1, ATTESTED + EXTENSIONS))
    assert parsed is not None
    assert parsed.credential is not None
    assert parsed.credential.public_key == KEY
    assert parse_authenticator_data(written(0x81, EXTENSIONS)) is not None


@pytest.mark.parametrize(("bit", "flag"), [(1, 0x01), (4, 0x04), (8, 0x08), (16, 0x10)])
def test_each_flag_has_its_bit(bit: int, flag: int) -> None:
    parsed = parse_authenticator_data(written(bit))
    assert parsed is not None
    assert parsed.flags == Flag(flag)


def test_reserved_flags_mean_nothing() -> None:
    parsed = parse_authenticator_data(written(0x23))
    assert parsed is not None
    assert [flag for flag in Flag if flag in parsed.flags] == [Flag.USER_PRESENT]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(written(0x01)[:-1], id="a byte too short"),
        pytest.param(written(0x01, b"\x00"), id="w34 a byte behind"),
        pytest.param(written(0x41), id="w32 no credential for its flag"),
        pytest.param(written(0x41, MAKE), id="w32 no id length"),
        pytest.param(written(0x41, MAKE + b"\x01"), id="w32 half an id length"),
        pytest.param(written(0x41, MAKE + b"\x00\x00" + KEY), id="an id without bytes"),
        pytest.param(written(0x41, MAKE + b"\x00\x03ab"), id="w32 an id cut short"),
        pytest.param(written(0x41, MAKE + b"\x00\x03abc"), id="w32 no key"),
        pytest.param(written(0x41, ATTESTED[:-1]), id="w35 a key cut short"),
        pytest.param(written(0x41, MAKE + b"\x00\x03abc\x01"), id="a key that is a number"),
        pytest.param(written(0x41, ATTESTED + b"\x00"), id="w34 a byte behind the key"),
        pytest.param(written(0x41, ATTESTED + EXTENSIONS), id="extensions without their flag"),
        pytest.param(written(0x01, ATTESTED), id="a credential without its flag"),
        pytest.param(written(0x81), id="w33 no extensions for their flag"),
        pytest.param(written(0xC1, ATTESTED), id="w33 no extensions behind the key"),
        pytest.param(written(0x81, b"\x01"), id="extensions that are a number"),
        pytest.param(written(0x81, EXTENSIONS[:-1]), id="w35 extensions cut short"),
        pytest.param(written(0x81, EXTENSIONS + b"\x00"), id="w34 a byte behind extensions"),
        pytest.param(written(0x81, b"\x81" * 10_000), id="w37 nested extensions"),
    ],
)
def test_anything_else_is_none(raw: bytes) -> None:
    assert parse_authenticator_data(raw) is None


@given(st.binary(max_size=160), st.integers(0, 255))
def test_no_bytes_make_it_raise(tail: bytes, flags: int) -> None:
    for raw in (tail, written(flags, tail), written(flags | 0x40, MAKE + b"\x00\x01" + tail)):
        parsed = parse_authenticator_data(raw)
        assert parsed is None or parsed.rp_id_hash == raw[:32]

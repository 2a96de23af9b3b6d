"""Public keys: well formed to the last member, and what they verify."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fido2 import cbor

from gate.factors.webauthn.cose_key import (
    OFFERED,
    Algorithm,
    algorithm_of,
    is_well_formed,
    verifies,
)
from tests.support.software_authenticator import Credential, cose_key, new_private_key

PRIVATE = {algorithm: new_private_key(algorithm) for algorithm in Algorithm}
EVERY = pytest.mark.parametrize("algorithm", Algorithm)


def members(algorithm: Algorithm) -> dict[Any, Any]:
    return dict(cose_key(PRIVATE[algorithm]))


def encoded(algorithm: Algorithm, **changed: Any) -> bytes:
    """Give the key with changed members, named by `kty`, `alg`, `m1`, `m2`, `m3`."""
    labels = {"kty": 1, "alg": 3, "m1": -1, "m2": -2, "m3": -3}
    return cbor.encode(members(algorithm) | {labels[name]: v for name, v in changed.items()})


def signature(algorithm: Algorithm, message: bytes) -> bytes:
    private = PRIVATE[algorithm]
    return Credential(id=b"", rp_id="", user_handle=b"", private_key=private).sign(message)


def test_what_is_offered_is_what_the_standard_advises() -> None:
    assert OFFERED == (-8, -7, -257)


@EVERY
def test_a_key_verifies_its_own_signature_alone(algorithm: Algorithm) -> None:
    key = encoded(algorithm)
    good = signature(algorithm, b"message")
    assert algorithm_of(key) is algorithm
    assert is_well_formed(key)
    assert verifies(key, b"message", good)
    assert not verifies(key, b"messagE", good)
    assert not verifies(key, b"message", good[:-1] + bytes([good[-1] ^ 1]))
    assert not verifies(key, b"message", b"")


@EVERY
def test_w28_another_key_does_not_verify(algorithm: Algorithm) -> None:
    other = cbor.encode(cose_key(new_private_key(algorithm)))
    assert not verifies(other, b"message", signature(algorithm, b"message"))


@EVERY
def test_a_key_has_its_members_and_no_others(algorithm: Algorithm) -> None:
    whole = members(algorithm)
    for label in whole:
        assert not is_well_formed(cbor.encode({n: v for n, v in whole.items() if n != label}))
    assert not is_well_formed(cbor.encode(whole | {4: [2]}))
    assert not is_well_formed(cbor.encode(whole | {"kty": 2}))


@EVERY
def test_a_key_is_of_its_own_type_and_curve(algorithm: Algorithm) -> None:
    assert not is_well_formed(encoded(algorithm, kty=4))
    assert not is_well_formed(encoded(algorithm, kty=True))
    assert not is_well_formed(encoded(algorithm, m1=9))
    assert not is_well_formed(encoded(algorithm, m1=b""))


def test_true_is_no_curve() -> None:
    assert not is_well_formed(encoded(Algorithm.ES256, m1=True))


@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.ES384, Algorithm.ES512])
def test_a_point_has_two_whole_coordinates_on_its_curve(algorithm: Algorithm) -> None:
    x, y = members(algorithm)[-2], members(algorithm)[-3]
    assert not is_well_formed(encoded(algorithm, m2=x[:-1]))
    assert not is_well_formed(encoded(algorithm, m2=b"\x00" + x))
    assert not is_well_formed(encoded(algorithm, m3=y[:-1]))
    assert not is_well_formed(encoded(algorithm, m3=True))
    assert not is_well_formed(encoded(algorithm, m2=list(x)))
    assert not is_well_formed(encoded(algorithm, m3=bytes(len(y))))


@pytest.mark.parametrize("algorithm", [Algorithm.EDDSA, Algorithm.ED448])
def test_an_edwards_key_has_its_length(algorithm: Algorithm) -> None:
    x = members(algorithm)[-2]
    assert not is_well_formed(encoded(algorithm, m2=x[:-1]))
    assert not is_well_formed(encoded(algorithm, m2=x + b"\x00"))
    assert not is_well_formed(encoded(algorithm, m2=x.hex()))


def test_ed25519_and_ed448_are_not_taken_for_each_other() -> None:
    assert not is_well_formed(cbor.encode(members(Algorithm.ED448) | {3: -8}))
    assert not is_well_formed(cbor.encode(members(Algorithm.EDDSA) | {3: -53}))


@pytest.mark.parametrize(
    ("bits", "expected"), [(1024, False), (2048, True), (4096, True), (4098, False)]
)
def test_an_rsa_key_is_neither_weak_nor_huge(bits: int, *, expected: bool) -> None:
    modulus = (1 << (bits - 1)) + 1
    key = encoded(Algorithm.RS256, m1=modulus.to_bytes((bits + 7) // 8))
    assert is_well_formed(key) is expected


def test_an_rsa_exponent_is_short_and_odd() -> None:
    assert is_well_formed(encoded(Algorithm.RS256, m2=b"\x00\x01\x00\x01"))
    assert not is_well_formed(encoded(Algorithm.RS256, m2=b"\x00\x00\x01\x00\x01"))
    assert not is_well_formed(encoded(Algorithm.RS256, m2=b"\x01\x00\x00"))
    assert not is_well_formed(encoded(Algorithm.RS256, m2=b""))
    assert not is_well_formed(encoded(Algorithm.RS256, m2=65537))
    assert not is_well_formed(encoded(Algorithm.RS256, m1=2048))


def test_pkcs1_padding_alone_counts_for_rs256() -> None:
    private = PRIVATE[Algorithm.RS256]
    assert isinstance(private, rsa.RSAPrivateKey)
    assert private.key_size == 2048
    assert not verifies(encoded(Algorithm.RS256), b"message", bytes(256))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x80", id="an array"),
        pytest.param(b"\xa0", id="no members"),
        pytest.param(encoded(Algorithm.ES256)[:-1], id="cut short"),
        pytest.param(encoded(Algorithm.ES256) + b"\x00", id="w34 a byte behind"),
        pytest.param(encoded(Algorithm.ES256, alg=-65535), id="RS1, which is SHA-1"),
        pytest.param(encoded(Algorithm.ES256, alg=-47), id="a curve that is not offered"),
        pytest.param(encoded(Algorithm.RS256, alg=-37), id="a padding that is not offered"),
        pytest.param(encoded(Algorithm.ES256, alg="ES256"), id="an algorithm by name"),
        pytest.param(encoded(Algorithm.ES256, alg=0), id="no algorithm"),
    ],
)
def test_anything_else_is_no_key(raw: bytes) -> None:
    assert algorithm_of(raw) is None
    assert not is_well_formed(raw)
    assert not verifies(raw, b"message", signature(Algorithm.ES256, b"message"))

"""Keys belong to the host of `public_url`, and answer on pages of exactly that origin."""

from __future__ import annotations

import pytest

from gate.service.relying_party import RelyingParty, relying_party


@pytest.mark.parametrize(
    ("public_url", "rp_id", "origin"),
    [
        ("https://gate.example.com", "gate.example.com", "https://gate.example.com"),
        ("https://gate.example.com:443", "gate.example.com", "https://gate.example.com"),
        ("https://gate.example.com:8443", "gate.example.com", "https://gate.example.com:8443"),
        ("http://localhost:8080", "localhost", "http://localhost:8080"),
        ("http://localhost:80/", "localhost", "http://localhost"),
        ("https://[2001:db8::7]:8443", "2001:db8::7", "https://[2001:db8::7]:8443"),
    ],
)
def test_g5_the_host_is_the_rp_id_and_the_origin_is_exact(
    public_url: str, rp_id: str, origin: str
) -> None:
    assert relying_party(public_url) == RelyingParty(rp_id=rp_id, origins=(origin,), name=rp_id)


def test_an_address_without_a_host_is_none() -> None:
    with pytest.raises(ValueError, match="names no host"):
        relying_party("https://")


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [
        ("https://gate.example.com", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.1:8080", False),
        ("https://[2001:db8::7]", False),
    ],
)
def test_g5_browsers_take_no_address_for_an_rp_id(*, public_url: str, expected: bool) -> None:
    assert relying_party(public_url).is_named is expected

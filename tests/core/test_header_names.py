"""Header names: every spelling that some server folds to a trusted name is removed."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Final

import pytest
from hypothesis import given, strategies as st

from gate.core.header_names import (
    HOP_BY_HOP,
    IDENTITY,
    LONGEST_NAME,
    PROTECTED,
    Fate,
    fate,
    folded,
    token,
)
from tests.support.vectors import cases

SPOOFING: Final = cases("header_spoofing_cases")
PASSED: Final = {"Via"}  # says which proxies were passed, nobody's identity or address
TRUSTED: Final = sorted(
    {name for kind in ("identity", "client_ip", "uri_method_host") for name in SPOOFING[kind]}
    | {name.decode() for name in IDENTITY}
)
SPELLINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "same": lambda name: name,
    "lower": str.lower,
    "UPPER": str.upper,
    "underscores": lambda name: name.replace("-", "_"),
    "dots": lambda name: name.replace("-", "."),
    "mixed": lambda name: name.replace("-", "_", 1),
    "trailing underscore": lambda name: name + "_",
    "leading underscore": lambda name: "_" + name,
    "double dash": lambda name: name.replace("-", "--"),
    "no dashes": lambda name: name.replace("-", ""),
    "other signs": lambda name: name.replace("-", "~"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", TRUSTED)
def test_t02_a_trusted_name_is_removed_in_every_spelling(name: str, spelling: str) -> None:
    spelled = SPELLINGS[spelling](name).encode()
    expected = {Fate.PASS, Fate.ODD} if name in PASSED else {Fate.REMOVE}
    assert fate(spelled) in expected


@pytest.mark.parametrize("name", ["X-Gate-CSRF", "X-Gate-Handoff", "x-gate-way", "X__Gate__x"])
def test_g22_whatever_begins_like_the_gates_own_is_removed(name: str) -> None:
    assert fate(name.encode()) is Fate.REMOVE


@pytest.mark.parametrize(
    "name",
    [
        *("Accept", "User-Agent", "X-Requested-With", "X-CSRF-Token", "X-Gateway-Key", "If-Match"),
        *("XGateway", "Depth", "Lock-Token", "X-Api-Key", "X-Request-Id", "Sec-Fetch-Site", "Via"),
        *("X-Client-Data", "X-Token", "X-Userlist", "Authorization", "Host", "Content-Length"),
        *("Transfer-Encoding", "Sec-WebSocket-Key", "Service-Worker", "Priority", "DNT"),
    ],
)
def test_other_names_pass(name: str) -> None:
    assert fate(name.encode()) is Fate.PASS


@pytest.mark.parametrize("name", sorted(PROTECTED - {b"cookie"}))
def test_t30_no_other_spelling_of_a_framing_or_credential_name_passes(name: bytes) -> None:
    assert fate(name.title()) is Fate.PASS
    for odd in (name + b"_", name.replace(b"-", b"_") + b".", b"_" + name):
        assert fate(odd) is Fate.REMOVE


@pytest.mark.parametrize("name", sorted(HOP_BY_HOP - {b"upgrade"}))
def test_t03_hop_by_hop_names_are_told_apart(name: bytes) -> None:
    assert fate(name.upper()) is Fate.HOP
    assert fate(name + b"_") is Fate.REMOVE


def test_cookies_and_upgrades_are_told_apart() -> None:
    assert fate(b"Cookie") is Fate.COOKIE
    assert fate(b"UPGRADE") is Fate.UPGRADE
    assert fate(b"Cookie_") is Fate.REMOVE
    assert fate(b"Up.grade") is Fate.REMOVE


@pytest.mark.parametrize("name", [b"X_Api", b"x.api", b"a_", b"."])
def test_names_with_underscores_or_dots_are_odd(name: bytes) -> None:
    assert fate(name) is Fate.ODD


@given(
    st.sampled_from(IDENTITY),
    st.text(alphabet=string.punctuation.replace("(", ""), max_size=3),
    st.booleans(),
)
def test_t02_no_sign_between_the_letters_lets_an_identity_pass(
    name: bytes, sign: str, upper: bool
) -> None:
    spelled = name.replace(b"-", sign.encode())
    assert fate(spelled.upper() if upper else spelled) is Fate.REMOVE


@pytest.mark.parametrize(
    "name", [b"", b" ", b"a b", b"a:", b"a\r", b"a\n", b"a\0", b"\xe9", b"a(b)", b"a/b", b'"a"']
)
def test_t30_a_name_is_a_token(name: bytes) -> None:
    assert token(name) is None


def test_a_token_is_given_in_lower_case() -> None:
    assert token(b"X-Api_Key.1~!#$%&'*+^`|") == b"x-api_key.1~!#$%&'*+^`|"


def test_t91_a_name_has_a_longest_length() -> None:
    assert token(b"a" * LONGEST_NAME) == b"a" * LONGEST_NAME
    assert token(b"a" * (LONGEST_NAME + 1)) is None


def test_a_fold_keeps_letters_and_digits() -> None:
    assert folded(b"X-Api_Key.2") == b"xapikey2"

"""Names and mail addresses: one spelling each, and nothing beside them."""

from __future__ import annotations

import pytest

from gate.service.names import LONGEST_EMAIL, folded_name, is_email


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("alice", "alice"),
        (" ALICE\t", "alice"),
        ("a.b_c-d9", "a.b_c-d9"),
        ("9", "9"),
        ("a" * 64, "a" * 64),
        ("a" * 65, None),
        ("", None),
        (".a", None),
        ("-a", None),
        ("a b", None),
        ("a\n", None),
        ("\u00a0a", None),
        ("\u0131", None),
        ("a,b", None),
    ],
    ids=repr,
)
def test_g10_a_name_has_one_spelling(text: str, name: str | None) -> None:
    assert folded_name(text) == name


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("alice@example.com", True),
        ("alice+gate@example.com", True),
        ("alice", False),
        ("@example.com", False),
        ("alice@", False),
        ("a@b@c", False),
        ("alice@example.com, eve@example.com", False),
        ("Alice <alice@example.com>", False),
        ("alice@example.com\nBcc: eve", False),
        ("a" * LONGEST_EMAIL + "@b", False),
    ],
    ids=repr,
)
def test_t82_an_address_is_one_address(text: str, *, fits: bool) -> None:
    assert is_email(text) is fits

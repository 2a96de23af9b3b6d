"""One text for one value: what is not canonical is no text of bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from gate.factors.webauthn.base64url import from_base64url, to_base64url


def test_bytes_are_written_without_padding_and_in_the_safe_alphabet() -> None:
    assert to_base64url(b"\xfb\xef\xff?") == "--__Pw"


@given(st.binary(max_size=80))
def test_what_was_written_is_read(value: bytes) -> None:
    assert from_base64url(to_base64url(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("QQ==", id="padding"),
        pytest.param("QR", id="bits left over"),
        pytest.param("QUJDR", id="a length that none has"),
        pytest.param("+/8A", id="the other alphabet"),
        pytest.param("QU\nI", id="a line break"),
        pytest.param("QUI\n", id="a line break at the end"),
        pytest.param("QÜ", id="beyond ASCII"),
        pytest.param(None, id="nothing"),
        pytest.param(5, id="a number"),
        pytest.param(b"QUI", id="bytes"),
    ],
)
def test_anything_else_is_none(text: object) -> None:
    assert from_base64url(text) is None

"""JSON objects from outside: one reading for all."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from gate.factors.webauthn.strict_json import object_of


def test_an_object_is_read_from_text_and_from_bytes() -> None:
    assert object_of('{"a": [1, "é"]}') == {"a": [1, "é"]}
    assert object_of('{"a": "é"}'.encode()) == {"a": "é"}


def test_w39_one_byte_order_mark_is_dropped() -> None:
    assert object_of(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert object_of(b'\xef\xbb\xbf\xef\xbb\xbf{"a": 1}') is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut short"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"a": 1} x', id="something behind"),
        pytest.param(b'{"a": 1, "a": 1}', id="w38 a name twice"),
        pytest.param(b'{"b": {"a": 1, "a": 2}}', id="w38 a name twice within"),
        pytest.param(b'{"a": NaN}', id="not a number"),
        pytest.param(b'{"a": -Infinity}', id="infinity"),
        pytest.param(b'{"a": "\xff"}', id="no UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", id="a number without end"),
        pytest.param(b"[" * 100_000, id="w37 nested without end"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="w37 nested"),
    ],
)
def test_anything_else_is_none(text: bytes) -> None:
    assert object_of(text) is None


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_text_makes_it_raise(text: str | bytes) -> None:
    assert object_of(text) is None or isinstance(object_of(text), dict)

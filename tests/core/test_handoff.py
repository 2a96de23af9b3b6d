"""The hand-off's refusals survive the way to the pages, and nothing else comes out of it."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, strategies as st

from gate.core.handoff import PersonalRefusal, decode_refusal, encode_refusal

refusals = st.builds(
    PersonalRefusal,
    status=st.integers(400, 599),
    reason=st.text(),
    wanted=st.text(),
    text=st.text(),
    account=st.text(),
    undelivered=st.booleans(),
)


@given(refusals)
def test_g22_a_refusal_comes_out_as_it_went_in(refusal: PersonalRefusal) -> None:
    encoded = encode_refusal(refusal)
    assert decode_refusal(encoded) == refusal
    assert encoded.isascii()
    assert not set(encoded) & set(b"\r\n \0")


@given(st.binary(max_size=200))
def test_g22_any_bytes_are_a_refusal_or_nothing(value: bytes) -> None:
    assert decode_refusal(value) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "403"},
        {"status": True},
        {"reason": None},
        {"wanted": ["/"]},
        {"undelivered": 1},
        {"more": ""},
    ],
    ids=str,
)
def test_g22_a_refusal_of_other_types_is_none(changed: dict[str, object]) -> None:
    plain = {"status": 403, "reason": "rule_denies", "wanted": "/"} | changed
    assert decode_refusal(base64.urlsafe_b64encode(json.dumps(plain).encode())) is None

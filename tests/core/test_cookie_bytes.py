"""The gate's cookies: read once and plainly, cut out byte for byte, never planted."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, strategies as st

from gate.core.cookie_bytes import LONGEST_VALUE, cookie_value, sets_own, without_own

NAME: Final = b"__Host-gate"
OWN: Final = frozenset({b"__Host-gate", b"__Host-gate-form"})


@pytest.mark.parametrize(
    "value",
    [
        b"__Host-gate=S-1_2.3~",
        b"a=1; __Host-gate=S-1_2.3~; b=2",
        b"a=1;__Host-gate=S-1_2.3~;b=2",
        b'a="x; __Host-gate=S-1_2.3~; y"',
        b"__Host-gate-form=F; __Host-gate=S-1_2.3~",
        b"x__Host-gate=1; __Host-gate=S-1_2.3~; __Host-gatex=2",
        b"\t __Host-gate=S-1_2.3~\t ",
    ],
)
def test_an_own_cookie_is_read(value: bytes) -> None:
    assert cookie_value(((b"Host", b"h"), (b"COOKIE", value)), NAME) == b"S-1_2.3~"


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="no header"),
        pytest.param([b""], id="empty header"),
        pytest.param([b"a=1; b=2"], id="other cookies"),
        pytest.param([b"__Host-gate=a; __Host-gate=a"], id="twice"),
        pytest.param([b"__Host-gate=a", b"__Host-gate=b"], id="twice in two headers"),
        pytest.param([b"__Host-gate=a; __host-GATE=b"], id="twice in another case"),
        pytest.param([b"__Host-gate=a; __Host-gate"], id="once more without a value"),
        pytest.param([b'__Host-gate=a; "__Host-gate"=b'], id="once more in quotes"),
        pytest.param([b"__host-gate=a"], id="another case"),
        pytest.param([b"__Host-gate =a"], id="blank before the sign"),
        pytest.param([b"__Host-gate"], id="no value"),
        pytest.param([b"__Host-gate="], id="empty"),
        pytest.param([b'__Host-gate="a"'], id="quoted"),
        pytest.param([b"__Host-gate=a b"], id="blank inside"),
        pytest.param([b"__Host-gate=%61"], id="encoded"),
        pytest.param([b"__Host-gate=a\xff"], id="not ASCII"),
        pytest.param([b"__Host-gate=a=b"], id="second sign"),
        pytest.param([b"__Host-gate=" + b"a" * (LONGEST_VALUE + 1)], id="too long"),
    ],
)
def test_t45_a_junk_cookie_is_no_cookie(values: list[bytes]) -> None:
    headers = tuple((b"Cookie", value) for value in values)
    assert cookie_value(headers, NAME) is None


def test_a_value_may_have_its_longest_length() -> None:
    value = b"a" * LONGEST_VALUE
    assert cookie_value(((b"Cookie", NAME + b"=" + value),), NAME) == value


def test_only_the_cookie_header_is_read() -> None:
    assert (
        cookie_value(((b"Cookie2", b"__Host-gate=a"), (b"Kookie", b"__Host-gate=a")), NAME) is None
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a=1; b=2", b"a=1; b=2"),
        (b"a=1; __Host-gate=S; b=2", b"a=1; b=2"),
        (b"__Host-gate=S; a=1", b"a=1"),
        (b"__Host-gate=S;  a=1", b" a=1"),
        (b"a=1; __Host-gate=S", b"a=1"),
        (b"a=1;__HOST-GATE=S;b=2", b"a=1;b=2"),
        (b"__Host-gate=S", None),
        (b"__Host-gate=S; __Host-gate-form=F", None),
        (b"__Host-gate", None),
        (b'a="x; __Host-gate=S; y"', b'a="x; y"'),
        (b'a=%20"q; __Host-gate =S;b="', b'a=%20"q;b="'),
        (b'"__Host-gate"=S; a=1', b"a=1"),
        (b"__Host-gate-other=1; x__Host-gate=2", b"__Host-gate-other=1; x__Host-gate=2"),
        (b" ;; a", b" ;; a"),
        (b"", b""),
    ],
)
def test_t46_own_cookies_are_cut_and_others_pass_byte_for_byte(
    value: bytes, expected: bytes | None
) -> None:
    assert without_own(value, OWN) == expected


cookies = st.lists(
    st.sampled_from([b"a=1", b" b=2", b'c="', b"", b" ", b" __Host-gate=S", b"__host-GATE-form=F"])
).map(b";".join)


@given(cookies)
def test_t46_no_own_name_is_left_and_no_other_byte_is_lost(value: bytes) -> None:
    rest = without_own(value, OWN) or b""
    assert b"gate" not in rest.lower()
    kept = [part for part in value.split(b";") if b"gate" not in part.lower()]
    assert rest.lstrip(b" ") == b";".join(kept).lstrip(b" ")


@given(st.binary().filter(lambda value: b"gate" not in value.lower()))
def test_t46_a_header_without_own_names_passes_byte_for_byte(value: bytes) -> None:
    assert without_own(value, OWN) == value


@pytest.mark.parametrize(
    "value",
    [
        b"__Host-gate=x; Path=/",
        b"__HOST-gate-FORM=x",
        b" __Host-gate = x",
        b"=__Host-gate=x",
        b"= __Host-gate=x",
        b"==__Host-gate=x",
        b"__Host-gate",
        b'"__Host-gate"=x',
    ],
)
def test_t46_an_upstream_that_plants_an_own_name_is_seen(value: bytes) -> None:
    assert sets_own(value, OWN)


@pytest.mark.parametrize("value", [b"", b"a=__Host-gate", b"a=1; __Host-gate=x", b"__Host-gateX=1"])
def test_other_cookies_of_the_upstream_are_not_own(value: bytes) -> None:
    assert not sets_own(value, OWN)

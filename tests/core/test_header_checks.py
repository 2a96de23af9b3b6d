"""Request headers that are refused: tokens, control characters, doubles, framing, sizes."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, strategies as st

from gate.core.decision import Reason
from gate.core.header_checks import MOST_BYTES, MOST_HEADERS, OVERHEAD, checked, checked_lines
from gate.core.header_names import Headers
from gate.core.refusal import Refusal

HOST: Final = (b"Host", b"a.example")


def refused(headers: Headers) -> Refusal:
    found = checked(headers)
    assert isinstance(found, Refusal)
    assert checked_lines(headers) == found
    return found


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (HOST, (b"Accept", b"*/*"), (b"Accept", b"text/html")),
        (HOST, (b"Cookie", b"a=1"), (b"cookie", b"b=2")),
        (HOST, (b"X-Tab", b"a\tb"), (b"X-Latin", b"caf\xe9"), (b"X-Empty", b"")),
        (HOST, (b"Content-Length", b"0")),
        (HOST, (b"Content-Length", b"123456789012345678")),
        (HOST, (b"Transfer-Encoding", b"chunked")),
        (HOST, (b"transfer-encoding", b"CHUNKED")),
    ],
)
def test_clean_headers_come_back_unchanged(headers: Headers) -> None:
    assert checked(headers) is headers


def test_lines_are_given_by_lower_case_name_in_their_order() -> None:
    headers = (HOST, (b"ACCEPT", b"1"), (b"Cookie", b"x"), (b"accept", b"2"), (b"Accept", b"3"))
    assert checked_lines(headers) == {
        b"host": (b"a.example",),
        b"accept": (b"1", b"2", b"3"),
        b"cookie": (b"x",),
    }


@pytest.mark.parametrize("code", [*range(9), *range(10, 32), 127])
def test_t82_a_control_character_in_a_value_is_refused(code: int) -> None:
    found = refused((HOST, (b"X-A", b"a" + bytes([code]) + b"b")))
    assert (found.status, found.detail) == (400, "control character in a header")


@pytest.mark.parametrize("value", [b"a\rRemote-User: x", b"a\r\n b", b"\x00", b"a\n"])
def test_t30_bare_line_ends_and_folds_are_refused(value: bytes) -> None:
    assert refused((HOST, (b"X-A", value))).reason is Reason.UNCLEAN_REQUEST


@pytest.mark.parametrize("name", [b"", b"X A", b"X-A ", b"X:A", b"X\r", b"\xff", b"a" * 257])
def test_t30_a_name_that_is_no_token_is_refused(name: bytes) -> None:
    assert refused((HOST, (name, b"1"))).detail == "header name is no token"


@pytest.mark.parametrize(
    "name",
    [
        *(b"Host", b"Content-Length", b"Transfer-Encoding", b"Authorization", b"Content-Type"),
        *(b"Origin", b"Referer", b"Expect", b"Range", b"Upgrade", b"User-Agent", b"If-Range"),
        *(b"Sec-Fetch-Site", b"Sec-Fetch-Mode", b"Sec-Fetch-Dest", b"Sec-WebSocket-Key"),
        *(b"Sec-WebSocket-Version", b"Service-Worker", b"X-Gate-CSRF", b"Destination", b"Date"),
        *(b"From", b"Max-Forwards", b"If-Modified-Since", b"If-Unmodified-Since"),
        b"Content-Range",
    ],
)
def test_t30_what_stands_once_is_refused_twice(name: bytes) -> None:
    value = b"chunked" if name == b"Transfer-Encoding" else b"5"
    found = refused(((name, value), (name.lower(), value)))
    assert (found.status, found.detail) == (400, "header that may stand once stands twice")


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b"+5", b"-1", b"05", b"00", b"5, 5", b"5,5", b"5 5", b"0x5", b"5.0", b"1e3", b"1_0"),
        *(b"\xd9\xa5", b"5\t", b"1" * 19),
    ],
)
def test_t30_an_odd_length_is_refused(value: bytes) -> None:
    assert refused((HOST, (b"Content-Length", value))).detail == "odd Content-Length"


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b"identity", b"gzip", b"gzip, chunked", b"chunked, chunked", b"chunked, identity"),
        *(b"xchunked", b"chunked ", b" chunked", b"chunked\t", b"chunked;q=1", b'"chunked"'),
        *(b"chunke", b"chunked\xa0", b"\xff"),
    ],
)
def test_t30_an_odd_coding_is_refused(value: bytes) -> None:
    assert refused((HOST, (b"Transfer-Encoding", value))).detail == "odd Transfer-Encoding"


def test_t30_a_body_is_framed_in_one_way() -> None:
    both = (HOST, (b"Content-Length", b"5"), (b"Transfer-Encoding", b"chunked"))
    assert refused(both).detail == "both Content-Length and Transfer-Encoding"


def test_t91_there_is_a_highest_number_of_headers() -> None:
    headers = ((b"X-A", b"1"),) * MOST_HEADERS
    assert checked(headers) is headers
    found = refused((*headers, (b"X-A", b"1")))
    assert (found.status, found.reason, found.detail) == (
        431,
        Reason.TOO_LARGE,
        "too many headers",
    )


def test_t91_headers_have_a_longest_length_together() -> None:
    rest = MOST_BYTES - 2 * (len(b"X-A") + OVERHEAD)
    headers = ((b"X-A", b"a" * (rest - 10)), (b"X-A", b"a" * 10))
    assert checked(headers) is headers
    found = refused(((b"X-A", b"a" * (rest - 10)), (b"X-A", b"a" * 11)))
    assert (found.status, found.reason, found.detail) == (
        431,
        Reason.TOO_LARGE,
        "headers are too long",
    )


@given(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=20)), max_size=6).map(tuple))
def test_t82_what_is_taken_holds_no_line_end(headers: Headers) -> None:
    if not isinstance(checked(headers), Refusal):
        assert not any(set(b"\r\n\0") & set(name + value) for name, value in headers)

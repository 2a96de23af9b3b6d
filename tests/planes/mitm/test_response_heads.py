"""Heads of upstreams: the quick way and mitmproxy's give the same, and nothing doubtful (T32)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from mitmproxy import http
from mitmproxy.net.http import http1
from mitmproxy.net.http.validate import validate_headers

from gate.planes.mitm.framing import NO_BODY, End, Framing
from gate.planes.mitm.heads import HeadBuffer
from gate.planes.mitm.response_heads import ResponseHead, read_response_head

PIECES = (
    *(b"HTTP/1.1 ", b"HTTP/1.0 ", b"200", b"204", b"304", b"101", b"999", b" OK", b" ", b"\t"),
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"A: b\r\n",
        b"A:b\n",
        b" folded\r\n",
        b"\xff",
        b"A\x0bB: c\r\n",
    ),
    *(b"Content-Length: 3\r\n", b"content-length: 0\r\n", b"Content-Length: +3\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"transfer-encoding: gzip\r\n", b"Connection: close\r\n"),
)
METHODS = st.sampled_from([b"GET", b"HEAD", b"POST"])


def by_mitmproxy(head: bytes, method: bytes) -> tuple[int, object, object]:
    """Give what mitmproxy makes of a head; raises ValueError."""
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")[:-2]]
    response = http1.read_response_head(lines)
    validate_headers(response)
    request = http.Request.make(method.decode(), "http://upstream/")
    fields = response.data.headers.fields
    unfolded = tuple((name, value.replace(b"\r\n ", b" ")) for name, value in fields)
    size = http1.expected_http_body_size(request, response)
    return response.status_code, unfolded, size


@given(st.lists(st.sampled_from(PIECES), max_size=10).map(b"".join), METHODS)
def test_t32_a_head_that_is_read_is_read_as_mitmproxy_does(rest: bytes, method: bytes) -> None:
    for line in (b"", b"HTTP/1.1 200 OK\r\n"):
        buffer = HeadBuffer()
        buffer.take(line + rest + b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
        head = buffer.take_response_head()
        assert head is not None
        read = read_response_head(head, method)
        if read is not None:
            assert (read.status, read.headers, read.size) == by_mitmproxy(head, method)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (b"Content-Length: 3\r\n", (3, Framing(End.LENGTH, 3), True)),
        (b"Content-Length: 0\r\n", (0, Framing(End.LENGTH, 0), True)),
        (b"Content-Length: 3\r\nConnection: close\r\n", (3, Framing(End.LENGTH, 3), False)),
        (b"Transfer-Encoding: chunked\r\n", (None, Framing(End.CHUNKS), True)),
        (b"", (-1, Framing(End.CLOSE), False)),
    ],
)
def test_t32_the_end_of_a_body_is_told_by_the_head(
    lines: bytes, expected: tuple[int | None, Framing, bool]
) -> None:
    read = read_response_head(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n", b"GET")
    assert read is not None
    assert (read.size, read.framing, read.stays) == expected


@pytest.mark.parametrize(
    ("line", "method"),
    [
        (b"HTTP/1.1 204 No Content", b"GET"),
        (b"HTTP/1.1 304 Not Modified", b"GET"),
        (b"HTTP/1.1 103 Early Hints", b"GET"),
        (b"HTTP/1.1 200 OK", b"HEAD"),
    ],
)
def test_t32_an_answer_without_a_body_has_none_whatever_its_length(
    line: bytes, method: bytes
) -> None:
    read = read_response_head(line + b"\r\nContent-Length: 99\r\n\r\n", method)
    assert read is not None
    assert read.size == 0


def test_an_old_upstream_stays_only_when_it_says_so() -> None:
    old = b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n%s\r\n"
    kept = read_response_head(old % b"Connection: keep-alive\r\n", b"GET")
    ended = read_response_head(old % b"", b"GET")
    assert kept is not None
    assert ended is not None
    assert (kept.stays, ended.stays) == (True, False)


def test_an_old_upstreams_lines_and_folds_are_read() -> None:
    read = read_response_head(b"HTTP/1.1 204\nA: b\n c\n\n", b"GET")
    assert read == ResponseHead(204, b"", ((b"A", b"b c"),), 0, NO_BODY, stays=True)


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 3\r\nContent-Length: 3\r\n",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: +3\r\n",
        b"Content-Length: 3, 3\r\n",
        b"Content-Length:\r\n",
        b"Transfer-Encoding: x\r\n",
        b"A B: c\r\n",
        b"A\r\n",
    ],
)
def test_t32_an_answer_that_can_be_read_in_two_ways_is_not_read(lines: bytes) -> None:
    assert read_response_head(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n", b"GET") is None


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 99 No", b"HTTP/1.1 1000 No", b"HTTP/x 200 OK", b"junk"]
)
def test_what_is_no_answer_is_not_read(line: bytes) -> None:
    assert read_response_head(line + b"\r\n\r\n", b"GET") is None

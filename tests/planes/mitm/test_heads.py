"""Request heads: the quick way gives what mitmproxy's gives, and nothing doubtful (T30)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from mitmproxy.net.http import http1
from mitmproxy.net.http.validate import validate_headers

from gate.planes.mitm.framing import NO_BODY, End, Framing
from gate.planes.mitm.heads import HeadBuffer, RequestHead, asks_to_close, read_head

LINE = b"GET /x HTTP/1.1\r\n"
PIECES = (
    *(b"GET", b"POST", b"/", b"/x?y", b"*", b"http://h/", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0"),
    *(b" ", b"  ", b"\t", b"\r\n", b"\n", b"\r", b"\0", b":", b": ", b"Host: h\r\n", b"x" * 20),
    *(b"Content-Length: 3\r\n", b"content-length: 0\r\n", b"Content-Length: +3\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"transfer-encoding: gzip\r\n", b"\xff", b"A\x0bB: c\r\n"),
)


def by_mitmproxy(head: bytes) -> tuple[bytes, bytes, object, object]:
    """Give what mitmproxy makes of a head; raises ValueError."""
    request = http1.read_request_head(head[:-4].split(b"\r\n"))
    validate_headers(request)
    size = http1.expected_http_body_size(request)
    return request.data.method, request.data.http_version, request.data.headers.fields, size


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_t30_a_head_that_is_read_is_read_as_mitmproxy_does(rest: bytes) -> None:
    for head in (LINE + rest + b"\r\n", rest + b"\r\n\r\n"):
        read = read_head(head)
        if read is not None:
            assert (read.method, read.version, read.headers, read.size) == by_mitmproxy(head)


@pytest.mark.parametrize(
    ("lines", "size", "framing"),
    [
        pytest.param(b"", 0, NO_BODY, id="no body"),
        pytest.param(b"Content-Length: 0\r\n", 0, Framing(End.LENGTH, 0), id="empty body"),
        pytest.param(b"content-length:7\r\n", 7, Framing(End.LENGTH, 7), id="length"),
        pytest.param(b"Transfer-Encoding: chunked\r\n", None, Framing(End.CHUNKS), id="chunks"),
    ],
)
def test_t30_the_end_of_a_body_is_told_by_the_head(
    lines: bytes, size: int | None, framing: Framing
) -> None:
    read = read_head(LINE + lines + b"\r\n")
    assert read is not None
    assert (read.size, read.framing) == (size, framing)


def test_blanks_around_values_are_no_part_of_them() -> None:
    read = read_head(LINE + b"A:  b c \t\r\nD:\r\n\r\n")
    assert read == RequestHead(b"GET", b"/x", b"HTTP/1.1", ((b"A", b"b c"), (b"D", b"")))


@pytest.mark.parametrize(
    "head",
    [
        b"GET /x HTTP/1.1\nA: b\r\n\r\n",
        b"GET /x HTTP/1.1\r\nA: b\n\r\n",
        b"GET  /x HTTP/1.1\r\n\r\n",
        b"GET /x HTTP/1.1 \r\n\r\n",
        b"GET /x\r\n\r\n",
        b"GET\t/x HTTP/1.1\r\n\r\n",
        LINE + b"A : b\r\n\r\n",
        LINE + b"A: b\r\n c\r\n\r\n",
        LINE + b" A: b\r\n\r\n",
        LINE + b"A: b\rC: d\r\n\r\n",
        LINE + b"A: b\0\r\n\r\n",
        LINE + b"A\r\n\r\n",
        LINE + b": b\r\n\r\n",
        LINE + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
        LINE + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        LINE + b"Transfer-Encoding: gzip\r\n\r\n",
        b"GET /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_t30_a_head_that_can_be_read_in_two_ways_is_not_read(head: bytes) -> None:
    assert read_head(head) is None


@pytest.mark.parametrize("step", [1, 2, 3, 5, 1000])
def test_a_head_is_found_however_it_comes(step: int) -> None:
    sent, buffer = b"\r\n\r\n" + LINE + b"A: b\r\n\r\nbody", HeadBuffer()
    taken: list[bytes] = []
    for start in range(0, len(sent), step):
        buffer.take(sent[start : start + step])
        if not taken:
            taken += [head for head in [buffer.take_request_head()] if head is not None]
    assert taken == [LINE + b"A: b\r\n\r\n"]
    assert bytes(buffer) == b"body"


def test_t30_a_bare_line_feed_before_a_request_is_no_head() -> None:
    buffer = HeadBuffer()
    buffer.take(b"\n" + LINE + b"\r\n")
    head = buffer.take_request_head()
    assert head is not None
    assert read_head(head) is None


@pytest.mark.parametrize(
    ("value", "closes"),
    [(b"close", True), (b"Keep-Alive, CLOSE", True), (b"closed", False), (b"keep-alive", False)],
)
def test_connection_options_are_whole_words(value: bytes, closes: bool) -> None:
    assert asks_to_close(((b"Connection", value),)) is closes

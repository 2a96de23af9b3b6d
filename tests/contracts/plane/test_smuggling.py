"""T30 in numbers: framing that two servers may read differently gives 400, or one request."""

from __future__ import annotations

import itertools
from typing import Final

import pytest

from tests.contracts.plane.conftest import House
from tests.support.gate_process import parsed

SMUGGLED: Final = b"GET /admin/smuggled HTTP/1.1\r\nHost: echo.test\r\n\r\n"
NAMES: Final = (
    b"Transfer-Encoding",
    b"transfer-encoding",
    b"Transfer_Encoding",
    b"Transfer.Encoding",
)
AROUND: Final = (b"", b" ", b"\t", b"\x0b", b"\x0c", b"\x00", b"\r", b"\xa0", b"\x85")
VALUES: Final = (
    b"chunked",
    b"Chunked",
    b"xchunked",
    b"chunked, identity",
    b"identity, chunked",
    b"identity",
    b"chunked;q=1",
    b'"chunked"',
    b"chunked\r\n identity",
    b"",
)


def gadgets() -> list[tuple[str, bytes]]:
    """Give requests whose end depends on who reads them; more than five hundred."""
    found: list[tuple[str, bytes]] = []
    for number, (name, before, after, value) in enumerate(
        itertools.product(NAMES, AROUND, AROUND[:4], VALUES)
    ):
        te = name + b":" + before + value + after
        head = b"POST /public/x HTTP/1.1\r\nHost: echo.test\r\n"
        length = b"Content-Length: %d\r\n" % (5 + len(SMUGGLED))
        body = b"0\r\n\r\n" + SMUGGLED
        framed = length + te if number % 2 else te + b"\r\n" + length.rstrip()
        found.append((f"{number}", head + framed + b"\r\n\r\n" + body))
    return found


LENGTHS: Final = (
    b"+5", b"-1", b"5, 5", b"5 5", b"0x5", b"5\x00", b"05", b" ", b"\xd9\xa5", b"5;a", b"9" * 30,
)  # fmt: skip
CHUNKS: Final = (
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"5_\r\nhello\r\n0\r\n\r\n",
    b"+5\r\nhello\r\n0\r\n\r\n",
    b"5\nhello\r\n0\r\n\r\n",
    b"5\r\nhelloX\r\n0\r\n\r\n",
    b"5 \r\nhello\r\n0\r\n\r\n",
    b"\r\n5\r\nhello\r\n0\r\n\r\n",
)


def requests_seen(house: House, sent: bytes) -> tuple[int, list[bytes]]:
    """Give the first status, and the request lines that the upstream saw."""
    before = len(house.upstream.asked)
    answer = parsed(house.gate.raw(sent))
    return answer.status, [asked.line for asked in house.upstream.asked[before:]]


def test_t30_no_gadget_of_transfer_encoding_smuggles_a_request(house: House) -> None:
    every = gadgets()
    assert len(every) >= 500
    for name, sent in every:
        status, lines = requests_seen(house, sent)
        assert not any(b"smuggled" in line for line in lines), name
        assert status in {0, 400, 401, 403, 405, 431}, (name, status)
        assert lines == [], name


@pytest.mark.parametrize("length", LENGTHS)
def test_t30_an_odd_content_length_is_400(house: House, length: bytes) -> None:
    sent = b"POST /x HTTP/1.1\r\nHost: echo.test\r\nContent-Length: %s\r\n\r\nhello" % length
    status, lines = requests_seen(house, sent)
    assert (status, lines) == (400, [])


@pytest.mark.parametrize("chunks", CHUNKS)
def test_t30_an_odd_chunk_never_becomes_another_request(house: House, chunks: bytes) -> None:
    cookie = f"{house.gate.cookie_name}={house.token('alice')}".encode()
    head = b"POST /x HTTP/1.1\r\nHost: echo.test\r\nCookie: %s\r\n" % cookie
    sent = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + SMUGGLED
    _, lines = requests_seen(house, sent)
    assert not any(b"smuggled" in line for line in lines)


def test_t105_a_denied_upload_is_answered_without_its_body(house: House) -> None:
    head = b"POST /denied HTTP/1.1\r\nHost: echo.test\r\nContent-Length: 1000000000\r\n\r\n"
    status, lines = requests_seen(house, head)
    assert status == 401
    assert not any(b"/denied" in line for line in lines)


def test_t105_expect_100_gets_the_final_answer_and_no_100(house: House) -> None:
    head = b"POST /denied HTTP/1.1\r\nHost: echo.test\r\nContent-Length: 9\r\n"
    status, lines = requests_seen(house, head + b"Expect: 100-continue\r\n\r\n")
    assert status == 401
    assert not any(b"/denied" in line for line in lines)


def test_t105_head_of_a_denied_page_has_no_body(house: House) -> None:
    raw = house.gate.raw(b"HEAD /x HTTP/1.1\r\nHost: echo.test\r\nConnection: close\r\n\r\n")
    assert parsed(raw).status == 401
    assert raw.endswith(b"\r\n\r\n")


def test_a_chunked_request_stays_chunked_and_a_length_stays_a_length(house: House) -> None:
    cookie = f"{house.gate.cookie_name}={house.token('alice')}".encode()
    head = b"POST /x HTTP/1.1\r\nHost: echo.test\r\nCookie: %s\r\n" % cookie
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    assert requests_seen(house, chunked)[0] == 200
    assert house.upstream.asked[-1].values(b"transfer-encoding") == [b"chunked"]
    assert requests_seen(house, head + b"Content-Length: 5\r\n\r\nhello")[0] == 200
    assert house.upstream.asked[-1].values(b"content-length") == [b"5"]


@pytest.mark.parametrize("path", ["early-hints", "two-answers", "not-modified"])
def test_t32_odd_answers_leave_the_connection_in_step(house: House, path: str) -> None:
    cookie = f"{house.gate.cookie_name}={house.token('alice')}".encode()

    def asked(target: str, *more: bytes) -> bytes:
        head = f"GET /{target} HTTP/1.1\r\nHost: echo.test\r\n".encode()
        return head + b"Cookie: " + cookie + b"\r\n" + b"".join(more) + b"\r\n"

    raw = house.gate.until_closed(asked(path) + asked("after", b"Connection: close\r\n"))
    answers = raw.split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] in ([b"200", b"200"], [b"304", b"200"])
    assert b"SECOND ANSWER" not in raw
    assert b"103" not in [answer[:3] for answer in answers]


def test_t32_an_answer_framed_twice_is_502(house: House) -> None:
    answer = house.gate.ask("/cl-and-te", "echo.test", token=house.token("alice"))
    assert answer.status == 502


def test_t29_a_101_that_nobody_asked_for_opens_no_tunnel(house: House) -> None:
    answer = house.gate.ask("/unasked-101", "echo.test", token=house.token("alice"))
    assert answer.status in {0, 502}


@pytest.mark.parametrize(
    "line",
    [b"Sec-WebSocket-Protocol: \xff\xfe", b"Cookie: =; ;;=", b"Range: bytes=,-,", b"User-Agent:"],
)
def test_t95_odd_headers_end_no_worker(house: House, line: bytes) -> None:
    house.gate.raw(b"GET /public/x HTTP/1.1\r\nHost: echo.test\r\n" + line + b"\r\n\r\n")
    assert house.gate.ask("/public/x", "echo.test").status == 200


def test_t90_a_slow_head_is_cut(house: House) -> None:
    answer = parsed(house.gate.raw(b"GET /public/x HTTP/1.1\r\nHost: ec"))
    assert answer.status in {0, 408}

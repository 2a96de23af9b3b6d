"""Framing: what of a body's end each side is told."""

from __future__ import annotations

import pytest

from gate.core.headers import Headers
from gate.planes.mitm.framing import (
    NO_BODY,
    End,
    Framing,
    framed,
    framing_of,
    unframed,
    without_hops,
)

LENGTH = (b"Content-Length", b"5")
CHUNKS = (b"Transfer-Encoding", b"chunked")
OTHER = (b"X", b"1")


@pytest.mark.parametrize(
    ("size", "headers", "expected"),
    [
        (None, (CHUNKS,), Framing(End.CHUNKS)),
        (-1, (), Framing(End.CLOSE)),
        (0, (), NO_BODY),
        (0, ((b"content-LENGTH", b"0"),), Framing(End.LENGTH, 0)),
        (5, (LENGTH,), Framing(End.LENGTH, 5)),
    ],
)
def test_a_framing_follows_from_the_size(
    size: int | None, headers: Headers, expected: Framing
) -> None:
    assert framing_of(size, headers) == expected


@pytest.mark.parametrize(
    ("headers", "framing", "expected"),
    [
        pytest.param((LENGTH, OTHER), Framing(End.LENGTH, 5), (LENGTH, OTHER), id="as it came"),
        pytest.param((OTHER,), Framing(End.LENGTH, 5), (OTHER, LENGTH), id="missing length"),
        pytest.param((OTHER,), Framing(End.CHUNKS), (OTHER, CHUNKS), id="missing coding"),
        pytest.param((LENGTH, CHUNKS), Framing(End.CHUNKS), (CHUNKS,), id="both"),
        pytest.param((LENGTH, LENGTH), Framing(End.LENGTH, 5), (LENGTH,), id="twice"),
        pytest.param((LENGTH,), Framing(End.LENGTH, 6), ((b"Content-Length", b"6"),), id="wrong"),
        pytest.param((LENGTH, OTHER), NO_BODY, (OTHER,), id="no body"),
        pytest.param((CHUNKS, OTHER), Framing(End.CLOSE), (OTHER,), id="until the end"),
    ],
)
def test_t30_the_framing_that_is_sent_is_the_one_that_is_written(
    headers: Headers, framing: Framing, expected: Headers
) -> None:
    assert framed(headers, framing) == expected


def test_a_transfer_coding_belongs_to_one_connection() -> None:
    assert unframed((LENGTH, (b"transfer-ENCODING", b"x"), OTHER)) == (LENGTH, OTHER)


def test_a_page_is_passed_without_what_belongs_to_its_connection() -> None:
    headers = ((b"Server", b"x"), (b"Connection", b"close"), (b"Set-Cookie", b"a=b"), LENGTH)
    assert without_hops(headers) == ((b"Set-Cookie", b"a=b"), LENGTH)

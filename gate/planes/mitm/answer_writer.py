"""An answer as bytes, framed for the client that gets it (RFC 9112 section 6)."""

from __future__ import annotations

from typing import Final

from gate.planes.mitm.answers import LAST, head_bytes
from gate.planes.mitm.framing import CHUNKED, End
from gate.planes.mitm.wire import AnswerHeaders


class AnswerWriter:
    """Writes one answer: its head, the parts of its body, and what ends it."""

    __slots__ = ("_chunks", "head", "rest")

    def __init__(self, answer: AnswerHeaders, *, is_http11: bool, last: bool) -> None:
        """Frame an answer; an older client understands no chunks, and reads until the end."""
        self._chunks = is_http11 and answer.framing.end in {End.CHUNKS, End.CLOSE}
        self.rest = b"0\r\n\r\n" if self._chunks else b""
        headers = answer.headers
        if self._chunks:
            headers = (*headers, CHUNKED)
        if last:
            headers = (*headers, LAST)
        self.head = head_bytes(answer.status, answer.reason, headers)

    def part(self, data: bytes) -> bytes:
        """Give the bytes of a part of the body."""
        return b"%x\r\n%s\r\n" % (len(data), data) if self._chunks else data


NOTHING_SAID: Final = AnswerWriter(AnswerHeaders(0, 200, b"", ()), is_http11=True, last=False)

"""Answers of the gate's own as bytes, complete with their length."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from gate.core.headers import Headers
from gate.service.answer import Respond

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST: Final = (b"Connection", b"close")
BODILESS: Final = frozenset({204, 304})  # RFC 9110 section 6.4.1

_PHRASES: Final = {status.value: status.phrase.encode("ascii") for status in HTTPStatus}


def answer_headers(respond: Respond, body: bytes) -> Headers:
    """Give the headers of an answer with the length of the body that it really has."""
    kept = tuple(h for h in respond.headers if h[0].lower() != b"content-length")
    if respond.status in BODILESS:
        return kept
    return (*kept, (b"Content-Length", b"%d" % len(body)))


def phrase(status: int) -> bytes:
    """Give the standard's words for a status."""
    return _PHRASES.get(status, b"")


def head_bytes(status: int, reason: bytes, headers: Headers) -> bytes:
    """Give the bytes of a head."""
    fields = b"".join([b"%s: %s\r\n" % header for header in headers])
    return b"HTTP/1.1 %d %s\r\n%s\r\n" % (status, reason, fields)


def whole_answer(respond: Respond) -> bytes:
    """Give a connection's last answer, for what never became a request."""
    headers = (*answer_headers(respond, respond.body), LAST)
    head = head_bytes(respond.status, phrase(respond.status), headers)
    return head if respond.status in BODILESS else head + respond.body

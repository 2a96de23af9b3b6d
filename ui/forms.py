"""Forms: read within bounds, and accepted only from the gate's own pages (R19, G3, G17).

A POST is taken when the browser says that it comes from this very origin, and when it carries the
token of this form. `Origin` has to be there: a program without a browser sends it as well.
`null` is what a sandboxed frame or a page without a referrer sends, and never ours: the pages'
referrer policy keeps the origin. `Sec-Fetch-Site`, where it is sent, has to be `same-origin`.
The token is an HMAC over the form's name and what the browser holds in a cookie that no script
can read, so it is worth nothing in another session, form or browser.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request

from gate.core.secret_text import Secret
from gate.service.tokens import token_hash
from ui.handoff import HandOff

LARGEST_BODY: Final = 64 * 1024  # bytes
MOST_FIELDS: Final = 50
LONGEST_LENGTH: Final = 10  # digits of a Content-Length that are read
FORM_TYPE: Final = "application/x-www-form-urlencoded"
JSON_TYPE: Final = "application/json"
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-gate-csrf"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadForm:
    """A body that is no form of ours, and the status that says so."""

    status: int


def binding(
    *,
    form_cookie: Secret | None = None,
    session: Secret | None = None,
    enrolment: Secret | None = None,
) -> str:
    """Give what a form's token is bound to: one of the cookies of session, link and sign-in."""
    if session is not None:
        return f"session:{token_hash(session)}"
    if enrolment is not None:
        return f"enrolment:{token_hash(enrolment)}"
    return "" if form_cookie is None else f"form:{token_hash(form_cookie)}"


def csrf_token(key: bytes, bound_to: str, form: str) -> str:
    """Give the token of a form for one browser."""
    return hmac.new(key, f"{form}\0{bound_to}".encode(), sha256).hexdigest()


def is_own_token(given: str, expected: str) -> bool:
    """Compare tokens in the same time wherever they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def comes_from_here(headers: Headers, handed: HandOff) -> bool:
    """Say whether the browser sent this from a page of the same origin."""
    if headers.getlist("sec-fetch-site") not in ([], ["same-origin"]):
        return False
    return headers.getlist("origin") == [handed.origin]


async def read_form(request: Request) -> Mapping[str, str] | BadForm:
    """Give the fields of a form, each of which may come once."""
    if _type_of(request) != FORM_TYPE:
        return BadForm(status=415)
    body = await _bounded_body(request)
    return body if isinstance(body, BadForm) else parse_fields(body)


async def read_json(request: Request) -> bytes | BadForm:
    """Give the body of a script's request, which is still to be read as JSON."""
    return await _bounded_body(request) if _type_of(request) == JSON_TYPE else BadForm(status=415)


def _type_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def parse_fields(body: bytes) -> Mapping[str, str] | BadForm:
    """Give the fields of an encoded form."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        return BadForm(status=400)
    fields = dict(pairs)
    return BadForm(status=400) if len(fields) != len(pairs) else fields


async def _bounded_body(request: Request) -> bytes | BadForm:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal():
        return BadForm(status=400)
    if len(declared) > LONGEST_LENGTH or int(declared) > LARGEST_BODY:
        return BadForm(status=413)
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BODY:
                return BadForm(status=413)
    except ClientDisconnect:
        return BadForm(status=400)
    return bytes(body)

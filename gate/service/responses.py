"""Responses that the gate gives in place of the site: redirects, pages, JSON, links for frames.

Every one carries the headers that keep scripts of the application away from it (G3), its reason
and its request id. A page is rendered for the person by the pages process; the static one here is
what is sent when that process does not answer.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from gate.core.decision import Decision, Deny, Permit, Reason, SignIn, StepUp
from gate.core.front_door import Arrival
from gate.core.handoff import PREFIX, PersonalRefusal
from gate.core.headers import Headers
from gate.core.policy import Site
from gate.service.answer import Respond
from gate.service.negotiation import SAFE_METHODS, Want, wanted

SIGN_IN: Final = f"{PREFIX}sign-in"
STEP_UP: Final = f"{PREFIX}step-up"
REQUEST_MARK: Final = b"@request-id@"  # stands in a static page for the id of the request

ALWAYS: Final[Headers] = (
    (b"Cache-Control", b"no-store"),
    (b"Cross-Origin-Opener-Policy", b"same-origin"),
    (b"Cross-Origin-Resource-Policy", b"same-origin"),
    (b"X-Content-Type-Options", b"nosniff"),
    (b"X-Frame-Options", b"DENY"),
    (b"Referrer-Policy", b"strict-origin"),
)
HSTS: Final = (b"Strict-Transport-Security", b"max-age=63072000")  # two years
HTTPS_PORT: Final = 443
LOCKED: Final = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
STATUS_OF: Final = {Reason.RATE_LIMITED: 429, Reason.NOT_FOUND: 404}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticPages:
    """Pages by reason, rendered from the pages' own templates at start, and their CSP."""

    by_reason: Mapping[Reason, bytes]
    otherwise: bytes
    content_security_policy: bytes

    def page(self, reason: Reason, request: str) -> bytes:
        """Give the page of a reason with the request id in it."""
        return self.by_reason.get(reason, self.otherwise).replace(REQUEST_MARK, request.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """Builds responses; `page` and `data` are complete, whatever the client is.

    `hsts` where they travel by TLS alone.
    """

    static: StaticPages
    hsts: bool = False

    def sent(self, *, in_the_clear: bool) -> Responses:
        """Give responses that promise TLS only where they come by it (RFC 6797 section 7.2)."""
        return replace(self, hsts=self.hsts and not in_the_clear)

    def to_decision(
        self, decision: Decision, arrival: Arrival[Site], request: str, account: str
    ) -> Respond:
        """Give the answer to a decision that is no permit; a permit is a bug and denies."""
        match decision:
            case SignIn():
                return self._challenge(SIGN_IN, decision, arrival, (request, account))
            case StepUp():
                return self._challenge(STEP_UP, decision, arrival, (request, account))
            case Deny():
                return self._denied(decision, arrival, (request, account))
            case Permit():
                return self.plain(503, Reason.GATE_UNAVAILABLE, request, html_page=False)

    def plain(
        self, status: int, reason: Reason, request: str, *, html_page: bool, close: bool = False
    ) -> Respond:
        """Give an answer that depends on nobody: the static page, or JSON."""
        if html_page:
            return self._page(status, reason, request, close=close)
        return self._json(status, reason, request, close=close)

    def redirect(self, location: str, reason: Reason, request: str) -> Respond:
        """Give a redirect that is followed with GET."""
        headers = (
            (b"Location", location.encode("ascii")),
            (b"Content-Security-Policy", LOCKED),
            *self._named(reason, request),
        )
        return Respond(status=303, reason=reason, headers=headers, body=b"", request=request)

    def to_https(self, arrival: Arrival[Site], port: int, request: str) -> Respond:
        """Send a request that came in the clear to the same URL on https; its method stays."""
        at = "" if port == HTTPS_PORT else f":{port}"
        location = f"https://{arrival.host.name}{at}{arrival.target.raw.decode('ascii')}"
        redirect = self.sent(in_the_clear=True).redirect(location, Reason.PLAIN_HTTP, request)
        return replace(redirect, status=308)

    def _challenge(
        self, page: str, decision: SignIn | StepUp, arrival: Arrival[Site], who: tuple[str, str]
    ) -> Respond:
        request, account = who
        location = f"{page}?next={quote(arrival.target.raw.decode('ascii'), safe='/')}"
        match wanted(arrival.headers):
            case Want.PAGE if arrival.method in SAFE_METHODS:
                return self.redirect(location, decision.reason, request)
            case Want.PAGE:
                refusal = _personal(401, decision, arrival, account)
                return self._page(401, decision.reason, request, personal=refusal)
            case Want.FRAME:
                return self._frame(location, decision.reason, request)
            case Want.DATA:
                return self._json(401, decision.reason, request, sign_in=location)

    def _denied(self, decision: Deny, arrival: Arrival[Site], who: tuple[str, str]) -> Respond:
        request, account = who
        status = STATUS_OF.get(decision.reason, 403)
        if wanted(arrival.headers) is not Want.PAGE:
            return self._json(status, decision.reason, request)
        refusal = _personal(status, decision, arrival, account)
        return self._page(status, decision.reason, request, personal=refusal)

    def _page(
        self,
        status: int,
        reason: Reason,
        request: str,
        *,
        personal: PersonalRefusal | None = None,
        close: bool = False,
    ) -> Respond:
        headers = (
            (b"Content-Type", b"text/html; charset=utf-8"),
            (b"Content-Security-Policy", self.static.content_security_policy),
            *self._named(reason, request),
        )
        body = self.static.page(reason, request)
        return Respond(
            status=status,
            reason=reason,
            headers=headers,
            body=body,
            request=request,
            personal=personal,
            close=close,
        )

    def _json(
        self,
        status: int,
        reason: Reason,
        request: str,
        *,
        sign_in: str | None = None,
        close: bool = False,
    ) -> Respond:
        said = {"error": reason.value, "sign_in": sign_in, "request": request}
        body = json.dumps({key: value for key, value in said.items() if value is not None})
        headers = (
            (b"Content-Type", b"application/json"),
            (b"Content-Security-Policy", LOCKED),
            *self._named(reason, request),
        )
        return Respond(
            status=status,
            reason=reason,
            headers=headers,
            body=body.encode(),
            request=request,
            close=close,
        )

    def _frame(self, location: str, reason: Reason, request: str) -> Respond:
        body = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>'
            f'<p><a href="{html.escape(location)}" target="_top">Sign in to see this page</a></p>'
        )
        headers = (
            (b"Content-Type", b"text/html; charset=utf-8"),
            (
                b"Content-Security-Policy",
                b"default-src 'none'; frame-ancestors 'self'; base-uri 'none'",
            ),
            *(header for header in self._named(reason, request) if header[0] != b"X-Frame-Options"),
        )
        return Respond(
            status=401, reason=reason, headers=headers, body=body.encode(), request=request
        )

    def _named(self, reason: Reason, request: str) -> Headers:
        return (
            *ALWAYS,
            *((HSTS,) if self.hsts else ()),
            (b"X-Gate-Reason", reason.value.encode()),
            (b"X-Gate-Request", request.encode()),
        )


def _personal(
    status: int, decision: SignIn | StepUp | Deny, arrival: Arrival[Site], account: str
) -> PersonalRefusal:
    return PersonalRefusal(
        status=status,
        reason=decision.reason.value,
        wanted=arrival.target.raw.decode("ascii"),
        text=decision.text if isinstance(decision, Deny) else "",
        account=account,
        undelivered=arrival.method not in SAFE_METHODS,
    )

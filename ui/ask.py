"""What a page is asked: the hand-off, the fields, the cookies, and who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from gate.core.secret_text import Secret
from gate.core.subject import Session
from gate.service.given import Given
from gate.service.relying_party import relying_party
from gate.service.visitor import Visitor
from ui.cookies import CookieNames, cookie_names, read_token
from ui.handoff import HandOff, browser_of
from ui.redirects import Target, safe_next
from ui.services import Services

MOST_QUERY: Final = 20  # fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to one page.

    `session` is the live session of this host, if any; `token`, `form_cookie`, `enrolment` and
    `nonce` are the cookies as they came. `form` is empty unless a form was posted and accepted,
    `body` unless JSON was.
    """

    services: Services
    handed: HandOff
    visitor: Visitor
    path: str
    names: CookieNames
    token: Secret | None
    form_cookie: Secret | None
    enrolment: Secret | None
    nonce: Secret | None
    session: Session | None
    query: Mapping[str, str]
    form: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def target(self) -> Target:
        """Give where the person wants to go after this page."""
        wanted = self.form.get("next") or self.query.get("next", "")
        return safe_next(wanted, self.handed, self.services.policy())

    @property
    def takes_keys(self) -> bool:
        """Say whether security keys work here: on the pages' origin, when that has a name (G5)."""
        here = self.handed.origin == self.services.public_url
        return here and relying_party(self.services.public_url).is_named

    def secret(self, name: str) -> Secret:
        """Give a field that must not be shown."""
        return Secret(self.form.get(name, ""))

    def given(self, name: str = "proof") -> Given:
        """Give the proof that came with a form: typed into a field, or a security key's answer."""
        return Given(typed=self.secret(name), key=self.form.get("assertion", ""))


def ask_of(
    services: Services,
    handed: HandOff,
    request: Request,
    form: Mapping[str, str],
    body: bytes = b"",
) -> Ask:
    """Look at a request once: cookies, query and session."""
    names = cookie_names(services.public_url)
    sent = tuple(request.headers.raw)
    visitor = Visitor(
        client=handed.client,
        host=handed.place.name,
        scheme=handed.scheme,
        site=handed.site,
        request=handed.request,
        browser=browser_of(request.headers),
        device=read_token(sent, names.device),
    )
    token = read_token(sent, names.session)
    return Ask(
        services=services,
        handed=handed,
        visitor=visitor,
        path=request.scope["path"],
        names=names,
        token=token,
        form_cookie=read_token(sent, names.form),
        enrolment=read_token(sent, names.enrolment),
        nonce=read_token(sent, names.ticket),
        session=services.sessions.current(token, visitor),
        query=_fields(request.scope["query_string"].decode("latin-1")),
        form=form,
        body=body,
    )


def _fields(query: str) -> Mapping[str, str]:
    """Give the query's fields; one that comes twice, and a query of many, count for nothing."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_QUERY)
    except ValueError:
        return {}
    found = dict(pairs)
    return found if len(found) == len(pairs) else {}

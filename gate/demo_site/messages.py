"""What goes in and out of a page: a request that was read, and a reply that can be sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from gate.demo_site.sessions import Session
from gate.demo_site.stock import Company

HTML: Final = "text/html; charset=utf-8"
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; names of headers keep the case in which they came."""

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Headers
    form: Mapping[str, str]
    peer: str
    session: Session
    company: Company

    def header(self, name: str) -> str:
        """Give the first header of that name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def user(self) -> str:
        """Give the name of who asks, as the proxy in front says it."""
        return self.header("Remote-User")

    @property
    def signature(self) -> str:
        """Give what stands under an order or a note."""
        return unquote(self.header("Remote-Name")) or self.user or "Counter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer; a body in pieces needs its length beforehand."""

    status: HTTPStatus = HTTPStatus.OK
    content_type: str = HTML
    headers: Headers = ()
    body: Iterable[bytes] = field(default=(), repr=False)
    length: int = 0


def reply_with(body: str | bytes, *, content_type: str = HTML, headers: Headers = ()) -> Reply:
    """Give an answer with a whole body."""
    content = body.encode("utf-8") if isinstance(body, str) else body
    return Reply(content_type=content_type, headers=headers, body=(content,), length=len(content))


def redirect(location: str, status: HTTPStatus = HTTPStatus.SEE_OTHER) -> Reply:
    """Send the browser elsewhere."""
    return Reply(status=status, headers=(("Location", location),))

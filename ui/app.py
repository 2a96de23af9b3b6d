"""The application: every request passes the same layers, from the outside in.

SecureHeaders   what a browser may do with the answer, whoever made it
LastResort      whatever goes wrong inside becomes a page that says so, and nothing else
Entrance        only what a data plane hands over; everything else is 403
routes          static files, refusals, pages
"""

from __future__ import annotations

import logging
from functools import partial

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.core.errors import StoreError
from gate.core.handoff import PREFIX, REFUSAL_PATH
from gate.core.secret_text import Secret
from gate.service.responses import StaticPages
from ui.ask import ask_of
from ui.fallback import static_pages
from ui.handoff import is_handed_off, read_handoff, read_refusal
from ui.headers import SecureHeaders
from ui.page import HANDED, Page, respond
from ui.pages import PAGES, refusal, status
from ui.services import Services
from ui.static import STATIC
from ui.templates import static_files

JWKS_PATH = f"{PREFIX}jwks.json"

log = logging.getLogger(__name__)


def build_app(services: Services) -> Starlette:
    """Give the application of the pages process."""
    alone = static_pages(services.contact)
    return Starlette(
        routes=[
            Route(f"{STATIC}{{name}}", _static, methods=["GET"]),
            Route(JWKS_PATH, partial(_jwks, services), methods=["GET"]),
            Route(REFUSAL_PATH, partial(_refusal, services), methods=["GET"]),
            *(_route(page, services) for page in PAGES),
        ],
        middleware=[
            Middleware(SecureHeaders),
            Middleware(Entrance, secrets=services.handoff_secrets),
            Middleware(LastResort, alone=alone),
        ],
        exception_handlers={HTTPException: partial(_no_page, alone)},
    )


class Entrance:
    """Lets in what a data plane hands over, and nothing else (G22)."""

    def __init__(self, app: ASGIApp, *, secrets: tuple[Secret, ...]) -> None:
        """Wrap an application; without a secret nothing gets in."""
        self._app = app
        self._secrets = secrets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the hand-off in the scope, or answer 403."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        handed = read_handoff(headers) if is_handed_off(headers, self._secrets) else None
        if scope["type"] != "http" or handed is None:
            await PlainTextResponse("forbidden\n", 403)(scope, receive, send)
            return
        scope[HANDED] = handed
        await self._app(scope, receive, send)


class LastResort:
    """Turns whatever goes wrong into an answer; the log gets the rest."""

    def __init__(self, app: ASGIApp, *, alone: StaticPages) -> None:
        """Wrap an application."""
        self._app = app
        self._alone = alone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503 when the store is away, and 500 for a mistake of ours."""
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except Exception as error:  # the one broad catch: a page that failed says so, and no more
            code = 503 if isinstance(error, StoreError) else 500
            log.exception("a page failed", extra={"request": _request_id(scope)})
            if begun or scope["type"] != "http":
                raise
            response = status.show(self._alone, scope[HANDED], Headers(scope=scope), code)
            await response(scope, receive, send)


def _route(page: Page, services: Services) -> Route:
    return Route(PREFIX + page.path, partial(respond, page, services), methods=page.methods)


async def _static(request: Request) -> Response:
    found = static_files().response(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return found


async def _jwks(services: Services, _request: Request) -> Response:
    return Response(services.jwks(), media_type="application/jwk-set+json")


def _refusal(services: Services, request: Request) -> Response:
    ask = ask_of(services, request.scope[HANDED], request, {})
    return refusal.show(ask, read_refusal(request.headers))


async def _no_page(alone: StaticPages, request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    response = status.show(alone, request.scope[HANDED], request.headers, code)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _request_id(scope: Scope) -> str:
    return scope[HANDED].request if HANDED in scope else ""

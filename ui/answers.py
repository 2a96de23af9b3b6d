"""Answers of the pages: a page, a redirect, a refusal, and the cookies that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from starlette.responses import HTMLResponse, RedirectResponse, Response

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from ui.ask import Ask
from ui.cookies import DEVICE_AGE, cookie, deleted
from ui.forms import binding, csrf_token
from ui.redirects import Target, entrance
from ui.refusals import words_of
from ui.templates import render

SEE_OTHER = 303


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field; `short` is what the summary says when it is not the same."""

    field: str
    text: str
    short: str = ""


def page(
    ask: Ask,
    template: str,
    *,
    status: int = 200,
    errors: tuple[FieldError, ...] = (),
    **values: object,
) -> HTMLResponse:
    """Give a page; its forms carry tokens of the session."""
    bound_to = binding(session=ask.token)

    def csrf(form: str) -> str:
        return csrf_token(ask.services.csrf_key, bound_to, form)

    shown = {
        "account": ask.session.account if ask.session else None,
        "contact": ask.services.contact,
        "csrf": csrf,
        "errors": {error.field: error for error in errors},
        "handed": ask.handed,
        "now": ask.services.clock.now(),
        "path": ask.path,
    }
    return HTMLResponse(render(template, **(shown | values)), status)


def redirect(url: str) -> RedirectResponse:
    """Give the answer that leads on; the method becomes GET."""
    return RedirectResponse(url, SEE_OTHER)


def lead_on(ask: Ask, target: Target) -> Response:
    """Lead to a target after a form; another origin by a page, since browsers block the redirect.

    With `form-action 'self'` Chromium stops a redirect of a form's answer to another origin.
    """
    if target.is_local:
        return redirect(target.url)
    url = entrance(target, ask.services.public_url)
    return page(ask, "continue.html", target=target, url=url)


def refuse(
    ask: Ask,
    reason: Reason,
    *,
    status: int = 403,
    wait: timedelta | None = None,
    wanted: str = "",
) -> HTMLResponse:
    """Give the refusal page of a reason."""
    response = page(
        ask,
        "refusal.html",
        status=status,
        reason=str(reason),
        words=words_of(reason),
        way=words_of(reason).way,
        text="",
        undelivered=False,
        name=ask.session.account.name if ask.session else "",
        address=str(ask.handed.client),
        wanted=wanted or ask.target.url,
    )
    return with_wait(response, wait)


def with_wait[R: Response](response: R, wait: timedelta | None) -> R:
    """Say to programs how long to wait."""
    if wait is not None:
        response.headers["retry-after"] = str(max(1, ceil(wait.total_seconds())))
    return response


def with_session[R: Response](
    response: R, ask: Ask, token: Secret, device: Secret | None = None
) -> R:
    """Plant a session's cookie, which takes the place of the one before sign-in."""
    scheme = ask.handed.scheme
    response.headers.append("set-cookie", cookie(ask.names.session, token, scheme=scheme))
    response.headers.append("set-cookie", deleted(ask.names.form, scheme=scheme))
    if device is not None:
        kept = cookie(ask.names.device, device, scheme=scheme, age=DEVICE_AGE)
        response.headers.append("set-cookie", kept)
    return response


def without_session[R: Response](response: R, ask: Ask) -> R:
    """Take the session's cookie back; what the application stored stays."""
    for name in (ask.names.session, ask.names.form):
        response.headers.append("set-cookie", deleted(name, scheme=ask.handed.scheme))
    return response

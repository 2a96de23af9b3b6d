"""A page: its path, what it shows, what it takes, and who may reach it.

The data plane decides about the pages as about any site; the same is checked here once more, so
that a mistake in one place opens nothing (RULES.md G14).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from gate.core.decision import Level, Reason
from gate.core.proofs import Met, admits, demanded, standing, usable_methods
from gate.core.rules import Requirement
from gate.core.subject import Account, Session
from ui.answers import redirect, refuse
from ui.ask import Ask, ask_of
from ui.fetches import as_json, is_navigation, refused_fetch
from ui.forms import (
    CSRF_FIELD,
    CSRF_HEADER,
    BadForm,
    binding,
    comes_from_here,
    csrf_token,
    is_own_token,
    read_form,
    read_json,
)
from ui.handoff import HandOff
from ui.hosts import is_away, led_home
from ui.redirects import sign_in_link
from ui.services import Services

type Handler = Callable[[Ask], Response]
OWN_STRONGEST = Requirement(level=Level.OWN_STRONGEST)
HANDED = "gate.handed"  # where the hand-off lies in a request's scope
FORM_REASONS: Mapping[int, Reason] = {413: Reason.TOO_LARGE}


class Reach(StrEnum):
    """Who may reach a page; each also holds for those below it."""

    PUBLIC = "public"
    SESSION = "session"  # a partial one too
    ACCOUNT = "account"  # the strongest proof that the account has
    FACTOR = "factor"  # the same, of an account that has a second factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page below the prefix.

    A form `before_sign_in` is bound to its own cookie, one of a link's journey to that of the
    `enrolment`, every other one to the session's. `fetched` pages are asked by our scripts: they
    take the token in a header and answer JSON; with `takes_json` they also take it. On a host
    other than that of `public_url` a page leads there as `away` says, unless it is `everywhere`.
    """

    path: str
    show: Handler | None = None
    submit: Handler | None = None
    reach: Reach = Reach.ACCOUNT
    form: str = ""
    before_sign_in: bool = False
    enrolment: bool = False
    fetched: bool = False
    takes_json: bool = False
    away: Handler = led_home
    everywhere: bool = False

    @property
    def is_fetched(self) -> bool:
        """Say whether scripts ask it, and no window shows it."""
        return self.fetched or self.takes_json

    @property
    def methods(self) -> list[str]:
        """Give the methods that the page answers."""
        return ["GET"] * bool(self.show) + ["POST"] * bool(self.submit)


async def respond(page: Page, services: Services, request: Request) -> Response:
    """Answer a request to a page; whatever reads the store runs in a thread."""
    handed: HandOff = request.scope[HANDED]
    if not page.is_fetched and not is_navigation(request.headers):
        return refused_fetch(handed)
    if request.method == "POST":
        sent = await (read_json if page.takes_json else read_form)(request)
        return await run_in_threadpool(_submitted, page, services, request, sent)
    return await run_in_threadpool(_shown, page, services, request)


def _shown(page: Page, services: Services, request: Request) -> Response:
    ask = ask_of(services, request.scope[HANDED], request, {})
    if is_away(ask) and not page.everywhere:
        return page.away(ask)
    away = turned_away(ask, page.reach)
    if away is not None or page.show is None:
        return away or refuse(ask, Reason.NOT_FOUND, status=404)
    return page.show(ask)


def _submitted(
    page: Page, services: Services, request: Request, sent: Mapping[str, str] | bytes | BadForm
) -> Response:
    """Take a form or a script's request; where it comes from is checked before anything else."""
    fields = sent if isinstance(sent, Mapping) else {}
    body = sent if isinstance(sent, bytes) else b""
    ask = ask_of(services, request.scope[HANDED], request, fields, body)
    if page.submit is None or not comes_from_here(request.headers, ask.handed):
        return _refused(page, ask, Reason.CROSS_SITE, 403)
    if is_away(ask) and not page.everywhere:
        return refused_fetch(ask.handed) if page.is_fetched else led_home(ask)
    away = turned_away(ask, page.reach)
    if away is not None:
        return refused_fetch(ask.handed) if page.is_fetched else away
    if isinstance(sent, BadForm):
        reason = FORM_REASONS.get(sent.status, Reason.UNCLEAN_REQUEST)
        return _refused(page, ask, reason, sent.status)
    if not page.before_sign_in and _bound_to(page, ask) == "":
        return refused_fetch(ask.handed) if page.is_fetched else redirect(ask.path)
    if not _has_own_token(page, ask, request):
        return _refused(page, ask, Reason.CROSS_SITE, 403)
    return page.submit(ask)


def _refused(page: Page, ask: Ask, reason: Reason, status: int) -> Response:
    if page.is_fetched:
        return as_json(ask.handed, reason, status=status)
    return refuse(ask, reason, status=status, wanted=ask.path)


def _has_own_token(page: Page, ask: Ask, request: Request) -> bool:
    """Say whether the token is this form's; a browser without a cookie has none."""
    bound_to = _bound_to(page, ask)
    if not bound_to:
        return False
    sent = request.headers.get(CSRF_HEADER) if page.is_fetched else ask.form.get(CSRF_FIELD)
    return is_own_token(sent or "", csrf_token(ask.services.csrf_key, bound_to, page.form))


def _bound_to(page: Page, ask: Ask) -> str:
    """Give the cookie to which the page's form is bound; nothing without it."""
    if page.enrolment:
        return binding(enrolment=ask.enrolment)
    return (
        binding(form_cookie=ask.form_cookie) if page.before_sign_in else binding(session=ask.token)
    )


def turned_away(ask: Ask, reach: Reach) -> Response | None:
    """Give the way to what is missing, or None for somebody who may be here."""
    if reach is Reach.PUBLIC:
        return None
    if ask.session is None:
        return redirect(sign_in_link(_wanted(ask, reach)))
    if reach is Reach.SESSION:
        return None
    return _turned_away_from_account(ask, ask.session, reach)


def _turned_away_from_account(ask: Ask, session: Session, reach: Reach) -> Response | None:
    account = session.account
    if ask.handed.origin != ask.services.public_url:
        return redirect(ask.services.public_url + ask.path)
    now = ask.services.clock.now()
    if not admits(ask.services.policy(), account, ask.handed.client, now):
        return refuse(ask, Reason.IP_NOT_ALLOWED, wanted=ask.path)
    wanted = demanded(ask.services.policy().demand(account.name), account, OWN_STRONGEST)
    if not isinstance(standing(wanted, session.worth, now), Met):
        return _way_to_more(ask, account)
    if reach is Reach.FACTOR and not account.has_second_factor:
        return refuse(ask, Reason.NOT_ENROLLED, wanted=ask.path)
    return None


def _way_to_more(ask: Ask, account: Account) -> Response:
    """Lead to step-up, or say that there is nothing the account could prove there."""
    if usable_methods(account, Level.SECOND_FACTOR):
        return redirect(sign_in_link(ask.path, "step-up"))
    return refuse(ask, Reason.NOT_ENROLLED, wanted=ask.path)


def _wanted(ask: Ask, reach: Reach) -> str:
    """Give where sign-in leads: back to an account page, or on to where step-up was to lead."""
    return ask.target.url if reach is Reach.SESSION else ask.path

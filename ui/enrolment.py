"""What the pages of a one-time link's journey have in common: who is on it, and how far."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.secret_text import Secret
from gate.service.journey import Step
from gate.service.journeys import Enrolling, JourneyRefused, Traveller
from ui.answers import FieldError, page, redirect, refuse
from ui.ask import Ask
from ui.cookies import cookie, deleted
from ui.forms import binding, csrf_token

START: Final = "enrol"
FORM: Final = "enrol"  # one token for all forms of a journey, which one cookie holds together
PATHS: Final = {
    Step.PASSWORD: "enrol/password",
    Step.FACTOR: "enrol/factor",
    Step.RECOVERY_CODES: "enrol/recovery-codes",
}
GONE: Final = frozenset({Reason.LINK_USED, Reason.LINK_EXPIRED, Reason.LINK_VOID})
ORDER: Final = tuple(Step)


def traveller(ask: Ask) -> Traveller:
    """Give who stands at a page of a journey."""
    return Traveller(held=ask.enrolment, session=ask.session, visitor=ask.visitor)


def led_home(ask: Ask) -> Response | None:
    """Lead to where the pages live, whose host a security key would be bound to (G5)."""
    if ask.handed.origin == ask.services.public_url:
        return None
    return redirect(ask.services.public_url + ask.path)


def at_step(ask: Ask, step: Step | None = None) -> Enrolling | Response:
    """Give the journey of who stands at a step, or lead to the first one that is not done."""
    if home := led_home(ask):
        return home
    found = ask.services.enrolment.journeys.current(traveller(ask))
    if isinstance(found, JourneyRefused):
        return refused(ask, found.reason)
    first = found.journey.open_step
    if step is not None and ORDER.index(step) > ORDER.index(first):
        return to_step(first)
    return found


def to_step(step: Step) -> Response:
    """Lead to a step."""
    return redirect(PREFIX + PATHS[step])


def begin_journey(ask: Ask, held: Secret) -> Response:
    """Plant the cookie of a journey and lead to its start."""
    response = redirect(PREFIX + START)
    planted = cookie(ask.names.enrolment, held, scheme=ask.handed.scheme)
    response.headers.append("set-cookie", planted)
    return response


def step_page(
    ask: Ask,
    template: str,
    enrolling: Enrolling,
    *,
    status: int = 200,
    errors: tuple[FieldError, ...] = (),
    **values: object,
) -> Response:
    """Give the page of a step; its forms are bound to the journey's cookie."""
    bound_to = binding(enrolment=enrolling.held)
    return page(
        ask,
        template,
        status=status,
        errors=errors,
        form_token=csrf_token(ask.services.csrf_key, bound_to, FORM),
        enrolling=enrolling,
        journey=enrolling.journey,
        place=ask.handed.host,
        purpose=str(enrolling.journey.purpose),
        who=enrolling.account,
        **values,
    )


def refused(ask: Ask, reason: Reason) -> Response:
    """Say why the journey can't begin or go on."""
    return refuse(ask, reason, status=410 if reason in GONE else 403)


def without_enrolment[R: Response](response: R, ask: Ask) -> R:
    """Take the journey's cookie back."""
    taken = deleted(ask.names.enrolment, scheme=ask.handed.scheme)
    response.headers.append("set-cookie", taken)
    return response


def typed(ask: Ask, name: str) -> Secret | None:
    """Give a field that must not be shown; None when nothing was typed."""
    return ask.secret(name) if ask.form.get(name, "").strip() else None

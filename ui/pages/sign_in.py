"""Sign-in: name and password. Wrong is wrong in the same words, whatever was wrong (T73)."""

from __future__ import annotations

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.service.sign_in import BeginsEnrolment, SignedIn, SignInRefused
from gate.service.tokens import new_token
from ui.answers import FieldError, lead_on, page, redirect, refuse, with_session, with_wait
from ui.ask import Ask
from ui.cookies import cookie
from ui.enrolment import begin_journey
from ui.forms import binding, csrf_token
from ui.hosts import departure, sign_in_away
from ui.page import Page, Reach
from ui.redirects import sign_in_link
from ui.words import span

FORM = "sign-in"
LONGEST_NAME = 200  # characters that are shown again
SAID = (Reason.IP_NOT_ALLOWED, Reason.NOT_ENROLLED)  # said only after the right password
WRONG = FieldError(field="password", text="The name or the password is not right.")


def show(ask: Ask) -> Response:
    """Show the form, or lead whoever has signed in back to the host that asked."""
    return departure(ask) or _form(ask)


def submit(ask: Ask) -> Response:
    """Try the name and the password."""
    result = ask.services.sign_in(
        name=ask.form.get("account", ""),
        password=ask.secret("password"),
        visitor=ask.visitor,
        planted=ask.token,
    )
    if isinstance(result, SignInRefused):
        return _refused(ask, result)
    if isinstance(result, BeginsEnrolment):
        return begin_journey(ask, result.held)
    return _signed_in(ask, result)


def _signed_in(ask: Ask, result: SignedIn) -> Response:
    if result.needs_step_up:
        response: Response = redirect(sign_in_link(ask.target.url, "step-up"))
    else:
        response = lead_on(ask, ask.target)
    return with_session(response, ask, result.issued.token, result.device)


def _refused(ask: Ask, refused: SignInRefused) -> Response:
    if refused.reason in SAID:
        return refuse(ask, refused.reason)
    if refused.wait is not None:
        text = f"Too many attempts. Try again in {span(refused.wait)}."
        error = FieldError(field="account", text=text)
        return with_wait(_form(ask, status=429, errors=(error,)), refused.wait)
    return _form(ask, status=422, errors=(WRONG,))


def _form(ask: Ask, *, status: int = 200, errors: tuple[FieldError, ...] = ()) -> Response:
    """Give the form, bound to a cookie of its own that is no session."""
    held = ask.form_cookie or new_token()
    response = page(
        ask,
        "sign_in.html",
        status=status,
        errors=errors,
        form_token=csrf_token(ask.services.csrf_key, binding(form_cookie=held), FORM),
        entered=ask.form.get("account", "")[:LONGEST_NAME],
        target=ask.target,
        site=_site_name(ask),
        takes_keys=ask.takes_keys,
    )
    return _with_form_cookie(response, ask, held)


def _with_form_cookie(response: Response, ask: Ask, held: Secret) -> Response:
    if ask.form_cookie is None:
        planted = cookie(ask.names.form, held, scheme=ask.handed.scheme)
        response.headers.append("set-cookie", planted)
    return response


def _site_name(ask: Ask) -> str:
    """Give the name of the site that the person is on the way to; none for the own pages."""
    if ask.target.is_local:
        return "" if ask.target.is_own_page else ask.handed.site
    site = ask.services.policy().site_for(ask.target.host)
    return site.name if site is not None else ""


PAGE = Page(
    path="sign-in",
    show=show,
    submit=submit,
    reach=Reach.PUBLIC,
    form=FORM,
    before_sign_in=True,
    away=sign_in_away,
)

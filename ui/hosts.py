"""From the host of another site to where the pages live, and back (G5).

People sign in, step up and look after their account on the host of `public_url` alone. On every
other host these pages lead there: sign-in with the seal of a nonce that stays in a cookie of the
host, so that a ticket leads back, and step-up the same way where the browser has proved more there
already than this host knows.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.service.tickets import Destination, seal
from gate.service.tokens import new_token
from ui.answers import redirect, refuse
from ui.ask import Ask
from ui.cookies import cookie
from ui.redirects import home_name, name_of, sign_in_link

NONCE_AGE: Final = timedelta(hours=1)  # whoever takes longer to sign in is led round once more

_SEAL: Final = re.compile(r"[0-9a-f]{64}")


def is_away(ask: Ask) -> bool:
    """Say whether the request came to another place than the pages'.

    A site on another port of their host is one, if the policy names the port; keys work on that
    of `public_url` alone.
    """
    if not _shares_cookies(ask):
        return True
    site = ask.services.policy().site_for(ask.handed.host)
    if site is None or ask.handed.place.port is None or ask.handed.host not in site.hosts:
        return False
    return ask.handed.origin != ask.services.public_url


def _shares_cookies(ask: Ask) -> bool:
    """Say whether the host is that of the pages; cookies know no ports."""
    return ask.handed.place.name == home_name(ask.services.public_url)


def led_home(ask: Ask) -> Response:
    """Lead to the same page where it lives."""
    return redirect(ask.services.public_url + ask.path)


def sign_in_away(ask: Ask) -> Response:
    """Lead to sign-in, from where a ticket leads back to the wanted page of this host."""
    target, home = ask.target, ask.services.public_url
    if target.is_own_page:
        return redirect(home + target.local)
    if not target.is_local:
        return redirect(home + sign_in_link(target.url))
    if _shares_cookies(ask):
        return redirect(home + sign_in_link(ask.handed.origin + target.url))
    if is_up_to_date(ask):
        return redirect(target.url)  # else anybody's link could end the session's streams
    nonce = ask.nonce or new_token()
    sealed = seal(nonce, host=ask.handed.place.name, wanted=target.url)
    response = redirect(f"{home}{sign_in_link(ask.handed.origin + target.url)}&seal={sealed}")
    planted = cookie(ask.names.ticket, nonce, scheme=ask.handed.scheme, age=NONCE_AGE)
    response.headers.append("set-cookie", planted)
    return response


def step_up_away(ask: Ask) -> Response:
    """Lead to step-up, or back by a ticket at once where more was proved there already."""
    target = ask.target
    if ask.session is None or not (_shares_cookies(ask) or is_up_to_date(ask)):
        return sign_in_away(ask)
    is_here = target.is_local and not target.is_own_page
    wanted = ask.handed.origin + target.url if is_here else target.url
    return redirect(ask.services.public_url + sign_in_link(wanted, "step-up"))


def is_up_to_date(ask: Ask) -> bool:
    """Say whether this host's session has all that was proved on the pages' host."""
    session = ask.session
    parent = ask.services.sessions.parent_of(session) if session else None
    return session is not None and parent is not None and parent.proofs == session.proofs


def departure(ask: Ask) -> Response | None:
    """Lead whoever is signed in back to the host that asked, by a ticket; None for a stranger."""
    session, target, sealed = ask.session, ask.target, ask.query.get("seal", "")
    if session is None or target.is_local or not _SEAL.fullmatch(sealed):
        return None
    destination = Destination(host=name_of(target.host), wanted=target.local, seal=sealed)
    ticket = ask.services.tickets.issue(session, destination, ask.visitor)
    if ticket is Reason.NEEDS_SECOND_FACTOR:
        return redirect(sign_in_link(target.url, "step-up"))
    if isinstance(ticket, Reason):
        return None if ticket is Reason.NEEDS_SIGN_IN else refuse(ask, ticket)
    return redirect(f"{target.origin}{PREFIX}arrive?ticket={ticket.reveal()}")

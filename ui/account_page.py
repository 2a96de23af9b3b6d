"""What the account's pages have in common: who is signed in, and notices after a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from gate.core.secret_text import Secret
from gate.core.subject import Session
from ui.answers import redirect
from ui.ask import Ask
from ui.forms import binding, csrf_token, is_own_token

NOTICES: Final[Mapping[str, str]] = {
    "password": "Your password was changed. Every other browser has been signed out.",
    "session": "That browser has been signed out.",
    "others": "Every other browser has been signed out.",
    "networks-tried": "Your new addresses count from now on, and are not kept yet.",
    "networks": "Your addresses were kept. Every browser outside them has been signed out.",
    "networks-back": "Your addresses from before count again.",
    "networks-over": "There is nothing to keep any more. The addresses below count now.",
    "key-added": "Your new security key is on. Every other browser has been signed out.",
    "key-renamed": "The security key has its new name.",
    "key-removed": "The security key was removed. Every other browser has been signed out.",
    "code-app-added": "Your new code app is on. Every other browser has been signed out.",
    "code-app-renamed": "The code app has its new name.",
    "code-app-removed": "The code app was removed. Every other browser has been signed out.",
    "recovery-codes": "Your recovery codes are ready for the day you need one.",
    "settings": "Your settings were saved.",
    "always-on": "From now on you are always asked for your second factor.",
    "always-off": "From now on you are asked only where the site demands it.",
    "no-networks": "The restriction is off: you can sign in from everywhere.",
}


def session_of(ask: Ask) -> Session:
    """Give the session; the page's reach made sure that there is one."""
    if ask.session is None:
        raise LookupError("an account page was asked without a session")
    return ask.session


def done(ask: Ask, path: str, notice: str, token: Secret | None = None) -> Response:
    """Lead on after a change, with a notice that only this session can be shown.

    The notice's word is signed, so that no link from elsewhere can make the page say it.
    """
    signature = _signature(ask, notice, token or ask.token)
    return redirect(f"{path}?done={notice}&for={signature}")


def notice_of(ask: Ask) -> str:
    """Give the notice that a change left behind, if any."""
    word = ask.query.get("done", "")
    own = is_own_token(ask.query.get("for", ""), _signature(ask, word, ask.token))
    return NOTICES.get(word, "") if own and ask.token else ""


def _signature(ask: Ask, notice: str, token: Secret | None) -> str:
    return csrf_token(ask.services.csrf_key, binding(session=token), f"notice:{notice}")

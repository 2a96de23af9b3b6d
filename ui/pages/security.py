"""The overview of an account's security: what protects it, and what happened to it lately."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from gate.core.ports import AuditRecord
from gate.core.subject import Method
from gate.service.history import Wanted
from gate.service.recovered import is_recovered
from ui.account_page import notice_of, session_of
from ui.answers import page
from ui.ask import Ask
from ui.page import Page
from ui.pages.first_factor import may_begin

PATH: Final = "account/security"
MOST_EVENTS: Final = 8
EVENTS: Final[Mapping[str, str]] = {
    "signed_in": "Signed in with the password",
    "sign_in_refused": "Sign-in refused",
    "stepped_up": "Confirmed with a code",
    "step_up_refused": "Code refused",
    "key_may_be_copied": "A security key was refused: there may be a copy of it",
    "signed_out": "Signed out",
    "arrived": "Went on to another site",
    "session_ended": "A browser was signed out",
    "other_sessions_ended": "Every other browser was signed out",
    "password_changed": "Password changed",
    "password_change_refused": "Password change refused",
    "recovery_code_spent": "A recovery code was used up",
    "recovery_codes_made": "New recovery codes made",
    "recovery_codes_refused": "New recovery codes refused",
    "key_added": "Security key added",
    "key_refused": "New security key refused",
    "key_renamed": "Security key renamed",
    "key_removed": "Security key removed",
    "key_removal_refused": "Removal of a security key refused",
    "code_app_added": "Code app added",
    "code_app_refused": "New code app refused",
    "code_app_renamed": "Code app renamed",
    "code_app_removed": "Code app removed",
    "code_app_removal_refused": "Removal of a code app refused",
    "enrolment_begun": "Began to set up at the first sign-in",
    "enrolled": "Set up by a one-time link",
    "enrolment_refused": "A step of a one-time link refused",
    "link_made": "A one-time link was made",
    "factors_reset": "Keys, code apps and recovery codes were removed",
    "sessions_ended": "Every browser was signed out",
    "account_added": "Account added",
    "account_renamed": "Display name changed",
    "own_data_saved": "Own data downloaded",
    "own_data_refused": "Download of own data refused",
    "account_updated": "Account changed",
    "account_disabled": "Account switched off",
    "account_enabled": "Account switched on again",
    "account_locked": "Account locked",
    "account_unlocked": "Account unlocked",
    "always_asked_on": "A second factor is always asked for",
    "always_asked_off": "A second factor is asked for only where it is demanded",
    "always_asked_refused": "Change of when a second factor is asked for refused",
    "networks_tried": "New addresses tried",
    "networks_changed": "Addresses changed",
    "networks_taken_back": "New addresses taken back",
    "networks_rolled_back": "New addresses not kept: the ones before count again",
    "networks_refused": "Change of addresses refused",
}
BY_METHOD: Final[Mapping[tuple[str, str], str]] = {
    ("signed_in", Method.PASSKEY): "Signed in with a passkey",
    ("sign_in_refused", Method.PASSKEY): "Sign-in with a passkey refused",
    ("stepped_up", Method.PASSWORD): "Confirmed with the password",
    ("step_up_refused", Method.PASSWORD): "Password refused",
    ("stepped_up", Method.RECOVERY_CODE): "Confirmed with a recovery code",
    ("step_up_refused", Method.RECOVERY_CODE): "Recovery code refused",
    ("stepped_up", Method.SECURITY_KEY): "Confirmed with a security key",
    ("step_up_refused", Method.SECURITY_KEY): "Security key refused",
}
INSTEAD_OF_KEY: Final = "Confirmed with a code in place of the security key"
REFUSED: Final = frozenset(
    kind for kind in EVENTS if kind.endswith("_refused") or kind == "key_may_be_copied"
)
LATELY: Final = Wanted(kinds=frozenset(EVENTS))


def show(ask: Ask) -> Response:
    """Show the overview."""
    session, factors = session_of(ask), ask.services.factors
    account, now = session.account, ask.services.clock.now()
    networks = account.networks_at(now)
    return page(
        ask,
        "security.html",
        notice=notice_of(ask),
        keys=factors.security_keys.of(account),
        apps=factors.code_apps.of(account),
        codes=factors.recovery_set.state(account),
        is_recovered=is_recovered(session),
        may_begin=may_begin(ask),
        sessions=ask.services.sessions.list(account.id),
        networks=networks.networks if networks else (),
        trial=account.trial_at(now),
        events=ask.services.own.history.part(account, LATELY, most=MOST_EVENTS).events,
        said=said,
        refused=REFUSED,
    )


def said(event: AuditRecord) -> str:
    """Say what an event was, by which method, and about which key or app."""
    if event.details.get("instead_of_key"):
        return INSTEAD_OF_KEY
    method = str(event.details.get("method", ""))
    what = BY_METHOD.get((event.kind, method), EVENTS[event.kind])
    name = event.details.get("key") or event.details.get("app")
    return f"{what}: {name}" if name else what


PAGE = Page(path=PATH, show=show)

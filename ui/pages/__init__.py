"""One page a file; `PAGES` lists them all."""

from __future__ import annotations

from typing import Final

from ui.page import Page
from ui.pages import (
    account,
    enrol,
    enrol_code_app,
    enrol_done,
    enrol_factor,
    enrol_password,
    enrol_recovery_codes,
    networks,
    password,
    proof,
    recovery_codes,
    security,
    sessions,
    sign_in,
    sign_in_key,
    sign_out,
    start,
    step_up,
    step_up_key,
    step_up_recovery,
    totp,
    totp_changes,
)

PAGES: Final[tuple[Page, ...]] = (
    start.PAGE,
    sign_in.PAGE,
    sign_in_key.OPTIONS,
    sign_in_key.PAGE,
    step_up.PAGE,
    step_up_key.OPTIONS,
    step_up_key.PAGE,
    step_up_recovery.PAGE,
    sign_out.PAGE,
    account.PAGE,
    account.PAGE_WITH_SLASH,
    security.PAGE,
    password.PAGE,
    sessions.PAGE,
    sessions.OTHERS,
    networks.PAGE,
    networks.CHECK,
    proof.PAGE,
    totp.PAGE,
    totp.NEW,
    totp_changes.RENAME,
    totp_changes.REMOVAL,
    recovery_codes.PAGE,
    recovery_codes.DOWNLOAD,
    recovery_codes.STORED,
    enrol.PAGE,
    enrol_password.PAGE,
    enrol_factor.PAGE,
    enrol_code_app.PAGE,
    enrol_recovery_codes.PAGE,
    enrol_done.PAGE,
    enrol.LINK,  # the last, since any word may be a token
)

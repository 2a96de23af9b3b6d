"""What pages answer when a factor was not changed, and when it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from gate.core.decision import Reason
from gate.service.factor_changes import FactorChanged, FactorRefused
from gate.service.factor_names import LONGEST, NameProblem
from ui.account_page import done
from ui.answers import FieldError, redirect, refuse, with_session, without_session
from ui.ask import Ask
from ui.redirects import sign_in_link

NAME_WORDS: Final[Mapping[NameProblem, str]] = {
    NameProblem.EMPTY: "Give it a name.",
    NameProblem.TOO_LONG: f"That name is too long: {LONGEST} characters are the most.",
    NameProblem.UNREADABLE: "That name holds characters that can't be seen.",
    NameProblem.TAKEN: "Another one has that name already.",
}
WHOLE: Final = frozenset(  # what no field of a form is about
    {Reason.NOT_BY_RECOVERY_CODE, Reason.LAST_FACTOR, Reason.TOO_MANY_FACTORS}
)
WRONG: Final = 422
TOO_MANY: Final = 429


def changed(ask: Ask, path: str, notice: str, what: FactorChanged) -> Response:
    """Lead on after a change, with the session's new cookie."""
    token = what.issued.token
    return with_session(done(ask, path, notice, token), ask, token)


def whole_page(ask: Ask, refused: FactorRefused) -> Response | None:
    """Give the answer to a refusal that no field is about; None for every other one."""
    if refused.reason is Reason.SESSION_ENDED:
        return without_session(redirect(sign_in_link(ask.path)), ask)
    if refused.reason in WHOLE:
        return refuse(ask, refused.reason, wanted=ask.path)
    return None


def status_of(refused: FactorRefused) -> int:
    """Give the status of the form that is shown again."""
    return WRONG if refused.wait is None else TOO_MANY


def name_error(problem: NameProblem, field: str = "name") -> FieldError:
    """Give the error of the field with a name."""
    return FieldError(field=field, text=NAME_WORDS[problem])


def clock_words(off: timedelta) -> str:
    """Say that a phone's clock is wrong, and what to do."""
    seconds = int(abs(off).total_seconds())
    side = "ahead" if off > timedelta() else "behind"
    return (
        f"The clock of your phone is about {seconds} seconds {side}. "
        "Let the phone set its time by itself, then enter a new code."
    )

"""The whole history of an account: a filter in the address, part by part, and as a file (G3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from gate.core.handoff import PREFIX
from gate.service.history import MOST_AT_ONCE, Wanted
from ui.account_page import session_of
from ui.answers import FieldError, page, redirect
from ui.ask import Ask
from ui.history_file import history_file
from ui.page import Page, Reach
from ui.pages.security import EVENTS, REFUSED, said

PATH: Final = "account/security/history"
FORM: Final = "history"
LONGEST_NUMBER: Final = 18  # digits of an event's number
EVERYTHING: Final = frozenset(EVENTS)
SIGNING_IN: Final = frozenset(
    {"signed_in", "sign_in_refused", "stepped_up", "step_up_refused", "signed_out"}
)
SESSIONS: Final = frozenset({"session_ended", "other_sessions_ended", "sessions_ended"})
ADDRESSES: Final = frozenset(kind for kind in EVENTS if kind.startswith("networks_"))
ACCOUNT: Final = frozenset(kind for kind in EVENTS if kind.startswith(("account_", "own_")))
KINDS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "": ("Everything", EVERYTHING),
    "refused": ("What was refused", REFUSED),
    "signing-in": ("Signing in and out", SIGNING_IN),
    "factors": (
        "Password and second factors",
        EVERYTHING - SIGNING_IN - SESSIONS - ADDRESSES - ACCOUNT,
    ),
    "addresses": ("Addresses", ADDRESSES),
    "sessions": ("Browsers that were signed out", SESSIONS),
    "account": ("The account itself", ACCOUNT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """What a filter asks for, and what is wrong with it."""

    fields: Mapping[str, str]
    wanted: Wanted
    errors: tuple[FieldError, ...]

    def link(self, before: int | None = None) -> str:
        """Give the address of the page with this filter."""
        fields = {name: value for name, value in self.fields.items() if value}
        query = urlencode(fields | ({} if before is None else {"before": str(before)}))
        return PREFIX + PATH + (f"?{query}" if query else "")


def show(ask: Ask) -> Response:
    """Show a part of the history."""
    sifted = sifted_by(ask.query)
    part = ask.services.own.history.part(session_of(ask).account, sifted.wanted)
    return page(
        ask,
        "history.html",
        status=422 if sifted.errors else 200,
        errors=sifted.errors,
        notice="",
        events=() if sifted.errors else part.events,
        newest=sifted.link() if sifted.wanted.before is not None else "",
        older="" if part.older is None else sifted.link(part.older),
        is_sifted=any(sifted.fields.values()),
        fields=sifted.fields,
        kinds={word: label for word, (label, _) in KINDS.items()},
        most=MOST_AT_ONCE,
        said=said,
        refused=REFUSED,
    )


def to_page(_ask: Ask) -> Response:
    """Lead to the page, for somebody who comes back to the address of the button."""
    return redirect(PREFIX + PATH)


def download(ask: Ask) -> Response:
    """Give what fits the filter as a file."""
    sifted = sifted_by(ask.form)
    if sifted.errors:
        return redirect(sifted.link())
    account = session_of(ask).account
    part = ask.services.own.history.part(account, sifted.wanted, most=MOST_AT_ONCE)
    return history_file(account, part.events, said, ask.services.clock.now())


def sifted_by(sent: Mapping[str, str]) -> Sifted:
    """Read a filter; a kind that does not exist is everything."""
    kind = sent.get("kind", "")
    fields = {
        "kind": kind if kind in KINDS else "",
        "since": sent.get("since", "").strip(),
        "until": sent.get("until", "").strip(),
    }
    since, until = day_of(fields["since"]), day_of(fields["until"])
    wanted = Wanted(
        kinds=KINDS[fields["kind"]][1],
        since=_begin_of(since),
        until=None if until is None else _begin_of(until, days=1),
        before=_number(sent.get("before", "")),
    )
    wrong = [
        FieldError(field=name, text="Write the date as year-month-day, such as 2026-03-31.")
        for name, day in (("since", since), ("until", until))
        if fields[name] and day is None
    ]
    if since and until and until < since:
        wrong.append(FieldError(field="until", text="The last day comes before the first."))
    return Sifted(fields=fields, wanted=wanted, errors=tuple(wrong))


def day_of(text: str) -> date | None:
    """Give the day that a date field sends; None for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _begin_of(day: date | None, days: int = 0) -> datetime | None:
    """Give the first moment of a day, or of one after it; None past the last day there is."""
    if day is None or day == date.max:
        return None
    return datetime.combine(day, time(), UTC) + timedelta(days=days)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


PAGE = Page(path=PATH, show=show, reach=Reach.FACTOR)
FILE = Page(path=f"{PATH}/file", show=to_page, submit=download, reach=Reach.FACTOR, form=FORM)

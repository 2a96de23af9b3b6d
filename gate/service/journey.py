"""What somebody has set up so far by a one-time link; nothing of it counts before the end (T64).

It is kept sealed under the hash of a cookie that one browser holds, and goes as one value into the
store's accounts, or not at all. A password that was typed is never part of it, only its hash (T72).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from gate.core.ports import LinkHash, LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import AccountId
from gate.service.new_code_apps import Confirmed
from gate.service.pending_key import PendingKey, pending_of, told

APP_NAME: Final = "Code app"


class Step(StrEnum):
    """The parts of the journey, in their order."""

    PASSWORD = "password"
    FACTOR = "factor"
    RECOVERY_CODES = "recovery_codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One browser's way through a link.

    `password` is the hash of a newly chosen one; `password_at` is when it was chosen, or when the
    account's own was given, and `app_at` when the app's code was: a proof is as old as that (G18).
    `by_password` says that a password began the journey at a first sign-in, without a link. `codes`
    are the recovery codes, drawn once at the beginning so that two pages never show two sets;
    `code_hashes` is what is stored of them, and none are good before they were shown.
    """

    link: LinkHash
    account: AccountId
    purpose: LinkPurpose
    password: Secret | None = None
    password_at: datetime | None = None
    by_password: bool = False
    app: Confirmed | None = None
    app_at: datetime | None = None
    keys: tuple[PendingKey, ...] = ()
    codes: tuple[Secret, ...] = ()
    code_hashes: tuple[str, ...] = ()
    codes_shown: bool = False

    @property
    def has_factor(self) -> bool:
        """Whether there is something to sign in with beside the password."""
        return self.app is not None or bool(self.keys)

    @property
    def has_password(self) -> bool:
        """Whether the part about the password is done."""
        return self.password_at is not None

    @property
    def shown_codes(self) -> tuple[Secret, ...]:
        """The recovery codes, once they were shown."""
        return self.codes if self.codes_shown else ()

    @property
    def open_step(self) -> Step:
        """The first part that is not done."""
        if not self.has_password:
            return Step.PASSWORD
        return Step.RECOVERY_CODES if self.has_factor else Step.FACTOR


def written(journey: Journey) -> str:
    """Give a journey as text."""
    app = journey.app
    return json.dumps(
        {
            "link": journey.link,
            "account": journey.account,
            "purpose": journey.purpose,
            "password": journey.password.reveal() if journey.password else None,
            "password_at": _written_moment(journey.password_at),
            "by_password": journey.by_password,
            "app": None if app is None else [app.seed.reveal(), app.step],
            "app_at": _written_moment(journey.app_at),
            "keys": [told(key) for key in journey.keys],
            "codes": [code.reveal() for code in journey.codes],
            "code_hashes": journey.code_hashes,
            "codes_shown": journey.codes_shown,
        }
    )


def read(text: str) -> Journey | None:
    """Give the journey that was written; None for what another version of the gate wrote."""
    try:
        return _read(json.loads(text))
    except (LookupError, TypeError, ValueError):
        return None


def _read(kept: Mapping[str, Any]) -> Journey:
    app = kept["app"]
    return Journey(
        link=LinkHash(kept["link"]),
        account=AccountId(kept["account"]),
        purpose=LinkPurpose(kept["purpose"]),
        password=Secret(kept["password"]) if kept["password"] else None,
        password_at=_moment(kept["password_at"]),
        by_password=kept["by_password"],
        app=None if app is None else Confirmed(seed=Secret(app[0]), step=app[1]),
        app_at=_moment(kept["app_at"]),
        keys=tuple(map(pending_of, kept["keys"])),
        codes=tuple(map(Secret, kept["codes"])),
        code_hashes=tuple(kept["code_hashes"]),
        codes_shown=kept["codes_shown"],
    )


def _written_moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

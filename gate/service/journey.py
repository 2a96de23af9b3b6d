"""What somebody has set up so far by a one-time link; nothing of it counts before the end (T64).

It is kept sealed under the hash of a cookie that one browser holds, and goes as one value into the
store's accounts, or not at all. A password that was typed is never part of it, only its hash (T72).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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

    `password` is the hash of a newly chosen one; `knows_password` says that the account's own was
    given, `by_password` that it began the journey at a first sign-in, without a link. `codes` are
    the recovery codes that were shown, `code_hashes` what is stored of them.
    """

    link: LinkHash
    account: AccountId
    purpose: LinkPurpose
    password: Secret | None = None
    knows_password: bool = False
    by_password: bool = False
    app: Confirmed | None = None
    keys: tuple[PendingKey, ...] = ()
    codes: tuple[Secret, ...] = ()
    code_hashes: tuple[str, ...] = ()

    @property
    def has_factor(self) -> bool:
        """Whether there is something to sign in with beside the password."""
        return self.app is not None or bool(self.keys)

    @property
    def has_password(self) -> bool:
        """Whether the part about the password is done."""
        return self.knows_password or self.password is not None

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
            "knows_password": journey.knows_password,
            "by_password": journey.by_password,
            "app": None if app is None else [app.seed.reveal(), app.step],
            "keys": [told(key) for key in journey.keys],
            "codes": [code.reveal() for code in journey.codes],
            "code_hashes": journey.code_hashes,
        }
    )


def read(text: str) -> Journey:
    """Give the journey that was written."""
    kept = json.loads(text)
    app = kept["app"]
    return Journey(
        link=LinkHash(kept["link"]),
        account=AccountId(kept["account"]),
        purpose=LinkPurpose(kept["purpose"]),
        password=Secret(kept["password"]) if kept["password"] else None,
        knows_password=kept["knows_password"],
        by_password=kept["by_password"],
        app=None if app is None else Confirmed(seed=Secret(app[0]), step=app[1]),
        keys=tuple(map(pending_of, kept["keys"])),
        codes=tuple(map(Secret, kept["codes"])),
        code_hashes=tuple(kept["code_hashes"]),
    )

"""The form of a refusal: its words, and the button that leads on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """The button that leads on."""

    NONE = "none"
    SIGN_IN = "sign_in"
    STEP_UP = "step_up"
    OTHER_ACCOUNT = "other_account"
    RETRY = "retry"
    START = "start"
    KEYS = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One refusal in words; with `ask` the page also says whom to ask."""

    title: str
    what: str
    advice: str = ""
    way: Way = Way.NONE
    ask: bool = False

"""Setting up a code app at a terminal: a QR code, the seed in words, and a code to confirm it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import batched
from typing import Final

import click
import segno

from gate.cli.output import say
from gate.core.ports import Clock
from gate.core.secret_text import Secret
from gate.factors import totp
from gate.factors.totp import ClockOff, TotpVerified

GROUP: Final = 4  # characters of a seed that stand together
WHITE_ON_BLACK: Final = "\x1b[97;40m"  # whatever the terminal's colours are
USUAL_COLOURS: Final = "\x1b[0m"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedCodeApp:
    """A seed, and the time step whose code showed that an app has it."""

    seed: Secret
    step: int


def confirmed_code_app(
    clock: Clock, address_of: Callable[[Secret], Secret]
) -> ConfirmedCodeApp | None:
    """Show a new seed and ask for its code until it is right; None when that is skipped."""
    seed = totp.new_secret()
    say("\nScan this with a code app (SHA-1, 6 digits, 30 seconds):\n")
    say(qr_code(address_of(seed)))
    say(f"or type this key: {in_groups(seed)}\n")
    while True:
        code = click.prompt(
            "Code from the app (empty: without)", default="", show_default=False, err=True
        )
        if not code.strip():
            return None
        answer = totp.confirm(seed, code, now=clock.now())
        if isinstance(answer, TotpVerified):
            return ConfirmedCodeApp(seed=seed, step=answer.step)
        say(_why_not(answer))


def qr_code(text: Secret) -> str:
    """Give a QR code of half blocks, light on dark."""
    drawn = io.StringIO()
    segno.make(text.reveal(), error="l", micro=False).terminal(out=drawn, border=2, compact=True)
    lines = drawn.getvalue().rstrip("\n").split("\n")
    return "\n".join(f"{WHITE_ON_BLACK}{line}{USUAL_COLOURS}" for line in lines)


def in_groups(seed: Secret) -> str:
    """Give a seed as people can type it."""
    return " ".join("".join(group) for group in batched(seed.reveal(), GROUP))


def _why_not(answer: object) -> str:
    if isinstance(answer, ClockOff):
        seconds = int(answer.offset.total_seconds())
        side = "ahead" if seconds > 0 else "behind"
        return (
            f"That code is {abs(seconds)} seconds {side}; let device and server set their clocks."
        )
    return "That is not the code of this key; wait for the next one and try again."

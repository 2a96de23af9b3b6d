"""What the pages about addresses say: a list, its lines, its effects, and how its trial stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gate.core.handoff import PREFIX
from gate.core.network import Allowlist, Network
from gate.core.subject import Session, Trial
from gate.service.network_review import Review
from ui.account_page import session_of
from ui.ask import Ask
from ui.words import span

PATH: Final = "account/security/networks"
VERBS: Final = ("is ", "covers ", "reaches ", "has ")  # what a line does, in its own note


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialState:
    """A trial as a page shows it.

    `left` is the time in words; `began_here` says whether this browser began it. `suspended` are
    the browsers that it keeps out meanwhile; `keep_url` is where it is kept.
    """

    id: str
    left: str
    began_here: bool
    keep_url: str
    suspended: tuple[Session, ...]


def trial_state(ask: Ask, trial: Trial | None) -> TrialState | None:
    """Say how a trial stands for whoever asks."""
    if trial is None:
        return None
    session = session_of(ask)
    return TrialState(
        id=trial.id,
        left=span(trial.until - ask.services.clock.now()),
        began_here=trial.session == session.family,
        keep_url=f"{ask.services.public_url}{PREFIX}{PATH}/keep",
        suspended=ask.services.network_trials.suspended(session, trial, ask.visitor),
    )


def text_of(networks: Allowlist | None) -> str:
    """Give a list as it can be typed again, with its notes."""
    entries = networks.entries if networks else ()
    return "\n".join(
        f"{_short(entry.network)}  # {entry.note}" if entry.note else _short(entry.network)
        for entry in entries
    )


def said(line: int, text: str) -> str:
    """Give a note with the line that it is about."""
    ended = text if text.endswith(("?", ".", "!")) else f"{text}."
    if not line:
        return f"{ended[:1].upper()}{ended[1:]}"
    return f"Line {line} {ended}" if text.startswith(VERBS) else f"Line {line}: {ended}"


def verdict_of(review: Review, address: str) -> str:
    """Say whether the visitor's own address is covered."""
    if review.has_errors:
        return f"You are at {address}. Correct what can't be read to see whether it is covered."
    if review.networks is None:
        return f"You are at {address}. The list is empty, so you can sign in from everywhere."
    if review.covers_visitor:
        return f"You are at {address}, which line {review.covered_by} covers."
    return f"You are at {address}, which the list does not cover."


def ends_words(review: Review) -> str:
    """Say what happens to the browsers outside a list."""
    them = "This browser" if len(review.ends) == 1 else "These browsers"
    effect = f"{them} would be kept out at once, and signed out when you keep the list"
    if not review.leaves_none:
        return f"{effect}:"
    return f"{effect}. To keep it you'd have to sign in from one of its addresses:"


def _short(network: Network) -> str:
    whole = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if whole else str(network)

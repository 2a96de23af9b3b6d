"""The person's own address allowlist: review what was typed, save it with proof.

The own list only ever narrows what the policy leaves. A list that does not cover the address the
person comes from needs an explicit confirmation, because it ends the session that saves it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Final

from gate.core.decision import Reason
from gate.core.located import Problems
from gate.core.network import Allowlist, notes, parse_allowlist
from gate.core.policy import Policy
from gate.core.ports import Store
from gate.core.proofs import admits_by_policy
from gate.core.subject import Account, Session
from gate.service.audit import Events
from gate.service.fresh_proof import Change, FreshProof, Given, Unproved
from gate.service.recovered import bar_to_change
from gate.service.sessions import Sessions
from gate.service.visitor import Visitor

MOST_LINES: Final = 200
MOST_TEXT: Final = 16_384  # characters


class Severity(StrEnum):
    """Whether a line keeps the list from being saved."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNote:
    """Something to say about one line of the list; lines count from 1, 0 is the whole list."""

    line: int
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a list would mean.

    `networks` is None when a line is wrong or the list is empty (no restriction); `covered_by` is
    the line that admits the visitor; `ends` are the sessions that the list would cut off.
    """

    notes: tuple[LineNote, ...]
    covers_visitor: bool
    networks: Allowlist | None = None
    covered_by: int | None = None
    ends: tuple[Session, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether the list can't be saved."""
        return any(note.severity is Severity.ERROR for note in self.notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The list is in force; `ended` sessions are over."""

    networks: Allowlist | None
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRefused:
    """Why not: a line is wrong, the own address is not covered, or the proof was not accepted."""

    review: Review
    reason: Reason | None = None
    wait: timedelta | None = None
    needs_confirmation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrict:
    """The use case of the address page."""

    store: Store
    policy: Callable[[], Policy]
    sessions: Sessions
    fresh_proof: FreshProof
    events: Events

    def review(self, account: Account, text: str, visitor: Visitor) -> Review:
        """Say what a typed list means, line by line, without saving it."""
        if error := _too_long(text):
            return _refused_text(error)
        parsed = parse_allowlist(text)
        if isinstance(parsed, Problems):
            lines = tuple(
                LineNote(line=item.at.line, severity=Severity.ERROR, text=item.message)
                for item in parsed.items
            )
            return Review(notes=lines, covers_visitor=False)
        if not parsed.entries:
            return Review(notes=(), covers_visitor=True)
        return self._meaning(account, parsed, visitor)

    def save(
        self, *, session: Session, text: str, proof: Given, visitor: Visitor, confirmed: bool
    ) -> Saved | SaveRefused:
        """Put a list in force; an empty one takes the restriction off."""
        account = session.account
        review = self.review(account, text, visitor)
        if review.has_errors:
            return SaveRefused(review=review)
        if not review.covers_visitor and not confirmed:
            return SaveRefused(review=review, needs_confirmation=True)
        unproved = self._unproved(session, proof, text, visitor)
        if unproved is not None:
            return self._refused(account, review, unproved, visitor)
        with self.store.together():
            if self.store.sessions.find(session.hash) is None:  # somebody ended it meanwhile
                gone = Unproved(reason=Reason.SESSION_ENDED)
                return self._refused(account, review, gone, visitor)
            self.store.accounts.set_networks(account.id, review.networks)
            ended = sum(
                self.store.sessions.end_by_id(account.id, other.id) for other in review.ends
            )
        entries = review.networks.entries if review.networks else ()
        written = [str(entry.network) for entry in entries]
        self.events.note("networks_changed", visitor, account, networks=written)
        return Saved(networks=review.networks, ended=ended)

    def _refused(
        self, account: Account, review: Review, why: Unproved, visitor: Visitor
    ) -> SaveRefused:
        self.events.note("networks_refused", visitor, account, **why.noted)
        return SaveRefused(review=review, reason=why.reason, wait=why.wait)

    def _unproved(
        self, session: Session, proof: Given, text: str, visitor: Visitor
    ) -> Unproved | None:
        if bar := bar_to_change(session):
            return Unproved(reason=bar)
        return self.fresh_proof.strongest(session, proof, change_of(text), visitor)

    def _meaning(self, account: Account, parsed: Allowlist, visitor: Visitor) -> Review:
        said = [*_line_notes(parsed), *self._policy_notes(account, parsed)]
        ends = tuple(
            session
            for session in self.sessions.list(account.id)
            if not parsed.admits(session.address)
        )
        return Review(
            notes=tuple(sorted(said, key=lambda note: note.line)),
            networks=parsed,
            covered_by=parsed.covering_line(visitor.client),
            covers_visitor=parsed.admits(visitor.client),
            ends=ends,
        )

    def _policy_notes(self, account: Account, parsed: Allowlist) -> list[LineNote]:
        """Warn of lines from which the policy admits nobody of this account anyway."""
        policy = self.policy()
        return [
            _warning(entry.line, "the policy of this site does not admit you from here anyway")
            for entry in parsed.entries
            if entry.network.num_addresses == 1
            and not admits_by_policy(policy, account.name, entry.network.network_address)
        ]


def change_of(text: str) -> Change:
    """Give the change that a list would be, as a key's answer is bound to it."""
    return Change(name="networks", parameters={"networks": text})


def _line_notes(parsed: Allowlist) -> list[LineNote]:
    said = [_warning(entry.line, text) for entry in parsed.entries for text in notes(entry.network)]
    said += [
        _warning(entry.line, f"line {outer} already covers this line")
        for index, entry in enumerate(parsed.entries)
        if (outer := _covered_by_earlier(parsed, index))
    ]
    if all(isinstance(network.network_address, IPv4Address) for network in parsed.networks):
        said.append(
            _warning(0, "there is no IPv6 line; a browser that comes by IPv6 will be refused")
        )
    return said


def _covered_by_earlier(parsed: Allowlist, index: int) -> int | None:
    network = parsed.entries[index].network
    for other in parsed.entries[:index]:
        if other.network.version == network.version and network.subnet_of(other.network):  # type: ignore[arg-type]  # both are of one version
            return other.line
    return None


def _warning(line: int, text: str) -> LineNote:
    return LineNote(line=line, severity=Severity.WARNING, text=text)


def _too_long(text: str) -> str | None:
    if len(text) > MOST_TEXT:
        return f"the list has {len(text)} characters; {MOST_TEXT} are the most"
    if (lines := text.count("\n") + 1) > MOST_LINES:
        return f"the list has {lines} lines; {MOST_LINES} are the most"
    return None


def _refused_text(error: str) -> Review:
    note = LineNote(line=0, severity=Severity.ERROR, text=error)
    return Review(notes=(note,), covers_visitor=False)

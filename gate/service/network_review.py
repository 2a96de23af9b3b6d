"""What a typed list of networks would mean for an account, line by line, before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Final

from gate.core.located import Problems
from gate.core.network import WIDE_V4, Allowlist, Network, notes, parse_allowlist
from gate.core.policy import Policy
from gate.core.proofs import admits_by_policy
from gate.core.subject import Account, Session, SessionId
from gate.service.sessions import Sessions
from gate.service.visitor import Visitor

MOST_LINES: Final = 200
MOST_TEXT: Final = 16_384  # characters
ROOMY_V4: Final = 16  # a shorter prefix holds more than any one company's network
HOME_V6: Final = 64  # what one household or office gets, RFC 6177 section 2
_SHARED: Final = IPv4Network("100.64.0.0/10")  # RFC 6598


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
    the line that admits the visitor. `ends` are the browsers that it would keep out while it is
    tried and sign out when it is kept; `leaves_none` says that no signed-in browser would be left.
    """

    notes: tuple[LineNote, ...]
    covers_visitor: bool
    networks: Allowlist | None = None
    covered_by: int | None = None
    ends: tuple[Session, ...] = ()
    leaves_none: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether the list can't be saved."""
        return any(note.severity is Severity.ERROR for note in self.notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReviews:
    """Reviews lists for people; `here` is the browser in which somebody reads the review."""

    policy: Callable[[], Policy]
    sessions: Sessions

    def of(
        self, account: Account, text: str, visitor: Visitor, here: SessionId | None = None
    ) -> Review:
        """Say what a typed list means."""
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
        return self._meaning(account, parsed, visitor, here)

    def outside(
        self, account: Account, networks: Allowlist, visitor: Visitor, here: SessionId | None
    ) -> tuple[Session, ...]:
        """Give the live sessions outside a list; where the reader is, the address of now counts."""
        return tuple(
            session
            for session in self.sessions.list(account.id)
            if not networks.admits(visitor.client if session.id == here else session.address)
        )

    def _meaning(
        self, account: Account, parsed: Allowlist, visitor: Visitor, here: SessionId | None
    ) -> Review:
        said = [*_line_notes(parsed), *self._policy_notes(account, parsed)]
        ends = self.outside(account, parsed, visitor, here)
        return Review(
            notes=tuple(sorted(said, key=lambda note: note.line)),
            networks=parsed,
            covered_by=parsed.covering_line(visitor.client),
            covers_visitor=parsed.admits(visitor.client),
            ends=ends,
            leaves_none=len(ends) == len(self.sessions.list(account.id)),
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


def _line_notes(parsed: Allowlist) -> list[LineNote]:
    said = [
        _warning(entry.line, text)
        for entry in parsed.entries
        for text in (*notes(entry.network), *_advice(entry.network))
    ]
    said += [
        _warning(entry.line, f"line {outer} already covers this line")
        for index, entry in enumerate(parsed.entries)
        if (outer := _covered_by_other(parsed, index))
    ]
    if all(isinstance(network.network_address, IPv4Address) for network in parsed.networks):
        said.append(
            _warning(0, "there is no IPv6 line; a browser that comes by IPv6 will be refused")
        )
    return said


def _advice(network: Network) -> list[str]:
    """Say what people get wrong about networks that are written correctly."""
    if isinstance(network, IPv6Network):
        if network.prefixlen <= HOME_V6 or not network.is_global:
            return []
        whole = network.supernet(new_prefix=HOME_V6)
        return [f"is less than one household has; browsers change theirs daily, so allow {whole}"]
    if network.subnet_of(_SHARED):
        return ["is shared inside a provider's network, the gate most likely sees another address"]
    if network.is_global and WIDE_V4 <= network.prefixlen < ROOMY_V4:
        return [f"is wide, it covers {network.num_addresses:,} addresses"]
    return []


def _covered_by_other(parsed: Allowlist, index: int) -> int | None:
    """Give the line that makes this one superfluous; of two equal ones that is the first."""
    network = parsed.entries[index].network
    for place, other in enumerate(parsed.entries):
        if place == index or other.network.version != network.version:
            continue
        if place > index and other.network == network:
            continue
        if network.subnet_of(other.network):  # type: ignore[arg-type]  # both are of one version
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

"""Verifying the audit: what a crash left out, what was taken away, what was changed (G27).

A chain without its last record in order ended in a crash: what its process had not written yet is
missing, and nothing says that anybody took it. Records missing inside a chain, or at its end while
its head is known to lie further, were taken away; so was a chain whose number is missing. A record
whose code is wrong was changed. Records without a chain are those of a version that knew none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hmac import compare_digest
from itertools import pairwise
from typing import Final

from gate.core.ports import AuditLog, AuditRecord, Chain, ChainPlace
from gate.service.audit_chain import LOG_CLOSED, SEGMENT, chain_code, next_key, record_code

PAGE: Final = 1000  # records that are read at once
MOST_SEGMENTS: Final = 1_000_000  # a wider gap is no gap but a number that somebody made up

type KeyOf = Callable[[Chain], bytes | None]


class Flaw(StrEnum):
    """What is wrong with a chain."""

    CRASH_GAP = "crash_gap"
    DROP = "drop"
    EDIT = "edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, in words; `record` is the id of a record that shows it."""

    flaw: Flaw
    words: str
    chain: str = ""
    process: str = ""
    record: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was looked at and what is wrong with it, in the order of the log."""

    records: int
    chains: int
    unchained: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Say whether nothing was taken away or changed; a crash is neither."""
        return all(finding.flaw is Flaw.CRASH_GAP for finding in self.findings)


def verify(audit_log: AuditLog, key_of: KeyOf, anchored: Sequence[ChainPlace] = ()) -> Verdict:
    """Verify every record of a log; `anchored` are heads that were kept elsewhere."""
    heads = _furthest([*audit_log.heads(), *anchored])  # read first: a running gate goes on
    return _Verification(heads, key_of).of(audit_log)


def _furthest(heads: Sequence[ChainPlace]) -> Mapping[str, list[ChainPlace]]:
    by_chain: dict[str, list[ChainPlace]] = {}
    for head in heads:
        by_chain.setdefault(head.chain, []).append(head)
    return by_chain


@dataclass(slots=True)
class _Walk:
    """One chain while its records are read in order."""

    chain: Chain
    key: bytes | None  # None: not known, so that only numbers are checked
    before: str | None  # the code in front of the next record; None: behind a gap
    heads: Mapping[int, str]
    number: int = 0
    closed: bool = False
    findings: list[Finding] = field(default_factory=list[Finding])

    def step(self, record: AuditRecord, place: ChainPlace) -> None:
        """Take the next record."""
        if place.number <= self.number:
            self.found(Flaw.EDIT, f"record {place.number} stands where it does not belong", record)
            return
        self._skip_to(place.number, record)
        self._check_code(record, place)
        if not _same(self.heads.get(place.number, place.code), place.code):
            self.found(Flaw.EDIT, f"record {place.number} is not the one that was noted", record)
        self.number, self.before = place.number, place.code
        self.closed = record.kind == LOG_CLOSED
        if self.number % SEGMENT == 0:
            self._ratchet()

    def _skip_to(self, number: int, record: AuditRecord) -> None:
        """Go on behind a gap, under the key of its other side."""
        missing = range(self.number + 1, number)
        if not missing:
            return
        self.found(Flaw.DROP, f"{_numbers('record', missing)} missing", record)
        self.before = None
        segments = (number - 1) // SEGMENT - self.number // SEGMENT
        if segments > MOST_SEGMENTS:
            self.key = None
        for _ in range(min(segments, MOST_SEGMENTS)):
            self._ratchet()

    def _ratchet(self) -> None:
        if self.key is not None:
            self.key = next_key(self.key)

    def _check_code(self, record: AuditRecord, place: ChainPlace) -> None:
        if self.key is None or self.before is None:
            return
        if not _same(record_code(self.key, self.before, record), place.code):
            self.found(Flaw.EDIT, f"record {place.number} was changed", record)

    def end(self, *, followed: bool) -> None:
        """Say what is missing at the end; `followed`: the process has begun again since."""
        furthest = max(self.heads, default=0)
        if furthest > self.number:
            missing = range(self.number + 1, furthest + 1)
            self.found(Flaw.DROP, f"{_numbers('record', missing)} missing at the end")
        elif not self.closed and followed:
            words = f"ended in a crash behind record {self.number}; the last moments are missing"
            self.found(Flaw.CRASH_GAP, words)

    def found(self, flaw: Flaw, words: str, record: AuditRecord | None = None) -> None:
        """Note what is wrong."""
        self.findings.append(
            Finding(
                flaw=flaw,
                words=words,
                chain=self.chain.id,
                process=self.chain.process,
                record=None if record is None else record.id,
            )
        )


class _Verification:
    """All chains of a log while it is read."""

    def __init__(self, heads: Mapping[str, list[ChainPlace]], key_of: KeyOf) -> None:
        self._heads = heads
        self._key_of = key_of
        self._walks: dict[str, _Walk] = {}
        self._findings: list[Finding] = []
        self._unchained = 0
        self._chained = False

    def of(self, audit_log: AuditLog) -> Verdict:
        """Read the log and say what is wrong with it."""
        count = 0
        for record in all_records(audit_log):
            count += 1
            self._take(record, audit_log)
        chains = self._learn(audit_log)
        self._check_numbers(chains)
        last = {chain.process: chain.number for chain in chains}
        for walk in self._walks.values():
            walk.end(followed=last[walk.chain.process] > walk.chain.number)
            self._findings.extend(walk.findings)
        for chain in self._heads.keys() - self._walks.keys():
            self._found(Flaw.DROP, "a chain that was noted is gone", chain=chain)
        return Verdict(
            records=count,
            chains=len(chains),
            unchained=self._unchained,
            findings=tuple(self._findings),
        )

    def _take(self, record: AuditRecord, audit_log: AuditLog) -> None:
        place = record.place
        if place is None:
            self._unchained += 1
            if self._chained:
                self._found(Flaw.EDIT, "a record has no chain", record=record.id)
            return
        self._chained = True
        if place.chain not in self._walks:
            self._learn(audit_log)
        walk = self._walks.get(place.chain)
        if walk is None:
            self._found(Flaw.EDIT, "a chain never began", chain=place.chain, record=record.id)
        else:
            walk.step(record, place)

    def _learn(self, audit_log: AuditLog) -> Sequence[Chain]:
        """Take in the chains that have begun by now."""
        chains = audit_log.chains()
        for chain in chains:
            if chain.id not in self._walks:
                self._walks[chain.id] = self._begun(chain)
        return chains

    def _begun(self, chain: Chain) -> _Walk:
        key = self._key_of(chain)
        noted = {head.number: head.code for head in self._heads.get(chain.id, ())}
        if key is None:
            self._found(Flaw.EDIT, "its key is not there", chain=chain.id)
        elif not _same(chain_code(key, chain), chain.code):
            self._found(Flaw.EDIT, "its beginning was changed", chain=chain.id)
        return _Walk(chain, None if key is None else next_key(key), chain.code, noted)

    def _check_numbers(self, chains: Sequence[Chain]) -> None:
        numbers = sorted(chain.number for chain in chains)
        for before, number in pairwise([0, *numbers]):
            if missing := range(before + 1, number):
                self._found(Flaw.DROP, f"{_numbers('chain number', missing)} gone")

    def _found(self, flaw: Flaw, words: str, *, chain: str = "", record: int | None = None) -> None:
        self._findings.append(Finding(flaw=flaw, words=words, chain=chain, record=record))


def all_records(audit_log: AuditLog, after: int = 0) -> Iterator[AuditRecord]:
    """Give every record behind an id, the oldest first, without holding them all."""
    while page := audit_log.in_order(after=after, most=PAGE):
        yield from page
        after = page[-1].id or after + PAGE


def _same(code: str, other: str) -> bool:
    """Compare codes, of which one may be any text."""
    return compare_digest(code.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _numbers(what: str, missing: range) -> str:
    if len(missing) == 1:
        return f"{what} {missing[0]} is"
    return f"{what}s {missing[0]} to {missing[-1]} are"

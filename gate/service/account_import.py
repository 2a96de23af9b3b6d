"""Importing accounts: all of a file or nothing, with every problem by its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gate.core.ports import AuditRecord, Clock
from gate.core.subject import Account
from gate.service.account_file import AccountLine, LineProblem
from gate.service.accounts import Accounts, NewAccount, Refused
from gate.service.audit import Audit, Events
from gate.service.names import folded_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file; `weak` passwords were easy to guess and were taken nevertheless."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    weak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountImport:
    """The use case of `gate account import`."""

    accounts: Accounts

    def __call__(
        self, lines: Iterable[AccountLine | LineProblem], *, update: bool
    ) -> Imported | tuple[LineProblem, ...]:
        """Import every account, or give the problems of every line and change nothing."""
        read = tuple(lines)
        existing = {account.name: account for account in self.accounts.store.accounts.all()}
        problems = [each for each in read if isinstance(each, LineProblem)]
        wanted = [each for each in read if isinstance(each, AccountLine)]
        problems += _Check(accounts=self.accounts, existing=existing, update=update).of(wanted)
        if problems:
            return tuple(sorted(problems, key=lambda each: each.line))
        return self._apply([each.account for each in wanted], existing)

    def _apply(
        self, wanted: Sequence[NewAccount], existing: Mapping[str, Account]
    ) -> Imported | tuple[LineProblem, ...]:
        weak = sum(bool(self.accounts.weaknesses(new)) for new in wanted)
        hashed = [self.accounts.hashed(new) for new in wanted]  # dear, so before others wait
        noted = _Noted()
        accounts = replace(self.accounts, events=noted.events(self.accounts.clock))
        known = [existing.get(folded_name(new.name) or "") for new in hashed]
        try:
            with self.accounts.store.together():
                for new, account in zip(hashed, known, strict=True):
                    _put(accounts, new, account)
        except _NotTakenError as error:
            return (LineProblem(line=0, message=str(error)),)
        self.accounts.events.audit.record(*noted.records)
        names = [folded_name(new.name) or "" for new in hashed]
        return Imported(
            added=tuple(name for name, account in zip(names, known, strict=True) if not account),
            updated=tuple(name for name, account in zip(names, known, strict=True) if account),
            weak=weak,
        )


class _NotTakenError(Exception):
    """An account that was free when it was looked at was taken meanwhile."""


def _put(accounts: Accounts, new: NewAccount, account: Account | None) -> None:
    done = accounts.put_new(new) if account is None else accounts.put_update(account, new)
    if isinstance(done, Refused):
        raise _NotTakenError(done.message)


@dataclass(slots=True)
class _Noted:
    """Collects events, so that they are written at once and only when the accounts are there."""

    records: list[AuditRecord] = field(default_factory=list[AuditRecord])

    def append(self, records: Sequence[AuditRecord]) -> None:
        self.records.extend(records)

    def events(self, clock: Clock) -> Events:
        return Events(audit=Audit(self, required=True), clock=clock)


@dataclass(slots=True, kw_only=True)
class _Check:
    """What keeps the lines of one file from being imported."""

    accounts: Accounts
    existing: Mapping[str, Account]
    update: bool
    _names: dict[str, int] = field(default_factory=dict[str, int])
    _emails: dict[str, str] = field(default_factory=dict[str, str])

    def of(self, wanted: Sequence[AccountLine]) -> Iterator[LineProblem]:
        changed = {folded_name(each.account.name) for each in wanted if each.account.email}
        for name, account in self.existing.items():
            if account.email and name not in changed:
                self._emails[account.email.lower()] = name
        for each in wanted:
            if message := self._message(each):
                yield LineProblem(line=each.line, message=message)

    def _message(self, each: AccountLine) -> str | None:
        if message := self.accounts.problems_of(each.account):
            return message
        name = folded_name(each.account.name) or ""
        if (first := self._names.setdefault(name, each.line)) != each.line:
            return f"`{name}` stands on line {first} already; delete one of them"
        if name in self.existing and not self.update:
            return f"`{name}` exists; give --update to replace what the file says of it"
        email = (each.account.email or "").lower()
        if email and (owner := self._emails.setdefault(email, name)) != name:
            return f"`{email}` belongs to `{owner}`; give each account its own"
        return None

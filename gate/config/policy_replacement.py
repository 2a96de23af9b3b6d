"""Replacing the files of a policy folder: all of them or none, whenever it is cut short (F2).

The new files are complete on disk before a plan names them; the plan comes into the folder by one
rename, and from then on the new text is what the folder says. Renames follow, and the plan goes.
Who finds a plan carries it out first, as the next reader of a database does with its journal.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from gate.config.key_file import sync_folder
from gate.core.ports import PolicyText

SUFFIX: Final = ".yaml"
PLAN: Final = ".gate-publish"
DRAFT: Final = ".draft-"  # followed by 16 hex digits
FORGOTTEN: Final = 3600.0  # seconds after which nobody is writing a draft any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which draft takes the place of which file, and which files go."""

    drafts: Mapping[str, str]  # the draft by the name of its file
    removed: tuple[str, ...]

    def to_text(self) -> str:
        """Give the plan as it lies in the folder."""
        return json.dumps({"drafts": dict(self.drafts), "removed": list(self.removed)})


def planned(folder: Path) -> Plan | None:
    """Give the plan that is in a folder; OSError when it can't be read or is none."""
    try:
        text = (folder / PLAN).read_bytes()
    except FileNotFoundError:
        return None
    try:
        read = json.loads(text)
        drafts = {_inside(name): _inside(draft) for name, draft in read["drafts"].items()}
        return Plan(drafts=drafts, removed=tuple(map(_inside, read["removed"])))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise OSError(errno.EINVAL, f"`{PLAN}` is no plan of the gate's") from None


def _inside(name: str) -> str:
    """Give a name that stays in the folder; ValueError when it is none."""
    if Path(name).name != name:
        raise ValueError(name)
    return name


def files_of(folder: Path) -> dict[str, Path]:
    """Give where the content of each file is, by names, a plan that is not carried out included."""
    shown = {each.name: each for each in folder.iterdir() if not each.name.startswith(".")}
    plan = planned(folder)
    if plan is None:
        return shown
    drafts = {name: folder / draft for name, draft in plan.drafts.items()}
    ready = {name: draft for name, draft in drafts.items() if draft.exists()}
    kept = {name: each for name, each in shown.items() if name not in plan.removed}
    return kept | ready


def finish(folder: Path) -> None:
    """Carry out what a replacement that was cut short has left to do; OSError when it can't be."""
    if (folder / PLAN).exists():
        with folder_lock(folder, fcntl.LOCK_EX):
            _carry_out(folder)


def _carry_out(folder: Path) -> None:
    plan = planned(folder)
    if plan is None:  # somebody else did
        return
    for name, draft in plan.drafts.items():
        with contextlib.suppress(FileNotFoundError):  # it is in its place already
            (folder / draft).replace(folder / name)
    for name in plan.removed:
        (folder / name).unlink(missing_ok=True)
    sync_folder(folder)
    (folder / PLAN).unlink()
    sync_folder(folder)


@contextmanager
def folder_lock(folder: Path, kind: int) -> Iterator[None]:
    """Keep readers and a writer of the gate's apart, so that nobody reads half of a text."""
    descriptor = _locked(folder, kind)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(folder: Path, kind: int) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with contextlib.suppress(OSError):  # some network file systems have no locks
        fcntl.flock(descriptor, kind)
    return descriptor


# --- writing -------------------------------------------------------------------------------


@dataclass(slots=True)
class Staged:
    """A text that is complete on disk beside the files that it will replace.

    It keeps the folder's lock until the end of its `with`, which takes away what was not committed.
    """

    folder: Path
    _lock: int
    _drafts: dict[str, Path] = field(default_factory=dict[str, Path])
    _plan: Path | None = None

    def __enter__(self) -> Self:
        """Lend it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let others at the folder."""
        self.abandon()

    def commit(self) -> None:
        """Make it the folder's text; OSError when it did not become that.

        What can't be put in its place now is put there by who reads the folder next.
        """
        if self._plan is None:
            raise ValueError("nothing is staged")
        self._plan.replace(self.folder / PLAN)
        self._plan = None
        self._drafts.clear()
        sync_folder(self.folder)
        with contextlib.suppress(OSError):
            _carry_out(self.folder)

    def abandon(self) -> None:
        """Take the drafts away again, and let others at the folder."""
        left = [*self._drafts.values(), *([] if self._plan is None else [self._plan])]
        self._drafts.clear()
        self._plan = None
        for draft in left:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def write(self, text: PolicyText) -> None:
        """Write the drafts and the plan; OSError when they can't be."""
        for name, body in text.files:
            file = self.folder / Path(name).name
            self._drafts[file.name] = draft = _new_draft(self.folder)
            _write_synced(draft, body, _mode_of(file))
        present = self.folder.glob(f"*{SUFFIX}")
        gone = {file.name for file in present if not file.name.startswith(".")}
        plan = Plan(
            drafts={name: draft.name for name, draft in self._drafts.items()},
            removed=tuple(sorted(gone - self._drafts.keys())),
        )
        self._plan = _new_draft(self.folder)
        _write_synced(self._plan, plan.to_text(), 0o644)
        _drop_forgotten(self._plan)
        sync_folder(self.folder)


def stage(folder: Path, text: PolicyText) -> Staged:
    """Write a text beside the folder's files; OSError when the folder can't be written."""
    staged = Staged(folder, _locked(folder, fcntl.LOCK_EX))
    with ExitStack() as undoing:
        undoing.callback(staged.abandon)
        _carry_out(folder)
        staged.write(text)
        undoing.pop_all()
    return staged


def _new_draft(folder: Path) -> Path:
    return folder / f"{DRAFT}{secrets.token_hex(8)}"


def _drop_forgotten(new: Path) -> None:
    """Take away drafts of replacements that were killed: those much older than a new one."""
    now = new.stat().st_mtime
    for draft in new.parent.glob(f"{DRAFT}*"):
        if draft.stat().st_mtime < now - FORGOTTEN:
            draft.unlink()


def _mode_of(file: Path) -> int:
    """Give the mode of the file that is replaced."""
    return file.stat().st_mode & 0o777 if file.exists() else 0o644


def _write_synced(draft: Path, body: str, mode: int) -> None:
    """Write a file that has reached the disk."""
    with draft.open("xb") as opened:
        os.fchmod(opened.fileno(), mode)
        opened.write(body.encode("utf-8"))
        opened.flush()
        os.fsync(opened.fileno())

"""The policy folder: read whole, written whole, watched.

Only `*.yaml` directly in it is the policy; what looks like one and would be left out is a problem.
A text that is written replaces every such file: each new file is complete on disk before the
first one is renamed.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import watchfiles

from gate.config.yaml_nodes import LARGEST
from gate.core.located import Location, Problem, Problems
from gate.core.ports import PolicyText

SUFFIX: Final = ".yaml"
LIKE_ONE: Final = frozenset({".yml", ".YAML", ".YML", ".json"})
MOST_FILES: Final = 1000
SETTLE: Final = 200  # milliseconds without a further change, so that a save is read once
LOOK_AGAIN: Final = 10_000  # milliseconds; network file systems may tell nothing


def read_folder(folder: Path) -> PolicyText | Problems:
    """Give the files of a folder, sorted by name, or why they can't be read."""
    try:
        with _lock(folder, fcntl.LOCK_SH):
            shown = [each for each in folder.iterdir() if not each.name.startswith(".")]
            return _read_entries(sorted(shown))
    except OSError as error:
        return _unreadable(folder.name, error)


def _read_entries(entries: Sequence[Path]) -> PolicyText | Problems:
    left_out = [each for each in entries if each.suffix in LIKE_ONE and each.name != "schema.json"]
    if left_out:
        return Problems(items=tuple(_left_out(each) for each in left_out))
    return read_files([each for each in entries if each.suffix == SUFFIX])


def read_files(files: Iterable[Path]) -> PolicyText | Problems:
    """Give some files by their names, or why they can't be read."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        text = _read_file(file)
        if isinstance(text, Problem):
            problems.append(text)
        elif file.name in texts:
            problems.append(_problem(file.name, "two files have this name; rename one of them"))
        else:
            texts[file.name] = text
    if len(texts) > MOST_FILES:
        problems.append(_problem(SUFFIX, f"more than {MOST_FILES} files; put sites together"))
    if problems:
        return Problems(items=tuple(problems))
    return PolicyText(files=tuple(sorted(texts.items())))


def _read_file(file: Path) -> str | Problem:
    try:
        with file.open("rb") as opened:
            content = opened.read(4 * LARGEST + 1)  # a character takes up to four bytes
    except OSError as error:
        return _unreadable(file.name, error).items[0]
    if len(content) > 4 * LARGEST:
        return _problem(file.name, f"the file is longer than {LARGEST} characters; split it")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        at = Location(file=file.name, line=line, column=column)
        return Problem(at=at, message="this is no UTF-8 text; save the file as UTF-8")


def _left_out(file: Path) -> Problem:
    return _problem(file.name, f"this file would be left out; rename it to `{file.stem}{SUFFIX}`")


def _unreadable(name: str, error: OSError) -> Problems:
    why = error.strerror or "unknown reason"
    return Problems(items=(_problem(name, f"can't be read: {why}; check path and rights"),))


def _problem(name: str, message: str) -> Problem:
    return Problem(at=Location(file=name, line=1, column=1), message=message)


@contextmanager
def _lock(folder: Path, kind: int) -> Iterator[None]:
    """Keep readers and a writer of the gate's apart, so that nobody reads half of a text."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # some network file systems have no locks
            fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


# --- writing -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A text that is complete on disk beside the files that it will replace."""

    folder: Path
    drafts: tuple[tuple[Path, Path], ...]  # the draft and the file that it becomes

    def commit(self) -> None:
        """Put the files in place, and take away those that the text does not have."""
        kept = {file for _, file in self.drafts}
        with _lock(self.folder, fcntl.LOCK_EX):
            for draft, file in self.drafts:
                draft.replace(file)
            for file in self.folder.glob(f"*{SUFFIX}"):
                if file not in kept and not file.name.startswith("."):
                    file.unlink()
            _sync_folder(self.folder)

    def abandon(self) -> None:
        """Take the drafts away again."""
        for draft, _ in self.drafts:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)


def stage(folder: Path, text: PolicyText) -> Staged:
    """Write a text beside the folder's files; OSError when the folder can't be written."""
    drafts: list[tuple[Path, Path]] = []
    staged = Staged(folder=folder, drafts=())
    try:
        for name, body in text.files:
            file = folder / Path(name).name
            draft = folder / f".{file.name}.{secrets.token_hex(8)}"
            drafts.append((draft, file))
            staged = Staged(folder=folder, drafts=tuple(drafts))
            _write_synced(draft, body, file)
    except OSError:
        staged.abandon()
        raise
    return staged


def _write_synced(draft: Path, body: str, replaced: Path) -> None:
    """Write a file that has reached the disk, with the mode of the file that it replaces."""
    mode = replaced.stat().st_mode & 0o777 if replaced.exists() else 0o644
    with draft.open("xb") as opened:
        os.fchmod(opened.fileno(), mode)
        opened.write(body.encode("utf-8"))
        opened.flush()
        os.fsync(opened.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- watching ------------------------------------------------------------------------------


async def watch_folder(
    folder: Path, stop: asyncio.Event, look_again: int = LOOK_AGAIN
) -> AsyncIterator[None]:
    """Yield at once and whenever the folder has changed, until `stop` is set.

    The folder is watched and not its files, so that renames, links and new files count. Where the
    system tells nothing, and while the folder is not there, it is looked at now and then.
    """
    seen = _fingerprint(folder)
    yield  # what changed since the folder was read last
    while not stop.is_set():
        async for told in _told(folder, stop, look_again):
            now = _fingerprint(folder)
            if told or now != seen:
                yield
            seen = now


async def _told(folder: Path, stop: asyncio.Event, look_again: int) -> AsyncIterator[bool]:
    """Yield true when the system says that something changed, false now and then."""
    try:
        async for changes in watchfiles.awatch(
            folder,
            watch_filter=None,
            debounce=SETTLE * 4,
            step=SETTLE,
            stop_event=stop,
            rust_timeout=look_again,
            yield_on_timeout=True,
            recursive=False,
        ):
            yield bool(changes)
    except OSError:
        await _pause(stop, look_again)
        yield False


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int, int], ...] | None:
    """Give what changes with the files; None while they can't be looked at."""
    try:
        found = [(file, file.stat()) for file in sorted(folder.glob(f"*{SUFFIX}"))]
    except OSError:
        return None
    return tuple((file.name, each.st_mtime_ns, each.st_size, each.st_ino) for file, each in found)


async def _pause(stop: asyncio.Event, milliseconds: int) -> None:
    try:
        async with asyncio.timeout(milliseconds / 1000):
            await stop.wait()
    except TimeoutError:
        return

"""The policy folder: read whole, and watched.

Only `*.yaml` directly in it is the policy; what looks like one and would be left out is a problem.
How a text replaces all such files is `policy_replacement`'s.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Final

import watchfiles

from gate.config.policy_replacement import SUFFIX, files_of, finish, folder_lock
from gate.config.yaml_nodes import LARGEST
from gate.core.located import Location, Problem, Problems
from gate.core.ports import PolicyText

LIKE_ONE: Final = frozenset({".yml", ".YAML", ".YML", ".json"})
MOST_FILES: Final = 1000
SETTLE: Final = 200  # milliseconds without a further change, so that a save is read once
LOOK_AGAIN: Final = 10_000  # milliseconds; network file systems may tell nothing


def read_folder(folder: Path) -> PolicyText | Problems:
    """Give the files of a folder, sorted by name, or why they can't be read."""
    with contextlib.suppress(OSError):  # who may only read it finds the text all the same
        finish(folder)
    try:
        with folder_lock(folder, fcntl.LOCK_SH):
            return _read_entries(files_of(folder))
    except OSError as error:
        return _unreadable(folder.name, error)


def _read_entries(entries: Mapping[str, Path]) -> PolicyText | Problems:
    names = [Path(name) for name in sorted(entries)]
    left_out = [each for each in names if each.suffix in LIKE_ONE and each.name != "schema.json"]
    if left_out:
        return Problems(items=tuple(_left_out(each) for each in left_out))
    return _read_all((each.name, entries[each.name]) for each in names if each.suffix == SUFFIX)


def read_files(files: Iterable[Path]) -> PolicyText | Problems:
    """Give some files by their names, or why they can't be read."""
    return _read_all((file.name, file) for file in files)


def _read_all(named: Iterable[tuple[str, Path]]) -> PolicyText | Problems:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, file in named:
        text = _read_file(name, file)
        if isinstance(text, Problem):
            problems.append(text)
        elif name in texts:
            problems.append(_problem(name, "two files have this name; rename one of them"))
        else:
            texts[name] = text
    if len(texts) > MOST_FILES:
        problems.append(_problem(SUFFIX, f"more than {MOST_FILES} files; put sites together"))
    if problems:
        return Problems(items=tuple(problems))
    return PolicyText(files=tuple(sorted(texts.items())))


def _read_file(name: str, file: Path) -> str | Problem:
    try:
        with file.open("rb") as opened:
            content = opened.read(4 * LARGEST + 1)  # a character takes up to four bytes
    except OSError as error:
        return _unreadable(name, error).items[0]
    if len(content) > 4 * LARGEST:
        return _problem(name, f"the file is longer than {LARGEST} characters; split it")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        at = Location(file=name, line=line, column=column)
        return Problem(at=at, message="this is no UTF-8 text; save the file as UTF-8")


def _left_out(file: Path) -> Problem:
    return _problem(file.name, f"this file would be left out; rename it to `{file.stem}{SUFFIX}`")


def _unreadable(name: str, error: OSError) -> Problems:
    why = error.strerror or "unknown reason"
    return Problems(items=(_problem(name, f"can't be read: {why}; check path and rights"),))


def _problem(name: str, message: str) -> Problem:
    return Problem(at=Location(file=name, line=1, column=1), message=message)


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

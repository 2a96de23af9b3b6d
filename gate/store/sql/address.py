"""Where a store lives: two SQLite files beside each other, or one PostgreSQL database.

`sqlite:///PATH` names the file on which decisions depend; what no decision depends on lies beside
it in `NAME-live.SUFFIX`, so that its writes never make a process look at its caches (G2).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from gate.core.errors import SettingsError, StoreUnavailable

type FileIdentity = tuple[int, int]  # device and inode: changes when a file is put in its place


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFile:
    """One database file."""

    name: str  # absolute

    @property
    def path(self) -> Path:
        """Give the name as a path."""
        return Path(self.name)

    def exists(self) -> bool:
        """Say whether the file is there."""
        return self.path.exists()

    def store_url(self) -> str:
        """Give the setting `state` that names the file, whatever its folders are called."""
        return f"sqlite:///{quote(self.name)}"

    def identity(self) -> FileIdentity:
        """Give which file stands there now; one that is gone can't be used, nor is it made anew."""
        try:
            found = os.stat(self.name)  # noqa: PTH116 - each request asks; a Path doubles its time
        except OSError as error:
            reason = error.strerror
            raise StoreUnavailable(f"the database `{self.name}` can't be used: {reason}") from None
        return found.st_dev, found.st_ino

    def uri(self) -> str:
        """Give the name by which SQLite opens the file and never creates it."""
        return f"{self.path.as_uri()}?mode=rw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A database on a PostgreSQL server; the address holds its password."""

    url: str = field(repr=False)

    def exists(self) -> bool:
        """Say that a server's database is made by its operator."""
        return True


type Place = SqliteFile | Server


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAddress:
    """The places of what decisions depend on and of what they don't."""

    main: Place
    live: Place


def parse_address(url: str) -> StoreAddress:
    """Give the places that a setting `state` names."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _refused() from None
    if parsed.get_backend_name() == "postgresql":
        server = Server(url=parsed.render_as_string(hide_password=False))
        return StoreAddress(main=server, live=server)
    if parsed.drivername != "sqlite" or parsed.host or not parsed.database or parsed.query:
        raise _refused()
    main = Path(parsed.database).absolute()
    live = main.with_name(f"{main.stem}-live{main.suffix}")
    return StoreAddress(main=SqliteFile(name=str(main)), live=SqliteFile(name=str(live)))


def _refused() -> SettingsError:
    return SettingsError(
        "`state` names no store; write sqlite:///PATH/gate.db or postgresql://USER@HOST/NAME"
    )

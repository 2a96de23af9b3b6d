"""`gate backup FILE`: the store as it is at one moment, while the gate serves (G26, F22).

The master key is not in it, unless it is asked for and locked under a passphrase: whoever finds
the file then still can't open what is sealed.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, Final

import click

from gate.cli.compose import World, open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import result, say
from gate.cli.passphrases import new_passphrase, passphrase_option
from gate.config.key_file import master_key_held
from gate.config.passphrase import lock
from gate.config.secret import Purpose
from gate.core.errors import StoreUnavailable
from gate.core.secret_text import Secret
from gate.store.archive import Manifest, digest_of, write_archive
from gate.store.backup import DATABASES, copy_databases

LOCKED_KEY: Final = "master.key.locked"
WORK: Final = ".gate-backup."  # how the folder's name begins in which one is put together


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--with-key", is_flag=True, help="Put the master key in, under a passphrase.")
@passphrase_option
@settings_options
def backup(*, file: Path, with_key: bool, **options: Any) -> None:
    """Write the store to a new file."""
    settings = settings_from(options)
    passphrase = new_passphrase(from_input=options["passphrase_stdin"]) if with_key else None
    with master_key_held(settings.key_file, shared=True), open_world(settings) as world:
        if len(world.keyring.by_id) > 1:
            raise StoreUnavailable("the master key is being rotated; end that: gate rotate-key")
        size = _written(world, file, passphrase)
        world.events.note_from_terminal("backup_made", "", {"with_key": with_key})
    value = {"file": str(file), "bytes": size, "with_key": with_key}
    result(value, [f"`{file}` holds the store, {size} bytes"], as_json=options["as_json"])
    if not with_key:
        say(f"the master key is not in it; keep a copy of `{settings.key_file}` elsewhere")


def _written(world: World, file: Path, passphrase: Secret | None) -> int:
    with _beside(file) as work:
        copy_databases(world.settings.state.reveal(), work)
        names = list(DATABASES)
        if passphrase is not None:
            (work / LOCKED_KEY).write_bytes(lock(world.keyring.to_text(), passphrase))
            names.append(LOCKED_KEY)
        manifest = Manifest(
            made_at=world.clock.now(),
            key_id=world.keyring.current_id,
            files={name: digest_of(work / name) for name in names},
        )
        return write_archive(file, manifest.signed(_signing(world)), work)


def _signing(world: World) -> bytes:
    return world.keyring.derive(Purpose.BACKUP).current


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Lend a folder of the owner where the file is to be; those of killed backups go."""
    with ExitStack() as ending:
        try:
            _drop_left(file.parent)
            work = Path(ending.enter_context(TemporaryDirectory(dir=file.parent, prefix=WORK)))
            ending.enter_context(_held(work))
            work.stat()  # another backup may have taken it for a killed one's just before
        except OSError as error:
            raise StoreUnavailable(f"`{file}` can't be written: {error.strerror}") from None
        yield work


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Have a folder for oneself, as long as this process lives; OSError when somebody else has."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _drop_left(folder: Path) -> None:
    """Take away what killed backups left: what nobody holds."""
    for left in folder.glob(f"{WORK}*"):
        with suppress(OSError), _held(left):
            rmtree(left)

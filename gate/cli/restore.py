"""`gate restore FILE`: a backup in the store's place (G26, F22).

Nothing comes back that could have been ended or used since: sessions, links, recovery codes,
one-time values and known browsers are dropped, and no code is accepted that was valid before. A
gate that serves keeps the command from doing anything; a store that is there is put aside.
"""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, Final

import click

from gate.cli.backup import LOCKED_KEY
from gate.cli.compose import open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import result, say
from gate.cli.passphrases import given_passphrase, passphrase_option
from gate.config.key_file import replace_master_key
from gate.config.passphrase import unlock
from gate.config.secret import (
    Keyring,
    Purpose,
    Sealer,
    load_master_key,
    parse_keyring,
)
from gate.config.settings import Settings
from gate.core.errors import MasterKeyMissing, StoreCorrupt, StoreUnavailable
from gate.factors.totp import DRIFT, step_at
from gate.store.archive import Manifest, unpack
from gate.store.backup import DATABASES, MAIN, sqlite_files
from gate.store.clock import SystemClock
from gate.store.restoring import make_safe, put_in_place
from gate.store.serving import alone
from gate.store.sql import open_store
from gate.store.sql.address import SqliteFile
from gate.store.sql.migrate import upgrade

WORK: Final = ".restore."  # what the folder's name begins with in which a backup is unpacked


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put the store that is there aside.")
@passphrase_option
@settings_options
def restore(*, file: Path, replace: bool, **options: Any) -> None:
    """Put a backup in the place of the store; stop the gate before."""
    settings = settings_from(options)
    url = settings.state.reveal()
    main, _ = sqlite_files(url)
    with alone(url) as nobody_serves:
        if not nobody_serves:
            raise StoreUnavailable("a gate serves from this store; stop it first")
        if main.exists() and not replace:
            raise StoreUnavailable(f"`{main.path}` is there already; --replace puts it aside")
        for left in main.path.parent.glob(f"{WORK}*"):  # of a restore that was killed
            rmtree(left)
        with TemporaryDirectory(dir=main.path.parent, prefix=WORK) as work:
            manifest = _prepared(file, Path(work), settings, options)
            aside = main.path.with_name(f"before-restore-{SystemClock().now():%Y%m%dT%H%M%SZ}")
            put_in_place(url, Path(work), aside)
    made_at = manifest.made_at.isoformat(timespec="seconds")
    with open_world(settings) as world:
        world.events.note_from_terminal("store_restored", "", {"made_at": made_at})
    kept = str(aside) if aside.exists() else None
    lines = [f"the store is that of {made_at}; everybody signs in anew"]
    result({"made_at": made_at, "aside": kept}, lines, as_json=options["as_json"])
    say("recovery codes and links of before are void; a code app works again after a minute")


def _prepared(file: Path, work: Path, settings: Settings, options: Any) -> Manifest:
    """Unpack a backup, see that it is whole, and make it safe."""
    manifest = unpack(file, work, (*DATABASES, LOCKED_KEY))
    if not set(DATABASES) <= manifest.files.keys():
        raise StoreCorrupt(f"`{file}` holds no store")
    keyring = _keyring(work, manifest, settings, options)
    if not manifest.is_signed(keyring.derive(Purpose.BACKUP).by_id[manifest.key_id]):
        raise StoreCorrupt(f"`{file}` was changed since it was made")
    url = SqliteFile(name=str(work / MAIN)).store_url()
    upgrade(url)
    now = SystemClock().now()
    make_safe(url, least_step=step_at(now) + DRIFT)
    open_store(url, Sealer(keys=keyring.derive(Purpose.SEALING))).close()
    if not settings.key_file.exists():
        replace_master_key(settings.key_file, keyring)
    return manifest


def _keyring(work: Path, manifest: Manifest, settings: Settings, options: Any) -> Keyring:
    """Give the master key that the backup was made under: the file's, else the backup's own."""
    path = settings.key_file
    if path.exists():
        keyring = load_master_key(path)
        if not keyring.holds(manifest.key_id):
            raise MasterKeyMissing(
                f"the backup was made under another master key than `{path}`; "
                "put that key file there, or move this one away when the backup holds its own"
            )
        return keyring
    if LOCKED_KEY not in manifest.files:
        raise MasterKeyMissing(f"the backup holds no master key; put its key file at `{path}`")
    passphrase = given_passphrase(from_input=options["passphrase_stdin"])
    text = unlock((work / LOCKED_KEY).read_bytes(), passphrase)
    keyring = parse_keyring(text.reveal().encode(), LOCKED_KEY)
    if not keyring.holds(manifest.key_id):
        raise StoreCorrupt("the backup holds another master key than its own")
    return keyring

"""What commands at the terminal work with."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.cli.compose import open_world, settings_of
from gate.config.key_file import replace_master_key
from gate.config.secret import create_master_key
from gate.config.settings import Settings
from gate.core.errors import GateError, MasterKeyMissing
from gate.core.secret_text import Secret
from gate.service.accounts import NewAccount
from tests.support.store_values import SEED


def settings(folder: Path) -> Settings:
    return Settings.from_written({"state": f"sqlite:///{folder / 'gate.db'}"})


def test_g26_folder_schema_and_key_are_made_where_none_are(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with open_world(settings(folder)) as world:
        assert world.store.accounts.all() == ()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "master.key").stat().st_mode & 0o777 == 0o600


def test_an_account_is_there_when_the_world_is_opened_again(tmp_path: Path) -> None:
    new = NewAccount(name="alice", password=Secret("correct horse battery staple"), totp=SEED)
    with open_world(settings(tmp_path)) as world:
        world.accounts.add(new)
    with open_world(settings(tmp_path)) as world:
        (account,) = world.store.accounts.all()
        assert account.has_totp
        assert world.store.accounts.totps(account.id)[0].secret == SEED


def test_g26_a_store_without_its_key_is_not_opened(tmp_path: Path) -> None:
    with open_world(settings(tmp_path)):
        pass
    (tmp_path / "master.key").unlink()
    with pytest.raises(MasterKeyMissing), open_world(settings(tmp_path)):
        pass
    assert issubclass(MasterKeyMissing, GateError)


def test_a_process_reads_the_settings_that_the_supervisor_checked(tmp_path: Path) -> None:
    checked = settings(tmp_path)
    assert settings_of({"settings": checked.written}) == checked


def test_f23_g26_a_store_is_not_opened_under_another_key(tmp_path: Path) -> None:
    with open_world(settings(tmp_path)) as world:
        held = world.keyring
    (tmp_path / "master.key").unlink()
    create_master_key(tmp_path / "master.key")
    with (
        pytest.raises(MasterKeyMissing, match="not the one of this store"),
        open_world(settings(tmp_path)),
    ):
        pass
    replace_master_key(tmp_path / "master.key", held)
    with open_world(settings(tmp_path)) as world:
        assert world.keyring == held


def test_g27_a_command_leaves_a_chain_only_when_it_records(tmp_path: Path) -> None:
    with open_world(settings(tmp_path)) as world:
        assert world.store.audit.chains() == ()
    with open_world(settings(tmp_path)) as world:
        world.accounts.add(NewAccount(name="alice"))
    with open_world(settings(tmp_path)) as world:
        assert len(world.store.audit.chains()) == 1
        kinds = [record.kind for record in world.store.audit.in_order(after=0, most=9)]
        assert kinds == ["account_added", "log_closed"]

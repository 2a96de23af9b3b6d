"""Putting another key file in the place of the one that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.config.key_file import master_key_held, replace_master_key
from gate.config.secret import create_master_key, load_master_key
from gate.core.errors import MasterKeyMissing, SecretError


def test_f23_a_key_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    rotated = create_master_key(path).with_new_key()
    replace_master_key(path, rotated)
    assert load_master_key(path) == rotated
    assert load_master_key(path).current_id == rotated.current_id
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["master.key"]


def test_f23_what_can_not_be_replaced_stays_and_nothing_is_left_beside(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.mkdir()
    (path / "in the way").touch()
    keyring = create_master_key(tmp_path / "other.key")
    with pytest.raises(SecretError, match="can't be written"):
        replace_master_key(path, keyring)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["master.key", "other.key"]


def test_f23_one_command_at_a_time_changes_the_key(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with (
        master_key_held(path),
        pytest.raises(SecretError, match="wait until it has ended"),
        master_key_held(path, shared=True),
    ):
        pytest.fail("the key was held twice")
    with master_key_held(path, shared=True), master_key_held(path, shared=True):
        pass


def test_there_is_nothing_to_hold_without_a_folder(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyMissing), master_key_held(tmp_path / "gone" / "master.key"):
        pytest.fail("a key that is not there was held")

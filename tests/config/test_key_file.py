"""Putting another key file in the place of the one that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.config.key_file import replace_master_key
from gate.config.secret import create_master_key, load_master_key
from gate.core.errors import SecretError


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

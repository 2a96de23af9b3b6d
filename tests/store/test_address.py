"""Where a store lives."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.core.errors import SettingsError, StoreUnavailable
from gate.store.sql.address import Server, SqliteFile, StoreAddress, parse_address


def test_g2_the_live_file_lies_beside_the_main_one() -> None:
    assert parse_address("sqlite:////var/lib/gate/gate.db") == StoreAddress(
        main=SqliteFile(name="/var/lib/gate/gate.db"),
        live=SqliteFile(name="/var/lib/gate/gate-live.db"),
    )


def test_three_slashes_start_from_the_working_folder() -> None:
    address = parse_address("sqlite:///gate-state/gate.db")
    assert address.main == SqliteFile(name=str(Path.cwd() / "gate-state" / "gate.db"))


@pytest.mark.parametrize("name", ["/a?b/gate.db", "/a%41b/gate.db", "/a#b c/gate.db", "/ü/gate.db"])
def test_a_file_is_found_again_by_its_address(name: str) -> None:
    file = SqliteFile(name=name)
    assert parse_address(file.store_url()).main == file


def test_a_server_holds_both_and_hides_its_password() -> None:
    address = parse_address("postgresql://gate:hunter2@db/gate")
    assert address.main == address.live == Server(url="postgresql://gate:hunter2@db/gate")
    assert address.main.exists()
    assert "hunter2" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gate.db",
        "sqlite://",
        "sqlite:///",
        "sqlite://host/gate.db",
        "sqlite:///gate.db?mode=memory",
        "sqlite+aiosqlite:///gate.db",
        "mysql://db/gate",
    ],
)
def test_what_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="write sqlite:///PATH"):
        parse_address(url)


def test_f6_a_missing_file_has_no_identity(tmp_path: Path) -> None:
    file = SqliteFile(name=str(tmp_path / "gate.db"))
    assert not file.exists()
    with pytest.raises(StoreUnavailable, match=r"gate\.db"):
        file.identity()


def test_a_file_put_in_the_place_of_another_shows(tmp_path: Path) -> None:
    file = SqliteFile(name=str(tmp_path / "gate.db"))
    file.path.touch()
    before = file.identity()
    (tmp_path / "other.db").touch()
    (tmp_path / "other.db").replace(file.path)
    assert file.identity() != before

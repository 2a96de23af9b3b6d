"""The file of a backup."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.store.archive import MANIFEST, Manifest, digest_of, parse_manifest, unpack, write_archive
from tests.support.store_values import NOON

KEY: Final = bytes(range(32))
NAMES: Final = ("gate.db", "gate-live.db")

type Entries = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_bytes(name.encode() * 1000)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def manifest_of(source: Path) -> Manifest:
    files = {name: digest_of(source / name) for name in NAMES}
    return Manifest(made_at=NOON, key_id="k1", files=files).signed(KEY)


def test_f22_what_was_written_is_unpacked(source: Path, target: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    manifest = manifest_of(source)
    assert write_archive(file, manifest, source) == file.stat().st_size
    assert unpack(file, target, NAMES) == manifest
    for name in NAMES:
        assert (target / name).read_bytes() == (source / name).read_bytes()
        assert (target / name).stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"source", "target", "backup"}


@pytest.mark.parametrize(
    "changed", [{"made_at": NOON.replace(year=2025)}, {"key_id": "k2"}, {"files": {}}, {"code": ""}]
)
def test_f22_the_code_is_over_the_whole_list(source: Path, changed: dict[str, object]) -> None:
    manifest = manifest_of(source)
    assert manifest.is_signed(KEY)
    assert not manifest.is_signed(bytes(32))
    assert not replace(manifest, **changed).is_signed(KEY)  # type: ignore[arg-type]  # each field
    assert parse_manifest(manifest.to_bytes()) == manifest


def rewritten(file: Path, change: Callable[[Entries], Entries]) -> None:
    """Write an archive anew with other entries."""
    with tarfile.open(file) as archive:
        entries = [(entry, _content(archive, entry)) for entry in archive.getmembers()]
    with tarfile.open(file, "w") as archive:
        for entry, content in change(entries):
            archive.addfile(entry, BytesIO(content))


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    source = archive.extractfile(entry)
    return b"" if source is None else source.read()


def a_link(entries: Entries) -> Entries:
    link = tarfile.TarInfo("gate.db")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return [entries[0], (link, b""), *entries[2:]]


def renamed(entries: Entries) -> Entries:
    entries[1][0].name = "../gate.db"
    return entries


def a_long_list(entries: Entries) -> Entries:
    entry, content = entries[0]
    entry.size = 100_000
    return [(entry, content.ljust(entry.size)), *entries[1:]]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda entries: entries[1:], id="no list"),
        pytest.param(lambda entries: entries[:1], id="a list alone"),
        pytest.param(lambda entries: [entries[0], entries[2], entries[1]], id="another order"),
        pytest.param(a_link, id="a link"),
        pytest.param(renamed, id="a path out of the folder"),
        pytest.param(a_long_list, id="a list without an end"),
    ],
)
def test_f22_another_content_is_refused(
    source: Path, target: Path, tmp_path: Path, change: Callable[[Entries], Entries]
) -> None:
    file = tmp_path / "backup"
    write_archive(file, manifest_of(source), source)
    rewritten(file, change)
    with pytest.raises(StoreCorrupt, match="no backup"):
        unpack(file, target, NAMES)
    assert not (tmp_path / "gate.db").exists()


def test_f22_a_file_that_no_backup_holds_is_refused(
    source: Path, target: Path, tmp_path: Path
) -> None:
    write_archive(tmp_path / "backup", manifest_of(source), source)
    with pytest.raises(StoreCorrupt):
        unpack(tmp_path / "backup", target, NAMES[:1])
    assert list(target.iterdir()) == []


def manifest_text(**changed: object) -> bytes:
    manifest = Manifest(made_at=NOON, key_id="k1", files={}).signed(KEY)
    return json.dumps({**json.loads(manifest.to_bytes()), **changed}).encode()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"{}", b'{"format": 1}', b"\xff", b"[" * 60_000),
        *(manifest_text(code="\ud800"), manifest_text(code="no digits"), manifest_text(files=[])),
        *(manifest_text(made_at="soon"), manifest_text(made_at="0001-01-01T00:00:00+23:59")),
    ],
)
def test_f22_a_list_that_is_none_is_refused(tmp_path: Path, target: Path, content: bytes) -> None:
    entry = tarfile.TarInfo(MANIFEST)
    entry.size = len(content)
    with tarfile.open(tmp_path / "backup", "w") as archive:
        archive.addfile(entry, BytesIO(content))
    with pytest.raises(StoreCorrupt):
        unpack(tmp_path / "backup", target, NAMES)


def test_f22_nothing_is_overwritten_and_nothing_half_stays(source: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_text("mine")
    with pytest.raises(StoreUnavailable, match="there already"):
        write_archive(file, manifest_of(source), source)
    assert file.read_text() == "mine"
    (source / "gate.db").unlink()
    manifest = Manifest(made_at=NOON, key_id="k1", files={"gate.db": ""})
    with pytest.raises(StoreUnavailable, match="can't be written"):
        write_archive(tmp_path / "other", manifest, source)
    assert {path.name for path in tmp_path.iterdir()} == {"source", "backup"}

"""The anchor of the audit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.core.ports import ChainPlace
from gate.store.anchor import AnchorFile
from gate.store.clock import FixedClock
from tests.support.store_values import NOON

FIRST = ChainPlace(chain="boot", number=1, code="ab")
SECOND = ChainPlace(chain="boot", number=2, code="cd")


def anchor(folder: Path) -> AnchorFile:
    return AnchorFile(path=folder / "anchor", clock=FixedClock(NOON))


def test_g27_heads_are_appended_each_on_a_line_with_its_time(tmp_path: Path) -> None:
    file = anchor(tmp_path)
    assert file.heads() == ()
    file.note(FIRST)
    anchor(tmp_path).note(SECOND)
    assert file.heads() == (FIRST, SECOND)
    first, second = (json.loads(line) for line in file.path.read_text().splitlines())
    assert first == {"at": NOON.isoformat(), "chain": "boot", "number": 1, "code": "ab"}
    assert second["number"] == 2
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_a_crash_cut_is_passed_over(tmp_path: Path) -> None:
    file = anchor(tmp_path)
    file.note(FIRST)
    with file.path.open("ab") as opened:
        opened.write(b'{"at": "2026')
    assert file.heads() == (FIRST,)
    file.note(SECOND)
    assert file.heads() == (FIRST, SECOND)


@pytest.mark.parametrize(
    "line", [b"{}\n", b"[1]\n", b"no\n", b'{"chain":1,"number":"x","code":1}\n']
)
def test_g27_a_line_that_no_gate_wrote_is_told(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "anchor").write_bytes(line)
    with pytest.raises(StoreCorrupt, match="no gate wrote"):
        anchor(tmp_path).heads()


def test_an_anchor_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "anchor").mkdir()
    with pytest.raises(StoreUnavailable, match="can't be read"):
        anchor(tmp_path).heads()
    with pytest.raises(OSError, match="directory"):
        anchor(tmp_path).note(FIRST)

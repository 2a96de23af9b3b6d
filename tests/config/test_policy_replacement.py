"""Replacing the files of a policy folder: all of them or none, whenever it is cut short (F2)."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

import pytest

from gate.config.policy_folder import read_folder
from gate.config.policy_replacement import DRAFT, FORGOTTEN, PLAN, finish, folder_lock, stage
from gate.core.located import Problems
from gate.core.ports import PolicyText

OLD = PolicyText(files=(("a.yaml", "old"), ("gone.yaml", "old")))
NEW = PolicyText(files=(("a.yaml", "new"), ("b.yaml", "näw\n")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the old text."""
    for name, body in OLD.files:
        (tmp_path / name).write_text(body)
    return tmp_path


def replace(folder: Path, text: PolicyText) -> None:
    with stage(folder, text) as staged:
        staged.commit()


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_a_text_replaces_every_file_of_the_folder(folder: Path) -> None:
    for name in ("README.md", ".a.yaml"):
        (folder / name).write_text("stays")
    replace(folder, NEW)
    assert read_folder(folder) == NEW
    assert names(folder) == {"a.yaml", "b.yaml", "README.md", ".a.yaml"}


def test_f2_nothing_has_changed_before_the_commit(folder: Path) -> None:
    with stage(folder, NEW):
        before = {name: (folder / name).read_text() for name, _ in OLD.files}
    assert before == dict(OLD.files)
    assert read_folder(folder) == OLD
    assert names(folder) == {name for name, _ in OLD.files}


def test_what_is_committed_is_staged_no_more(folder: Path) -> None:
    with stage(folder, NEW) as staged:
        staged.commit()
        with pytest.raises(ValueError, match="nothing is staged"):
            staged.commit()


def test_nobody_reads_while_a_text_is_staged(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    with stage(folder, NEW), pytest.raises(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    os.close(descriptor)


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    (tmp_path / "a.yaml").chmod(0o640)
    replace(tmp_path, NEW)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.yaml", "b.yaml")]
    assert modes == [0o640, 0o644]


def test_f3_a_text_that_can_not_be_written_leaves_nothing(folder: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        stage(folder, PolicyText(files=(("a.yaml", "x"), ("b.yaml", "\udcff"))))
    assert read_folder(folder) == OLD
    assert names(folder) == {name for name, _ in OLD.files}


def test_a_name_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    replace(folder, PolicyText(files=(("../a.yaml", "x"),)))
    assert names(folder) == {"a.yaml"}


# --- cut short -----------------------------------------------------------------------------


@pytest.fixture
def cut_short(folder: Path) -> Path:
    """A folder whose new text is committed, and none of whose files could be put in its place."""
    (folder / "a.yaml").rename(folder / "kept")
    (folder / "a.yaml").mkdir()
    replace(folder, NEW)
    assert PLAN in names(folder)
    return folder


def put_back(folder: Path) -> None:
    (folder / "a.yaml").rmdir()
    (folder / "kept").rename(folder / "a.yaml")


def test_f2_a_replacement_that_was_cut_short_counts_from_its_commit(cut_short: Path) -> None:
    assert read_folder(cut_short) == NEW
    assert (cut_short / "gone.yaml").exists()


def test_f2_who_reads_the_folder_carries_a_replacement_out(cut_short: Path) -> None:
    put_back(cut_short)
    assert read_folder(cut_short) == NEW
    assert names(cut_short) == {"a.yaml", "b.yaml"}
    assert (cut_short / "a.yaml").read_text() == "new"


def test_f2_one_that_was_cut_short_between_two_files_goes_on(cut_short: Path) -> None:
    put_back(cut_short)
    with folder_lock(cut_short, fcntl.LOCK_SH):
        draft = next(each for each in cut_short.glob(f"{DRAFT}*") if each.read_text() == "new")
        draft.replace(cut_short / "a.yaml")
    (cut_short / "gone.yaml").unlink()
    finish(cut_short)
    assert read_folder(cut_short) == NEW
    assert names(cut_short) == {"a.yaml", "b.yaml"}


def test_f2_the_next_replacement_carries_the_former_one_out(cut_short: Path) -> None:
    put_back(cut_short)
    replace(cut_short, OLD)
    assert read_folder(cut_short) == OLD
    assert names(cut_short) == {"a.yaml", "gone.yaml"}


def test_f2_where_the_former_one_can_not_be_carried_out_there_is_no_next_one(
    cut_short: Path,
) -> None:
    with pytest.raises(OSError, match="directory"):
        stage(cut_short, OLD)
    assert read_folder(cut_short) == NEW


def test_drafts_of_a_replacement_that_was_killed_long_ago_are_taken_away(folder: Path) -> None:
    for name, age in ((f"{DRAFT}old", FORGOTTEN + 60), (f"{DRAFT}new", FORGOTTEN - 60)):
        draft = folder / name
        draft.touch()
        at = draft.stat().st_mtime - age
        os.utime(draft, (at, at))
    replace(folder, NEW)
    assert names(folder) == {"a.yaml", "b.yaml", f"{DRAFT}new"}


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param("", id="no JSON"),
        pytest.param("[]", id="no object"),
        pytest.param('{"drafts": {}}', id="half of one"),
        pytest.param('{"drafts": [], "removed": []}', id="no mapping"),
        pytest.param('{"drafts": {}, "removed": ["../x.yaml"]}', id="out of the folder"),
        pytest.param('{"drafts": {"x.yaml": "/etc/passwd"}, "removed": []}', id="anywhere"),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_what_is_no_plan_is_a_problem(folder: Path, plan: str) -> None:
    (folder / PLAN).write_text(plan)
    found = read_folder(folder)
    assert isinstance(found, Problems)
    assert f"`{PLAN}` is no plan of the gate's" in found.items[0].message
    with pytest.raises(OSError, match="is no plan"):
        stage(folder, NEW)

"""The policy folder: read whole, and watched."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gate.config import policy_folder
from gate.config.policy_folder import read_files, read_folder, watch_folder
from gate.config.yaml_nodes import LARGEST
from gate.core.located import Problems
from gate.core.ports import PolicyText


def problems(found: PolicyText | Problems) -> list[str]:
    assert isinstance(found, Problems)
    return [str(each) for each in found.items]


# --- reading -------------------------------------------------------------------------------


def test_the_yaml_files_of_a_folder_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", ".hidden.yaml", "notes.txt", "schema.json", "README.md"):
        (tmp_path / name).write_text(name)
    assert read_folder(tmp_path) == PolicyText(files=(("a.yaml", "a.yaml"), ("b.yaml", "b.yaml")))


@pytest.mark.parametrize("name", ["wiki.yml", "wiki.YAML", "wiki.json"])
def test_a_file_that_would_be_left_out_is_a_problem(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    expected = f"{name}:1:1: this file would be left out; rename it to `wiki.yaml`"
    assert problems(read_folder(tmp_path)) == [expected]


def test_t101_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (line,) = problems(read_folder(tmp_path / "lost"))
    assert line == "lost:1:1: can't be read: No such file or directory; check path and rights"


def test_t101_a_file_that_can_not_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    (line,) = problems(read_folder(tmp_path))
    assert line == "a.yaml:1:1: can't be read: Is a directory; check path and rights"


def test_what_is_no_utf_8_is_told_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\nb: \xff\n")
    assert problems(read_folder(tmp_path)) == [
        "a.yaml:2:4: this is no UTF-8 text; save the file as UTF-8"
    ]


def test_t96_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(4 * LARGEST + 1)
    (line,) = problems(read_folder(tmp_path))
    assert line.startswith("a.yaml:1:1: the file is longer than")


def test_t96_a_folder_of_many_files_is_not_read(tmp_path: Path) -> None:
    for number in range(policy_folder.MOST_FILES + 1):
        (tmp_path / f"{number}.yaml").touch()
    (line,) = problems(read_folder(tmp_path))
    assert line.endswith("put sites together")


def test_two_files_of_one_name_are_a_problem(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "wiki.yaml").write_text("x")
    (line,) = problems(read_files([tmp_path / "a" / "wiki.yaml", tmp_path / "b" / "wiki.yaml"]))
    assert line == "wiki.yaml:1:1: two files have this name; rename one of them"


# --- watching ------------------------------------------------------------------------------


async def _first_change(folder: Path, stop: asyncio.Event) -> bool:
    told = 0
    async for _ in watch_folder(folder, stop, look_again=50):
        told += 1
        if told > 1:
            return True
    return False


@pytest.mark.anyio
async def test_the_folder_is_looked_at_when_watching_begins(tmp_path: Path) -> None:
    watching = watch_folder(tmp_path / "lost", asyncio.Event())
    async with asyncio.timeout(30):
        await anext(watching)


@pytest.mark.anyio
async def test_f11_a_file_that_is_renamed_into_the_folder_is_noticed(tmp_path: Path) -> None:
    stop = asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        noticed = group.create_task(_first_change(tmp_path, stop))
        while not noticed.done():
            (tmp_path / ".draft").write_text("x")
            (tmp_path / ".draft").rename(tmp_path / "a.yaml")
            await asyncio.sleep(0.1)
    assert noticed.result()


@pytest.mark.anyio
async def test_watching_ends_when_it_is_told(tmp_path: Path) -> None:
    stop = asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        noticed = group.create_task(_first_change(tmp_path, stop))
        await asyncio.sleep(0.2)
        stop.set()
    assert not noticed.result()


@pytest.mark.anyio
async def test_a_folder_that_is_not_there_is_looked_for_again(tmp_path: Path) -> None:
    folder, stop = tmp_path / "policies", asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        noticed = group.create_task(_first_change(folder, stop))
        await asyncio.sleep(0.2)
        assert not noticed.done()
        folder.mkdir()
        (folder / "a.yaml").write_text("x")
    assert noticed.result()


@pytest.mark.anyio
async def test_what_is_no_file_any_more_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("x")
    (tmp_path / "a.yaml").symlink_to(tmp_path / "real")
    stop = asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        noticed = group.create_task(_first_change(tmp_path, stop))
        await asyncio.sleep(0.2)
        (tmp_path / "real").unlink()
    assert noticed.result()


@pytest.mark.anyio
async def test_watching_a_folder_that_is_not_there_ends_when_it_is_told(tmp_path: Path) -> None:
    stop = asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        noticed = group.create_task(_first_change(tmp_path / "lost", stop))
        await asyncio.sleep(0.2)
        stop.set()
    assert not noticed.result()

"""Klaus behind the gate: its pages in a browser, its repository with git."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.apps.applications import NAME, PASSWORD, REPOSITORY
from tests.apps.clients import Way, git
from tests.apps.compare import compare
from tests.apps.programs import program
from tests.apps.ways import Applications, Ways

BLOB: Final = 3_000_000  # bytes; past git's buffer of 1 MiB a push comes in chunks
CHUNKED: Final = "Send header: Transfer-Encoding: chunked"
NOT_OURS: Final = "A" * 43  # has the form of a session's token


def _git(folder: Path, *words: str, settings: tuple[str, ...] = ()) -> str:
    done = git(folder, *words, settings=settings)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def _carried(way: Way) -> tuple[str, ...]:
    """Give git's settings for a way: the same Host on both, and the session's cookie."""
    cookie = (f"http.extraHeader=Cookie: {way.cookie}",) if way.cookie else ()
    return (f"http.extraHeader=Host: {way.host}", *cookie)


def _with_password(way: Way, password: str = PASSWORD) -> str:
    return f"http://{NAME}:{password}@{way.address}/{REPOSITORY}"


def _committed(folder: Path, size: int = BLOB) -> Path:
    """Give a new work tree with one commit, which can't be packed smaller."""
    work = folder / "work"
    _git(folder, "init", "--quiet", str(work))
    (work / "blob").write_bytes(os.urandom(size))
    _git(work, "add", "blob")
    _git(work, "commit", "--message", "a blob")
    return work


@pytest.fixture(scope="module")
def repository(applications: Applications) -> Path:
    """The repository that klaus serves, with something in it."""
    program("git")
    bare = applications["klaus"].folder / f"{REPOSITORY}.git"
    folder = applications["klaus"].folder / "author"
    folder.mkdir()
    (folder / "README.md").write_text("# Wiki\n\nGrüße & <b>bold</b>\n")
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", ".")
    _git(folder, "commit", "--message", "the first page")
    _git(folder, "push", "--quiet", str(bare), "main")
    return bare


@pytest.mark.parametrize("gated", [False, True], ids=["straight", "gated"])
def test_git_pushes_three_megabytes_in_chunks_and_clones_them_again(
    gated: bool, ways: Ways, repository: Path, tmp_path: Path
) -> None:
    way = ways.both("klaus")[gated]
    work, branch = _committed(tmp_path), f"pushed-{gated}".lower()
    pushed = git(work, "push", _with_password(way), f"HEAD:{branch}", settings=_carried(way))
    assert pushed.returncode == 0, pushed.stderr[-2000:]
    assert CHUNKED in pushed.stderr
    assert _git(repository, "rev-parse", branch) == _git(work, "rev-parse", "HEAD")
    into = ["clone", "--branch", branch, f"{way.url}/{REPOSITORY}", "again"]
    _git(tmp_path, *into, settings=_carried(way))
    assert (tmp_path / "again/blob").read_bytes() == (work / "blob").read_bytes()


def test_git_pushes_with_a_content_length_through_the_gate(
    ways: Ways, repository: Path, tmp_path: Path
) -> None:
    way = ways.gated("klaus")
    work = _committed(tmp_path)
    settings = (*_carried(way), f"http.postBuffer={2 * BLOB}")
    pushed = git(work, "push", _with_password(way), "HEAD:whole", settings=settings)
    assert pushed.returncode == 0, pushed.stderr[-2000:]
    assert CHUNKED not in pushed.stderr
    assert _git(repository, "rev-parse", "whole") == _git(work, "rev-parse", "HEAD")


def test_git_takes_the_session_from_a_cookie_file(
    ways: Ways, repository: Path, tmp_path: Path
) -> None:
    way = ways.gated("klaus")
    name, _, value = way.cookie.partition("=")
    host = way.host.partition(":")[0]
    jar = tmp_path / "cookies.txt"
    jar.write_text(f"{host}\tFALSE\t/\tFALSE\t0\t{name}\t{value}\n")
    into = ["clone", f"{way.url}/{REPOSITORY}", "copy"]
    _git(tmp_path, *into, settings=(f"http.cookieFile={jar}",))
    readme = _git(repository, "show", "main:README.md")
    assert (tmp_path / "copy/README.md").read_text().strip() == readme


@pytest.mark.parametrize("value", ["", NOT_OURS], ids=["no-cookie", "wrong-cookie"])
def test_git_without_a_session_gets_401_and_reaches_nothing(
    value: str, ways: Ways, repository: Path, tmp_path: Path
) -> None:
    name = ways.gated("klaus").cookie.partition("=")[0]
    way = ways.stranger("klaus", f"{name}={value}" if value else "")
    work = _committed(tmp_path, size=1000)
    fetched = git(tmp_path, "ls-remote", f"{way.url}/{REPOSITORY}", settings=_carried(way))
    pushed = git(work, "push", _with_password(way), "HEAD:refused", settings=_carried(way))
    for done in (fetched, pushed):
        assert done.returncode != 0
        assert "HTTP/1.1 401" in done.stderr
        assert "X-Gate-Reason: needs_sign_in" in done.stderr
        assert "git-receive-pack-result" not in done.stderr
    assert "refused" not in _git(repository, "branch", "--list")


def test_git_is_asked_for_the_password_by_the_application_itself(
    ways: Ways, repository: Path, tmp_path: Path
) -> None:
    way = ways.gated("klaus")
    work = _committed(tmp_path, size=1000)
    address = _with_password(way, "wrong")
    pushed = git(work, "push", address, "HEAD:refused", settings=_carried(way))
    assert pushed.returncode != 0
    assert "WWW-Authenticate: Digest" in pushed.stderr
    assert "X-Gate-Reason" not in pushed.stderr
    assert "refused" not in _git(repository, "branch", "--list")


def _pages(browser: httpx.Client) -> Iterator[httpx.Response]:
    yield browser.get("/")
    yield browser.get(f"/{REPOSITORY}/")
    yield browser.get(f"/{REPOSITORY}/blob/main/README.md")
    yield browser.get(f"/{REPOSITORY}/raw/main/README.md")
    yield browser.get(f"/{REPOSITORY}/tarball/main/")
    style = browser.get("/static/klaus.css")
    yield style
    unchanged = {"If-None-Match": style.headers["etag"]}
    yield browser.get("/static/klaus.css", headers=unchanged)
    yield browser.head("/static/klaus.css")
    yield browser.get(f"/{REPOSITORY}/info/refs", params={"service": "git-upload-pack"})
    yield browser.get("/nobody-has-this/")
    yield browser.request("DELETE", "/")


@pytest.mark.usefixtures("repository")
def test_pages_downloads_and_errors_are_the_same_behind_the_gate(ways: Ways) -> None:
    compare(_pages, *ways.both("klaus"), r"(?:a|an|\d+) (?:second|minute|hour)s? ago|just now")

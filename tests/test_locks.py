"""The lock files: versions and hashes, no address of a registry, and all that is asked for.

A lock that names an address sends everybody there for ever; a lock without a hash trusts whoever
answers.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT: Final = Path(__file__).parent.parent
SHARED: Final = ("requirements.txt", "requirements-dev.txt", "requirements-apps.txt")  # one venv
PYTHON_LOCKS: Final = (*SHARED, "requirements-scan.txt")
NPM_LOCK: Final = "ui/frontend/package-lock.json"
SETTINGS: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())
ADDRESS: Final = re.compile(
    r"://|^\s*(-i|-f|--index-url|--extra-index-url|--find-links)\b", re.MULTILINE
)


def asked(name: str) -> list[str]:
    """Give the requirements that a lock must answer."""
    project, groups = SETTINGS["project"], SETTINGS["dependency-groups"]
    of_lock: dict[str, list[str]] = {
        "requirements.txt": [
            *project["dependencies"],
            *project["optional-dependencies"]["mitm"],
            *groups["build"],
        ],
        "requirements-dev.txt": groups["dev"],
        "requirements-apps.txt": groups["apps"],
        "requirements-scan.txt": groups["scan"],
    }
    return of_lock[name]


def locked(name: str) -> dict[str, list[Version]]:
    """Give the versions that a lock allows for each package; markers may choose among several."""
    versions: dict[str, list[Version]] = {}
    pinned = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)", re.MULTILINE)
    for found in pinned.finditer((ROOT / name).read_text()):
        versions.setdefault(canonicalize_name(found[1]), []).append(Version(found[2]))
    return versions


@pytest.mark.parametrize("name", [*PYTHON_LOCKS, NPM_LOCK, "ui/frontend/.npmrc"])
def test_a_lock_names_no_address(name: str) -> None:
    assert ADDRESS.findall((ROOT / name).read_text()) == []


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_locked_package_has_a_hash(name: str) -> None:
    entries = re.split(r"^(?=\S)", (ROOT / name).read_text(), flags=re.MULTILINE)
    bare = [entry.splitlines()[0] for entry in entries if entry and "--hash=sha256:" not in entry]
    assert bare == []


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_a_lock_answers_what_the_project_asks_for(name: str) -> None:
    versions = locked(name)
    unanswered = [
        text
        for text in asked(name)
        for wanted in [Requirement(text)]
        for found in [versions.get(canonicalize_name(wanted.name), [])]
        if not found or not all(wanted.specifier.contains(version) for version in found)
    ]
    assert unanswered == []


def test_a_lock_keeps_extras_which_older_installers_compare_with_what_is_asked() -> None:
    assert re.search(
        r"^coverage\[toml\]==", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE
    )


@pytest.mark.parametrize("name", SHARED[1:])
def test_locks_agree_where_they_name_the_same_package(name: str) -> None:
    runtime, other = locked("requirements.txt"), locked(name)
    apart = {
        package: versions
        for package, versions in other.items()
        if not set(versions) <= set(runtime.get(package, versions))
    }
    assert apart == {}


def test_every_npm_package_has_a_hash() -> None:
    packages = json.loads((ROOT / NPM_LOCK).read_text())["packages"]
    assert [path for path, entry in packages.items() if path and "integrity" not in entry] == []


def test_npm_leaves_addresses_out_of_its_lock() -> None:
    lines = (ROOT / "ui/frontend/.npmrc").read_text().splitlines()
    assert "omit-lockfile-registry-resolved=true" in lines

"""Static files: named after their content, kept by browsers, small."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.ui.browser import Browser
from tests.ui.house import House
from ui.static import FOLDER, load_static
from ui.templates import static_files


def test_a_name_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    first = load_static(tmp_path)
    (tmp_path / "a.css").write_text("b{}")
    second = load_static(tmp_path)
    assert first.url("a.css") != second.url("a.css")
    assert second.response(first.names["a.css"]) is None
    assert second.text("a.css") == "b{}"


def test_only_known_kinds_of_files_are_served(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    assert load_static(tmp_path).served == {}


def test_a_file_that_is_not_there_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        static_files().url("nothing.css")


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.iterdir())])
def test_every_file_is_served_with_its_type(name: str) -> None:
    answer = Browser(House().app).get(static_files().url(name))
    assert answer.status == 200
    source = (FOLDER / name).read_bytes()
    assert answer.body == source or b"import " in source
    assert answer.header("content-type")
    assert answer.header("cache-control") == "public, max-age=31536000, immutable"


def test_a_script_imports_others_under_the_names_that_are_served(tmp_path: Path) -> None:
    (tmp_path / "keys.js").write_text("export const a = 1;")
    (tmp_path / "proof.js").write_text('import { a } from "./keys.js";')
    first = load_static(tmp_path)
    assert first.text("proof.js") == f'import {{ a }} from "./{first.names["keys.js"]}";'
    (tmp_path / "keys.js").write_text("export const a = 2;")
    assert load_static(tmp_path).names["proof.js"] != first.names["proof.js"]


@pytest.mark.parametrize(
    "name",
    ["gate.css", "../app.py", "..%2fapp.py", "%2e%2e/app.py", "", "gate.0000000000000000.css"],
)
def test_no_other_path_leads_to_a_file(name: str) -> None:
    assert Browser(House().app).get(f"/-/gate/static/{name}").status == 404


def test_pages_stay_light() -> None:
    styles = (FOLDER / "gate.css").read_bytes()
    scripts = b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.js")))
    assert len(gzip.compress(styles)) < 6 * 1024
    assert len(gzip.compress(scripts)) < 6 * 1024  # of all pages together; each loads a part


def test_styles_and_scripts_load_nothing_from_elsewhere() -> None:
    for path in [*FOLDER.glob("*.css"), *FOLDER.glob("*.js")]:
        text = path.read_text()
        assert "://" not in text
        assert "@import" not in text
        assert "innerHTML" not in text

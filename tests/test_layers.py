"""The tree of errors is drawn as it is, and imports point inwards."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.support.source_tree import ROOT, imported, sources


def drawn(docstring: str) -> dict[str, str | None]:
    """Read the tree of a docstring: each class with the one that it hangs under."""
    parents: list[tuple[int, str]] = []
    tree: dict[str, str | None] = {}
    for found in re.finditer(r"^( {2,})([A-Z]\w+)(?: .*)?$", docstring, re.MULTILINE):
        indent, name = len(found[1]), found[2]
        parents = [parent for parent in parents if parent[0] < indent]
        tree[name] = parents[-1][1] if parents else None
        parents.append((indent, name))
    return tree


def written(tree: ast.Module) -> dict[str, str | None]:
    """Read the classes of the file: each with its base, the root without one."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    own = {node.name for node in classes}
    return {
        node.name: next(
            (ast.unparse(base) for base in node.bases if ast.unparse(base) in own), None
        )
        for node in classes
    }


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    (errors,) = [source for source in sources("gate/core") if source.path.endswith("/errors.py")]
    docstring = ast.get_docstring(errors.tree, clean=False) or ""
    assert drawn(docstring) == written(errors.tree)


# ---------------------------------------------------------------- layers


def test_imports_keep_to_the_contracts() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    checked = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_core_imports_the_standard_library_alone() -> None:
    beyond = {
        f"{source.path}: {name}"
        for source in sources("gate/core")
        for name in imported(source.tree)
        if name.split(".")[0] not in {"gate", *sys.stdlib_module_names}
        or name in {"http.client", "http.server", "urllib.request"}
    }
    assert beyond == set()

"""The look of the code, held by tests: sizes, names, docstrings, layers, and what must not appear.

The sources are read, not imported, so that a file counts from the moment it exists.
"""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path
from typing import Final

import pytest

from tests.support.source_tree import ROOT, Function, Source, imported, shipped, sources

MODULE_LINES: Final = 250
CORE_LINES: Final = 200
FUNCTION_LINES: Final = 40
MEDIAN_LINES: Final = 8
NINE_IN_TEN_LINES: Final = 25
PARAMETERS: Final = 5

# Words that say nothing about what a thing is, anywhere in a name.
EMPTY_WORDS: Final = frozenset(
    {"blacklist", "common", "helper", "helpers", "manager", "misc", "util", "utils", "whitelist"}
)
# Words that say nothing when they stand alone or lead a name.
EMPTY_ALONE: Final = frozenset({"data", "do", "handle", "info", "process"})
# Names that the standard library asks for, beside those marked with @override.
ASKED_BY_OTHERS: Final = re.compile(r"do_(GET|HEAD|POST|PUT|DELETE)")
# Sources that have a test file of their own name.
MIRRORED: Final = ("gate/core", "gate/factors", "gate/config", "gate/service", "gate/store", "ui")
NOT_MIRRORED: Final = ("gate/store/migrations",)  # run by tests/store/test_migrate.py


def length(function: Function) -> int:
    """Count the lines from `def` to the end, without decorators and docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None or len(function.body) == 1:
        return total
    return total - ((first.end_lineno or first.lineno) - first.lineno + 1)


def words(name: str) -> list[str]:
    """Cut a name in snake_case or CamelCase into its words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")


def is_asked_by_others(node: Function | ast.ClassDef) -> bool:
    """Tell whether a base class of others chose the name."""
    return any(ast.unparse(mark).endswith("override") for mark in node.decorator_list)


def says_nothing(name: str) -> bool:
    parts = words(name)
    if ASKED_BY_OTHERS.fullmatch(name):
        return False
    return bool(EMPTY_WORDS.intersection(parts)) or parts[0] in EMPTY_ALONE


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    if caught is None:
        return True
    types = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(t, ast.Name) and t.id in {"Exception", "BaseException"} for t in types)


def broad_catches(source: Source) -> list[int]:
    handlers = [node for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler)]
    return [handler.lineno for handler in handlers if is_broad(handler)]


def test_there_is_something_to_look_at() -> None:
    assert len(shipped()) > 10


# ---------------------------------------------------------------- size


def test_modules_are_short() -> None:
    long = {
        source.path: lines
        for source in shipped()
        for lines in [len(source.text.splitlines())]
        if lines > (CORE_LINES if source.path.startswith("gate/core/") else MODULE_LINES)
    }
    assert long == {}


def test_functions_are_short() -> None:
    long = {
        f"{source.path}:{function.lineno} {function.name}": length(function)
        for source in shipped()
        for function in source.functions()
        if length(function) > FUNCTION_LINES
    }
    assert long == {}


def test_most_functions_are_very_short() -> None:
    lengths = [length(function) for source in shipped() for function in source.functions()]
    assert statistics.median(lengths) <= MEDIAN_LINES
    assert statistics.quantiles(lengths, n=10)[-1] <= NINE_IN_TEN_LINES


def parameters(function: Function) -> int:
    spec = function.args
    names = [given.arg for given in [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]]
    return len([name for name in names if name not in {"self", "cls"}])


def test_functions_take_few_parameters() -> None:
    many = {
        f"{source.path}:{function.lineno} {function.name}": parameters(function)
        for source in shipped()
        if not source.path.startswith("gate/cli/")  # click hands over one an option
        for function in source.functions()
        if parameters(function) > PARAMETERS
    }
    assert many == {}


# ---------------------------------------------------------------- names and docstrings


def test_every_module_says_what_it_is_for() -> None:
    everything = (*shipped(), *sources("tests"))
    assert [source.path for source in everything if not ast.get_docstring(source.tree)] == []


def test_names_say_what_a_thing_is() -> None:
    named = [
        (f"{source.path}:{node.lineno}", node.name)
        for source in shipped()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not is_asked_by_others(node)
    ]
    named += [(source.path, Path(source.path).stem) for source in shipped()]
    named += [(source.path, Path(source.path).parent.name) for source in shipped()]
    assert [(where, name) for where, name in named if says_nothing(name)] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("SessionManager", True, id="an empty word in CamelCase"),
        pytest.param("string_utils", True, id="an empty word in snake_case"),
        pytest.param("handle_request", True, id="an empty verb leads"),
        pytest.param("data", True, id="an empty word alone"),
        pytest.param("client_data", False, id="the standard's clientData"),
        pytest.param("do_GET", False, id="asked by the standard library"),
        pytest.param("processes", False, id="a word of its own"),
    ],
)
def test_a_name_is_judged_by_its_words(name: str, *, expected: bool) -> None:
    assert says_nothing(name) is expected


def test_every_folder_of_sources_is_a_package() -> None:
    folders = {(ROOT / source.path).parent for source in shipped()}
    bare = [folder for folder in folders if not (folder / "__init__.py").exists()]
    assert [path for path in bare if not path.match("store/migrations/**")] == []


# ---------------------------------------------------------------- what must not appear


def test_nothing_shipped_relies_on_assert() -> None:
    asserted = [
        f"{source.path}:{node.lineno}"
        for source in shipped()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assert)
    ]
    assert asserted == []


def test_the_core_reads_no_clock() -> None:
    read = [
        f"{source.path}:{node.lineno}"
        for source in sources("gate/core")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
        if isinstance(node.value, ast.Name | ast.Attribute)
        if ast.unparse(node.value).split(".")[-1] in {"date", "datetime"}
    ]
    assert read == []


def planes() -> list[Path]:
    folder = ROOT / "gate" / "planes"
    return sorted(path for path in folder.glob("*/") if any(path.rglob("*.py")))


@pytest.mark.parametrize("plane", planes(), ids=lambda plane: plane.name)
def test_a_plane_has_exactly_one_broad_catch(plane: Path) -> None:
    catches = [
        f"{source.path}:{line}"
        for source in sources(plane.relative_to(ROOT).as_posix())
        for line in broad_catches(source)
    ]
    assert len(catches) == 1, catches


def test_a_broad_catch_elsewhere_says_why() -> None:
    bare = [
        f"{source.path}:{line}"
        for source in shipped()
        if not source.path.startswith("gate/planes/")
        for line in broad_catches(source)
        if not re.search(r"except.*#\s*(?:noqa: [A-Z0-9, ]+\s*[-:]\s*)?[a-z]", source.at(line))
    ]
    assert bare == []


SUPPRESSION: Final = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore).*")
EXPLAINED: Final = re.compile(
    r"# (?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|(?:type|pyright): ignore\[[\w, -]+\])\W+\w{1,}.*\w"
)


def test_a_suppression_names_its_code_and_its_reason() -> None:
    bare = [
        f"{source.path}:{number}: {line.strip()}"
        for source in (*shipped(), *sources("tests"))
        if source.path != "tests/test_architecture.py"  # it holds the patterns themselves
        for number, line in enumerate(source.text.splitlines(), start=1)
        if (found := SUPPRESSION.search(line)) and not EXPLAINED.search(found[0])
    ]
    assert bare == []


def patched(tree: ast.Module) -> list[int]:
    """Give the lines on which a test replaces a part of the project by its dotted name."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "setattr" and node.args
        if isinstance(node.args[0], ast.Constant)
        if str(node.args[0].value).startswith(("gate.", "ui."))
    ]


def test_no_test_mocks_or_patches_the_project() -> None:
    mocked = [
        source.path
        for source in sources("tests")
        if {"mock", "unittest.mock", "pytest_mock"} & imported(source.tree)
    ]
    replaced = [
        f"{source.path}:{line}" for source in sources("tests") for line in patched(source.tree)
    ]
    assert mocked + replaced == []


# ---------------------------------------------------------------- mirror


def has_behaviour(source: Source) -> bool:
    """Tell whether some function does more than state a protocol."""
    return any(
        not isinstance(statement, ast.Expr | ast.Pass)
        for function in source.functions()
        for statement in function.body
    )


def test_each_source_has_a_test_file_of_its_name() -> None:
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    alone = [
        source.path
        for source in sources(*MIRRORED)
        if not source.path.startswith(NOT_MIRRORED)
        if Path(source.path).name != "__init__.py" and has_behaviour(source)
        if not any(re.match(rf"test_{Path(source.path).stem}(_\w+)?\.py", name) for name in tests)
    ]
    assert alone == []


@pytest.mark.parametrize("folder", ["core", "factors", "config"])
def test_each_test_of_the_inner_layers_stands_where_its_source_does(folder: str) -> None:
    lost = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "tests" / folder).rglob("test_*.py"))
        for place in [ROOT / "gate" / path.parent.relative_to(ROOT / "tests")]
        for stems in [{source.stem for source in place.glob("*.py")} | {place.name}]
        if not any(re.match(rf"test_{stem}(_\w+)?$", path.stem) for stem in stems)
    ]
    assert lost == []

"""What the documents say is so: commands, settings, conditions, paths, links, and the changelog.

A command in a `sh` block must exist with its options; a setting, a condition, a command and a make
target must be named. Nothing is run: the command line is asked what it knows.
"""

from __future__ import annotations

import importlib
import itertools
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import click
import pydantic
import pytest

ROOT: Final = Path(__file__).parent.parent
README: Final = "README.md"
LANGUAGE: Final = "policies/README.md"
DOCUMENTS: Final = (README, LANGUAGE, "tests/README.md", "gate/DECISIONS.md", "CHANGELOG.md")
# Programs of others that an example may use.
OTHERS: Final = re.compile(
    "apt-get|cat|cd|cp|curl|echo|git|kill|ls|mkdir|oathtool|openssl|printf|pytest|python|python3|sudo|"
    "systemctl|tail|tee|watch|websocat"
)
SECTIONS: Final = ("Security", "Added", "Changed", "Deprecated", "Removed", "Fixed")
SIMPLE_PAST: Final = re.compile(
    "[A-Z][a-z]+ed|Began|Bound|Brought|Built|Chose|Cut|Drew|Forbade|Found|Gave|Got|Held|Kept|Laid|"
    "Led|Left|Let|Made|Met|Put|Ran|Read|Rewrote|Sent|Set|Shut|Split|Spoke|Taught|Told|Took|Withdrew|Wrote"
)


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text()


# ---------------------------------------------------------------- commands


def commands(document: str) -> Iterator[list[str]]:
    """Give the words of each command in the shell blocks of a document."""
    for block in re.findall(
        r"^```(?:sh|bash|console)\n(.*?)^```", document, re.MULTILINE | re.DOTALL
    ):
        for line in block.replace("\\\n", " ").splitlines():
            yield from split(line.removeprefix("$ "))


def split(line: str) -> Iterator[list[str]]:
    """Give the commands of a shell line, without comments and leading assignments."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    for joined, words in itertools.groupby(lexer, lambda word: set(word) <= set("|&;")):
        command = list(itertools.dropwhile(re.compile(r"[A-Z_]+=").match, words))
        if command and not joined:
            yield command


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", text("Makefile"), re.MULTILINE))


@cache
def gate() -> click.Command:
    main = importlib.import_module("gate.cli.main").main
    assert isinstance(main, click.Command)
    return main


def subcommands(command: click.Command) -> dict[str, click.Command]:
    if not isinstance(command, click.Group):
        return {}
    context = click.Context(command)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {name: inner for name, inner in found.items() if inner is not None and not inner.hidden}


def gate_problem(words: list[str]) -> str | None:
    """Say what of a `gate` command does not exist."""
    command, rest = gate(), list(words)
    while rest and isinstance(command, click.Group) and not rest[0].startswith("-"):
        inner = subcommands(command).get(rest[0])
        if inner is None:
            return f"no command `{rest[0]}`"
        command = inner
        rest.pop(0)
    known = {option for one in command.params for option in [*one.opts, *one.secondary_opts]}
    known |= {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word.split("=")[0] not in known]
    return f"no option {unknown}" if unknown else None


def problem(words: list[str]) -> str | None:
    """Say what is wrong with a command of a document."""
    program, rest = Path(words[0]).name, words[1:]
    if program == "make":
        goals = [word for word in rest if "=" not in word and not word.startswith("-")]
        return f"no target {set(goals) - make_targets()}" if set(goals) - make_targets() else None
    if program == "gate":
        return gate_problem(rest)
    return None if OTHERS.fullmatch(program) else f"unknown program `{program}`"


@pytest.mark.parametrize("path", [README, LANGUAGE, "tests/README.md"])
def test_every_command_of_a_document_exists(path: str) -> None:
    problems = {
        " ".join(words): found for words in commands(text(path)) if (found := problem(words))
    }
    assert problems == {}


def test_a_command_that_does_not_exist_is_found() -> None:
    document = "```sh\nmake demo PORT=8081\nmake nothing  # not there\nFOO=1 frob | curl x\n```\n"
    assert [problem(words) is None for words in commands(document)] == [True, False, False, True]


def test_the_readme_names_every_make_target() -> None:
    assert {name for name in make_targets() if f"make {name}" not in text(README)} == set()


def test_the_readme_names_every_command() -> None:
    unnamed = [
        name for name in subcommands(gate()) if not re.search(rf"`?gate {name}\b", text(README))
    ]
    assert unnamed == []


# ---------------------------------------------------------------- settings and conditions


def setting_names(model: type[pydantic.BaseModel], prefix: str = "") -> Iterator[str]:
    """Give the dotted names of all settings, without those that only group others."""
    for field_name, field in model.model_fields.items():
        name = prefix + (field.alias or field_name)
        groups = list(_models(field.annotation))
        for group in groups:
            yield from setting_names(group, f"{name}.")
        if not groups:
            yield name


def _models(annotation: Any) -> Iterator[type[pydantic.BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def test_every_setting_is_documented() -> None:
    settings = importlib.import_module("gate.config.settings").Settings
    documented = text(README) + text(LANGUAGE)
    missing = [name for name in setting_names(settings) if f"`{name}`" not in documented]
    assert missing == []


def test_every_condition_is_documented() -> None:
    conditions = importlib.import_module("gate.core.conditions").CONDITIONS
    missing = [one.key for one in conditions if f"`{one.key}`" not in text(LANGUAGE)]
    assert missing == []


# ---------------------------------------------------------------- paths and links


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_path_that_a_document_names_exists(path: str) -> None:
    named = re.findall(r"`((?:gate|ui|tests|policies)/[\w./-]+)`", text(path))
    placeholders = re.compile(r"(^|/)(X|NAME)\b")
    lost = [name for name in named if not placeholders.search(name) and not (ROOT / name).exists()]
    assert lost == []


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_link_within_the_project_leads_somewhere(path: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", text(path))
    inner = [target for target in targets if "://" not in target]
    assert [target for target in inner if not (ROOT / path).parent.joinpath(target).exists()] == []


# ---------------------------------------------------------------- changelog


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    versions = re.findall(r"^## (.*)$", text("CHANGELOG.md"), re.MULTILINE)
    assert text("CHANGELOG.md").startswith("# Changelog\n")
    assert versions[0] == "[Unreleased]"
    released = re.compile(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}")
    assert [version for version in versions[1:] if not released.fullmatch(version)] == []


def test_the_changelog_has_known_sections_with_security_first() -> None:
    for version in re.split(r"^## ", text("CHANGELOG.md"), flags=re.MULTILINE)[1:]:
        sections = re.findall(r"^### (.*)$", version, re.MULTILINE)
        assert sections == [name for name in SECTIONS if name in sections]


def test_the_changelog_speaks_in_the_simple_past() -> None:
    first_words = re.findall(r"^- (\S+)", text("CHANGELOG.md"), re.MULTILINE)
    odd = [word for word in first_words if not SIMPLE_PAST.fullmatch(word)]
    assert first_words != []
    assert odd == []

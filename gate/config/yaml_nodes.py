"""Strict YAML: a text becomes located nodes, or problems with line and column.

Every scalar is text, whatever it looks like; a plain empty value, `~` and `null` are no value.
Refused: a key that stands twice, anchors, aliases, tags, a second document, characters that an
editor does not show, and more than the bounded size and depth. The text is read as a stream of
events, so a deep one costs neither stack nor memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import yaml

from gate.core.located import Entries, Items, Location, Node, Null, Problem, Text

LARGEST: Final = 16 * 1024 * 1024  # characters of one file
DEEPEST: Final = 40  # levels; a policy needs nine
MOST_HIDDEN: Final = 20  # each is counted from the top of the file
MOST_PROBLEMS: Final = 1000  # a file that is wrong everywhere is not read to its end

# YAML 1.1 section 5.1, less its other line ends (NEL, LS, PS, lone CR) and what turns the
# direction of writing: line numbers and what is read must be those that an editor shows.
_HIDDEN: Final = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    r"|[\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
_NO_VALUE: Final = frozenset({"", "~", "null"})
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read.

    `node` is None for a text that has no content, or can't be followed to its end: then there
    are problems.
    """

    node: Node | None
    problems: tuple[Problem, ...] = ()


def read_yaml(text: str, file: str) -> Read:
    """Give the one document of a text, and everything wrong with its form."""
    body = text.removeprefix("\ufeff")
    if len(body) > LARGEST:
        return _broken(file, f"the file is longer than {LARGEST} characters; split it by site")
    hidden = tuple(islice(_hidden_characters(body, file), MOST_HIDDEN))
    if hidden:
        return Read(node=None, problems=hidden)
    builder, loader = _Builder(file), _LOADER(body)
    try:
        builder.build(iter(loader.get_event, None))
    except yaml.MarkedYAMLError as error:
        return Read(node=None, problems=(*builder.problems, _syntax_problem(error, file)))
    except _TooMuch:
        return Read(node=None, problems=tuple(builder.problems))
    finally:
        loader.dispose()
    return Read(node=builder.root, problems=tuple(builder.problems))


def _broken(file: str, message: str) -> Read:
    problem = Problem(at=Location(file=file, line=1, column=1), message=message)
    return Read(node=None, problems=(problem,))


def _hidden_characters(text: str, file: str) -> Iterator[Problem]:
    for match in _HIDDEN.finditer(text):
        before = text[: match.start()]
        line_start = before.rfind("\n") + 1
        at = Location(file=file, line=before.count("\n") + 1, column=len(before) - line_start + 1)
        name = f"U+{ord(match[0]):04X}"
        yield Problem(at=at, message=f"the character {name} is not shown by editors; delete it")


def _syntax_problem(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    at = Location(file=file, line=line + 1, column=column + 1)
    return Problem(at=at, message=_advice(error.problem or "this is no YAML"))


# What the parser says, and what the writer most likely has to do.
_ADVICE: Final = (
    ("cannot start any token", "quote the text, and indent with blanks"),
    ("mapping values are not allowed", "quote text that holds `: `, or check the indentation"),
    ("expected <block end>", "check the indentation"),
    ("did not find expected key", "check the indentation"),
    ("could not find expected ':'", "write `key: value`"),
    ("did not find expected ',' or", "close the bracket, and set commas between"),
    ("did not find expected '-'", "check the indentation"),
    ("unexpected end of stream", "close the quote or the bracket"),
    ("did not find expected alphabetic", "quote text that begins with `*`, `&` or `!`"),
)


def _advice(problem: str) -> str:
    what = next((advice for words, advice in _ADVICE if words in problem), "check the line")
    return f"{problem}; {what}"


class _TooMuch(Exception):  # noqa: N818 - it ends the reading; what is wrong stands in problems
    """The text is deeper, or wrong in more places, than is read."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    at: Location
    children: list[Any] = field(default_factory=list)
    keys: dict[str, Location] | None = None  # of a mapping
    key: Text | None = None  # the one whose value comes next
    skip: bool = False  # the next value belongs to a key that counts for nothing


class _Builder:
    """Turns events into nodes, and collects what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def build(self, events: Iterator[Any]) -> None:
        scalar, open_ = yaml.ScalarEvent, self._open
        for event in events:
            kind = type(event)
            if kind is not scalar:
                self._structure(event, kind)
            elif open_ and open_[-1].keys is None:
                open_[-1].children.append(self._scalar(event))  # most of a long policy
            else:
                self._place(self._scalar(event))

    def _structure(self, event: Any, kind: type[Any]) -> None:
        if kind is yaml.MappingStartEvent:
            self._start(event, {})
        elif kind is yaml.SequenceStartEvent:
            self._start(event, None)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end()
        else:
            self._between(event)

    def _between(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._complain(event, f"aliases (`*{event.anchor}`) are not read; write it out")
            self._place(Null(at=self._at(event)))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._complain(event, "a second document begins here; one file holds one document")
            raise _TooMuch
        if event.tags:
            self._complain(event, "`%TAG` is not read; delete the line")

    def _scalar(self, event: Any) -> Node:
        mark, value = event.start_mark, event.value
        at = Location(self.file, mark.line + 1, mark.column + 1)
        if event.anchor is not None or event.tag is not None:
            self._no_anchor_or_tag(event)
        if value in _NO_VALUE and event.implicit[0]:
            return Null(at=at)
        return Text(value=value, at=at)

    def _start(self, event: Any, keys: dict[str, Location] | None) -> None:
        if event.anchor is not None or event.tag is not None:
            self._no_anchor_or_tag(event)
        if len(self._open) == DEEPEST:
            self._complain(event, f"more than {DEEPEST} levels; write it flatter")
            raise _TooMuch
        self._open.append(_Open(at=self._at(event), keys=keys))

    def _end(self) -> None:
        done = self._open.pop()
        children = tuple(done.children)
        if done.keys is None:
            self._place(Items(values=children, at=done.at))
        else:
            self._place(Entries(pairs=children, at=done.at))

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.keys is None:
            parent.children.append(node)
        elif parent.key is not None:
            if not parent.skip:
                parent.children.append((parent.key, node))
            parent.key, parent.skip = None, False
        else:
            self._key(parent, parent.keys, node)

    def _key(self, parent: _Open, keys: dict[str, Location], node: Node) -> None:
        if not isinstance(node, Text):
            self._problem(node.at, "this can't be a key; keys are text, quote it if it is meant")
            parent.key, parent.skip = Text(value="", at=node.at), True
            return
        first = keys.setdefault(node.value, node.at)
        parent.key, parent.skip = node, first is not node.at
        if parent.skip:
            self._problem(
                node.at, f"`{node.value}` stands twice, first at {first}; keep one of them"
            )

    def _no_anchor_or_tag(self, event: Any) -> None:
        if event.anchor is not None:
            self._complain(event, f"anchors (`&{event.anchor}`) are not read; delete it")
        if event.tag is not None:
            self._complain(event, "tags (`!...`) are not read; delete it or quote the text")

    def _complain(self, event: Any, message: str) -> None:
        self._problem(self._at(event), message)

    def _problem(self, at: Location, message: str) -> None:
        self.problems.append(Problem(at=at, message=message))
        if len(self.problems) == MOST_PROBLEMS:
            raise _TooMuch

    def _at(self, event: Any) -> Location:
        mark = event.start_mark
        return Location(file=self.file, line=mark.line + 1, column=mark.column + 1)

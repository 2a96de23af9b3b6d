"""Values that know where they were written: file, line and column.

The policy loader turns text into these nodes once; everything that parses them reports problems
at the place of the text, all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, override


class Location(NamedTuple):
    """A place in a policy file; line and column count from 1.

    A tuple, because a long policy has a hundred thousand of them.
    """

    file: str
    line: int
    column: int

    @override
    def __str__(self) -> str:
        """Give `FILE:LINE:COLUMN`, as editors and compilers write it."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A scalar; always text, whatever it looks like."""

    value: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of nodes."""

    values: tuple[Node, ...]
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """A mapping in the order it was written; keys are unique."""

    pairs: tuple[tuple[Text, Node], ...]
    at: Location

    def get(self, key: str) -> Node | None:
        """Give the node under a key, or None."""
        return next((node for text, node in self.pairs if text.value == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """A key without a value."""

    at: Location


type Node = Text | Items | Entries | Null


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing wrong in a file, with what to do about it after a semicolon."""

    at: Location
    message: str

    @override
    def __str__(self) -> str:
        """Give the line that the command line prints."""
        return f"{self.at}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """Everything that is wrong with a text, in the order of the file; never empty."""

    items: tuple[Problem, ...]

    @override
    def __str__(self) -> str:
        """Give one line a problem."""
        return "\n".join(str(item) for item in self.items)

"""Reading nodes: each reader gives a value, or None and a problem at the place of the text.

Nothing is guessed and nothing is skipped: what has no value, is empty or is not known is a
problem, and whoever reads on collects further ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from gate.core.conditions.kind import did_you_mean
from gate.core.located import Entries, Items, Location, Node, Problem, Problems, Text

LONGEST_TIME: Final = timedelta(days=3650)
SHOWN: Final = 60  # characters of the user's text that a message repeats

_DURATION: Final = re.compile(r"([1-9][0-9]{0,8})([smhd])", re.ASCII)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(slots=True)
class Findings:
    """The problems found so far."""

    items: list[Problem] = field(default_factory=list)

    def add(self, at: Location, message: str) -> None:
        """Note a problem."""
        self.items.append(Problem(at=at, message=message))

    def take[T](self, parsed: T | Problems) -> T | None:
        """Give the value, or note its problems."""
        if isinstance(parsed, Problems):
            self.items.extend(parsed.items)
            return None
        return parsed

    def in_order(self) -> tuple[Problem, ...]:
        """Give the first problem of each place, file by file from top to bottom."""
        first: dict[Location, Problem] = {}
        for item in self.items:
            first.setdefault(item.at, item)
        return tuple(sorted(first.values()))


def shown(text: str) -> str:
    """Give a text in back-ticks, cut where it is long."""
    return f"`{text}`" if len(text) <= SHOWN else f"`{text[:SHOWN]}...`"


def text_of(node: Node, what: str, findings: Findings) -> str | None:
    """Give the text of a scalar that is not empty."""
    if isinstance(node, Text) and node.value.strip():
        return node.value
    if isinstance(node, Items):
        findings.add(node.at, f"`{what}` takes one value; a list is not allowed here")
    elif isinstance(node, Entries):
        findings.add(node.at, f"`{what}` takes one value; `key: value` is not allowed here")
    else:
        findings.add(node.at, f"`{what}` has no value; write one or delete the key")
    return None


def word_of(node: Node, what: str, words: Collection[str], findings: Findings) -> str | None:
    """Give a text that is one of some words."""
    text = text_of(node, what, findings)
    if text is None or text in words:
        return text
    findings.add(node.at, f"unknown `{what}` {shown(text)}{did_you_mean(text, words)}")
    return None


def items_of(node: Node, what: str, findings: Findings) -> Iterator[Text]:
    """Give the texts of a list, or of a single value as a list of one."""
    if isinstance(node, Entries):
        findings.add(node.at, f"`{what}` takes a list; write [one, two]")
        return
    values = node.values if isinstance(node, Items) else (node,)
    if not values:
        findings.add(node.at, f"`{what}` is an empty list; fill it or delete the key")
    for value in values:
        if isinstance(value, Text) and value.value.strip():
            yield value
        else:
            text_of(value, what, findings)


def nodes_of(node: Node, what: str, findings: Findings) -> tuple[Node, ...]:
    """Give the nodes of a list that is not empty."""
    if not isinstance(node, Items):
        findings.add(node.at, f"`{what}` takes a list; begin each entry with `- `")
        return ()
    if not node.values:
        findings.add(node.at, f"`{what}` is an empty list; fill it or delete the key")
    return node.values


def pairs_of(node: Node, what: str, findings: Findings) -> tuple[tuple[Text, Node], ...]:
    """Give the pairs of a mapping that is not empty."""
    if not isinstance(node, Entries):
        findings.add(node.at, f"`{what}` takes `key: value` entries; write some or delete the key")
        return ()
    if not node.pairs:
        findings.add(node.at, f"`{what}` is empty; fill it or delete the key")
    return node.pairs


def fields_of(
    node: Node, what: str, keys: Collection[str], findings: Findings
) -> Mapping[str, Node]:
    """Give the nodes of a mapping by key; keys that are not known are problems."""
    fields: dict[str, Node] = {}
    for key, value in pairs_of(node, what, findings):
        if key.value in keys:
            fields[key.value] = value
        else:
            advice = did_you_mean(key.value, keys)
            findings.add(key.at, f"unknown key {shown(key.value)} in `{what}`{advice}")
    return fields


def need(fields: Mapping[str, Node], key: str, node: Node, findings: Findings) -> Node | None:
    """Give the node of a key that must be there; `node` is the mapping."""
    if key in fields or not isinstance(node, Entries) or not node.pairs:
        return fields.get(key)
    findings.add(node.at, f"`{key}` is missing; add it here")
    return None


def duration_of(node: Node, what: str, findings: Findings) -> timedelta | None:
    """Give a time span that is written as `90s`, `15m`, `12h` or `30d`."""
    text = text_of(node, what, findings)
    if text is None:
        return None
    parsed = parse_duration(text)
    if isinstance(parsed, str):
        findings.add(node.at, f"`{what}` {parsed}")
        return None
    return parsed


def parse_duration(text: str) -> timedelta | str:
    """Give a time span, or what is wrong with it as half a sentence."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return f"{shown(text)} is no time span; write such as 90s, 15m, 12h or 30d"
    span = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if span > LONGEST_TIME:
        return f"{shown(text)} is longer than ten years; write a shorter time span"
    return span


def end_of_date(node: Node, what: str, findings: Findings) -> datetime | None:
    """Give the moment at which a date that is written as `2027-03-31` has ended, in UTC."""
    text = text_of(node, what, findings)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text if _DATE.fullmatch(text) else "")
        return datetime.combine(day, time(0), UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        findings.add(node.at, f"`{what}` {shown(text)} is no date; write such as 2027-03-31")
        return None


def moment_of(node: Node, what: str, findings: Findings) -> datetime | None:
    """Give a moment that is written as `2027-03-31T08:30:00+02:00` or with `Z`."""
    text = text_of(node, what, findings)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    findings.add(
        node.at, f"`{what}` {shown(text)} is no moment; write such as 2027-03-31T08:30:00+02:00"
    )
    return None

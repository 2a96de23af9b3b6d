"""The request target: path and query as the policy sees them, or why they are refused.

Rules: only the origin form in printable ASCII is taken. A strict site takes a path that has one
reading; a lenient site gets all readings, and whoever decides takes the strictest answer over
them (G12). The received bytes are what the upstream gets; nothing is ever rewritten. Query names
that a rule reads may arrive once and in one spelling only (G13).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from gate.core.decision import Reason
from gate.core.handoff import PREFIX
from gate.core.readings import lenient_readings, strict_reading
from gate.core.refusal import Refusal, too_large, unclean

LONGEST: Final = 8192  # bytes of a whole target; RFC 9110 section 4.1 asks for 8,000 at least
MOST_DECODINGS: Final = 4  # of a query name, more than any stack of servers does
METHOD_NAMES: Final = frozenset({"_method", "x-http-method-override"})  # change it in frameworks

_PAGES: Final = PREFIX.encode()
_PRINTABLE: Final = re.compile(rb"/[\x21\x22\x24-\x7e]*")  # no blank, no `#`, no control
_PLAIN_PATH: Final = re.compile(
    rb"(?:/[A-Za-z0-9_@+,=!'()*&:-][A-Za-z0-9_@+,=!'()*&:.-]*+(?<!\.))*+/?"
)
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target that may be decided on.

    `path` is the path decoded once, `readings` all that a server could make of it (on a strict
    site the path alone), `query` what follows `?` as it came. `raw` is what the upstream gets.
    """

    raw: bytes
    path: str
    readings: tuple[str, ...]
    query: str = ""

    @property
    def raw_path(self) -> bytes:
        """The path as it came."""
        return self.raw.partition(b"?")[0]


def read_target(raw: bytes, *, lenient: bool) -> Target | Refusal:
    """Give the target with its readings, or why it is refused."""
    if len(raw) > LONGEST:
        return too_large(414, "target is too long")
    if not _PRINTABLE.fullmatch(raw):
        return unclean("target is not a path in printable ASCII")
    raw_path, _, query = raw.partition(b"?")
    readings = _readings(raw_path, lenient=lenient)
    if isinstance(readings, Refusal):
        return readings
    return Target(raw=raw, path=readings[0], readings=readings, query=query.decode("ascii"))


def _readings(raw_path: bytes, *, lenient: bool) -> tuple[str, ...] | Refusal:
    path = raw_path.decode("ascii")
    if _PLAIN_PATH.fullmatch(raw_path):
        return (path,)
    if lenient:
        return lenient_readings(path)
    reading = strict_reading(path)
    return reading if isinstance(reading, Refusal) else (reading,)


def is_reserved(target: Target) -> bool | Refusal:
    """Say whether the gate's own pages are meant; other spellings of their prefix are 404.

    Below the prefix a path is read strictly on every site.
    """
    if target.raw.startswith(_PAGES):
        reading = strict_reading(target.raw_path.decode("ascii"))
        return reading if isinstance(reading, Refusal) else True
    if any(f"{reading.lower()}/".startswith(PREFIX) for reading in target.readings):
        return Refusal(
            status=404, reason=Reason.NOT_FOUND, detail="odd spelling of the pages' prefix"
        )
    return False


# --- query (G13) ---------------------------------------------------------------------------


def query_values(target: Target, names: frozenset[str]) -> Mapping[str, str | None] | Refusal:
    """Give the decoded value of each name that a rule reads, None when it is absent.

    Twice, in brackets, beside `;` or in another spelling than the rule's: refused, because
    servers differ in which value they take.
    """
    values: dict[str, str | None] = dict.fromkeys(names)
    wanted = _wanted(names)
    for part in target.query.split("&") if names else ():
        if wanted.isdisjoint(_spellings_in(part)):
            continue
        name, _, value = part.partition("=")
        if name not in names or ";" in part:
            return unclean("query name of a rule in an odd spelling")
        if values[name] is not None:
            return unclean("query name of a rule twice")
        decoded = _query_text(value)
        if isinstance(decoded, Refusal):
            return decoded
        values[name] = decoded
    return values


def changes_method(target: Target) -> bool:
    """Say whether the query asks a framework to take another method (G11)."""
    if "%" not in target.query and "method" not in target.query.lower():
        return False
    wanted = _wanted(METHOD_NAMES)
    return any(not wanted.isdisjoint(_spellings_in(part)) for part in target.query.split("&"))


@lru_cache(maxsize=1024)
def _wanted(names: frozenset[str]) -> frozenset[str]:
    return frozenset(spelling for name in names for spelling in _spellings(name))


def _spellings_in(part: str) -> Iterator[str]:
    """Give what servers could take for names in one part, those that split at `;` too."""
    for piece in part.split(";"):
        yield from _spellings(piece.partition("=")[0])


def _spellings(name: str) -> Iterator[str]:
    """Give a name as the most forgiving servers fold it.

    PHP cuts at a bracket or takes it, a dot and a blank for `_`; others fold the case.
    """
    if not name or (name.isalnum() and name.islower()):
        yield name
        return
    text = name.replace("+", " ")
    for _ in range(MOST_DECODINGS if "%" in text else 0):
        text = unquote(text)
    text = text.partition("\x00")[0].strip().lower()
    for form in (text.partition("[")[0], text.replace("[", "_").rstrip("]")):
        yield form.replace(" ", "_").replace(".", "_")


def _query_text(value: str) -> str | Refusal:
    if _BAD_ESCAPE.search(value):
        return unclean("bad percent sign in a query value that a rule reads")
    try:
        text = unquote_to_bytes(value.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        return unclean("query value that a rule reads is not UTF-8")
    if _CONTROL.search(text):
        return unclean("control character in a query value that a rule reads")
    return text

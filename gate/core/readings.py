"""What servers can make of a path: the one reading they share, or all that they could take.

A strict reading refuses whatever two servers may read in two ways. The lenient readings are the
closure of a path under decoding, merged slashes, resolved dots, cut parameters and the forms of
Windows and Unicode folding (G12): finite, bounded, and without control characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from gate.core.refusal import Refusal, unclean

MOST_READINGS: Final = 32  # of one lenient path; honest ones have one or two

_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MICROSOFT_ESCAPE: Final = re.compile(r"%u", re.IGNORECASE)
_SPECIAL_ESCAPE: Final = re.compile(r"%(?:2[ef53]|3[bf]|5c)", re.IGNORECASE)  # . / % # ; ? \
_SEPARATORS: Final = frozenset(";\\?#")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SHORT_NAME: Final = re.compile(r"/[^/.~]{1,6}~[0-9]{1,6}(?:\.[^/.]{0,3})?(?=/|\Z)")
_OVERLONG: Final = re.compile(rb"[\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]")  # RFC 3629 section 3


def strict_reading(raw: str) -> str | Refusal:
    """Give the one reading that every server shares, or what they could differ in."""
    if _BAD_ESCAPE.search(raw):
        return unclean("bad percent sign in the path")
    if _SPECIAL_ESCAPE.search(raw):
        return unclean("encoded separator in the path")
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return unclean("path is not UTF-8")
    if _CONTROL.search(path):
        return unclean("control character in the path")
    doubt = _doubt(path) or _unicode_doubt(path)
    return unclean(doubt) if doubt else path


def _doubt(path: str) -> str | None:
    """Say what servers read differently in a decoded path."""
    if not _SEPARATORS.isdisjoint(path):
        return "path parameter, backslash, query or fragment"
    segments = path.split("/")[1:]
    if "" in segments[:-1]:
        return "empty segment"
    if any(segment.endswith((".", " ")) for segment in segments):
        return "dot segment, or a segment that ends with a dot or blank"
    if ":$" in path or re.search("~[0-9]", path):
        return "file system's own form of a name"
    return None


def _unicode_doubt(path: str) -> str | None:
    """Say whether folding to ASCII, as some servers do, would make another path of it."""
    if path.isascii():
        return None
    for segment in path.split("/")[1:]:
        folded = _folded(segment)
        if not segment.isascii() and folded.isascii():
            return "segment that folds to ASCII"
        if folded.endswith((".", " ")):
            return "dot or blank at a segment's end that folds to ASCII"
        if any(part in {"", ".", ".."} for part in re.split(r"[/\\]", folded)[:-1]):
            return "separator that folds to ASCII"
    return None


def _folded(text: str) -> str:
    return text if text.isascii() else "".join(map(_fold, text))


@lru_cache(maxsize=1024)
def _fold(character: str) -> str:
    """Give the single ASCII character that some servers take this one for."""
    forms = (unicodedata.normalize("NFKC", character), character.lower(), character.upper())
    return next((form for form in forms if len(form) == 1 and form.isascii()), character)


def lenient_readings(raw: str) -> tuple[str, ...] | Refusal:
    """Give the closure of all readings of a path; the first is the path decoded once."""
    first = _decoded(raw)
    if isinstance(first, Refusal):
        return first
    found = dict.fromkeys((first, raw))
    waiting = list(found)
    while waiting:
        steps = _next_readings(waiting.pop())
        if isinstance(steps, Refusal):
            return steps
        new = [step for step in steps if step not in found]
        found.update(dict.fromkeys(new))
        waiting.extend(new)
        if len(found) > MOST_READINGS:
            return unclean("path has too many readings")
    return tuple(found)


def _next_readings(path: str) -> tuple[str, ...] | Refusal:
    """Give the readings one step away: each is not longer, so that the closure is finite."""
    decoded = _decoded(path)
    if isinstance(decoded, Refusal):
        return decoded
    if _SHORT_NAME.search(path):
        return unclean("short form of a name, which can't be resolved")
    return (
        decoded,
        path.replace("\\", "/"),
        re.sub("/{2,}", "/", path),
        re.sub(r";[^/]*", "", path),
        re.split("[?#]", path, maxsplit=1)[0],
        re.sub(r" +(?=/|\Z)", "", path),
        re.sub(r"(?<=[^/. ])[. ]+(?=/|\Z)", "", path),
        re.sub(r":[^/:]*:\$[^/]*|:\$[^/]*", "", path),
        _without_dots(path),
        _folded(path),
    )


def _decoded(path: str) -> str | Refusal:
    """Decode once; a lone percent sign stays, bytes that are not UTF-8 are read as Latin-1."""
    if _MICROSOFT_ESCAPE.search(path):
        return unclean("%u escape in the path")
    if not _ESCAPE.search(path):
        return path
    octets = unquote_to_bytes(path)
    if _OVERLONG.search(octets) and not _is_utf8(octets):
        return unclean("overlong UTF-8 in the path")
    decoded = octets.decode("utf-8" if _is_utf8(octets) else "latin-1")
    return unclean("control character in the path") if _CONTROL.search(decoded) else decoded


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _without_dots(path: str) -> str:
    """Resolve dot segments (RFC 3986 section 5.2.4); never climbs above the root."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)

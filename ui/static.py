"""Static files: read once at start, served under names that hold their hash, kept by browsers.

A name changes with the content, so a file may be kept for a year and is never stale; a script that
imports another one is served with the other's name in it. Nothing is looked up on the disk at a
request, so no path can lead out of the folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.responses import Response

from gate.core.handoff import PREFIX

FOLDER: Final = Path(__file__).parent / "static"
STATIC: Final = f"{PREFIX}static/"
KEPT: Final = "public, max-age=31536000, immutable"
_IMPORT: Final = re.compile(rb'from "\./([a-z-]+\.js)"')
HASH_LENGTH: Final = 16  # hex digits: 64 bits tell versions apart
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file as it is sent."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFiles:
    """All files: by the name that is served, and which name a source has."""

    served: Mapping[str, File]
    names: Mapping[str, str]

    def url(self, source: str) -> str:
        """Give the address of a file; KeyError for one that does not exist."""
        return STATIC + self.names[source]

    def text(self, source: str) -> str:
        """Give the text of a file."""
        return self.served[self.names[source]].content.decode()

    def response(self, name: str) -> Response | None:
        """Give the answer for a served name, or None."""
        file = self.served.get(name)
        if file is None:
            return None
        headers = {"cache-control": KEPT}
        return Response(file.content, headers=headers, media_type=file.media_type)


def load_static(folder: Path = FOLDER) -> StaticFiles:
    """Read the folder and name each file after its content."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix in TYPES]
    contents = _linked({path.name: path.read_bytes() for path in files})
    names = {name: _hashed(name, content) for name, content in contents.items()}
    served = {
        names[name]: File(content=content, media_type=TYPES[Path(name).suffix])
        for name, content in contents.items()
    }
    return StaticFiles(served=served, names=names)


def _linked(contents: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Give the files with served names in their imports; what is imported imports nothing."""

    def served(match: re.Match[bytes]) -> bytes:
        name = match[1].decode()
        return b'from "./' + _hashed(name, contents[name]).encode() + b'"'

    return {name: _IMPORT.sub(served, content) for name, content in contents.items()}


def _hashed(name: str, content: bytes) -> str:
    path = Path(name)
    return f"{path.stem}.{sha256(content).hexdigest()[:HASH_LENGTH]}{path.suffix}"

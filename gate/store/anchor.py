"""The anchor of the audit: a file that is only appended to, out of the store's reach (G27).

Whoever can change the store and not this file can't shorten the audit unnoticed. Its place is
another disk, or one that the operator made append-only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.core.ports import ChainPlace, Clock

PRIVATE_FILE: Final = 0o600
APPEND: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
END: Final = b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorFile:
    """One line of JSON for each head; several processes may append to it."""

    path: Path
    clock: Clock

    def note(self, head: ChainPlace) -> None:
        """Append a head, in one write that is on the disk when this returns."""
        line = {
            "at": self.clock.now().isoformat(),
            "chain": head.chain,
            "number": head.number,
            "code": head.code,
        }
        descriptor = os.open(self.path, APPEND, PRIVATE_FILE)
        try:
            os.write(descriptor, _cut_off(descriptor) + json.dumps(line).encode() + END)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def heads(self) -> Sequence[ChainPlace]:
        """Give every head that was noted; a line without its last brace was cut by a crash."""
        try:
            lines = self.path.read_bytes().split(END)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StoreUnavailable(f"`{self.path}` can't be read: {error.strerror}") from None
        whole = (line for line in lines[:-1] if line and not _is_cut(line))
        return tuple(self._head(line) for line in whole)

    def _head(self, line: bytes) -> ChainPlace:
        try:
            said = json.loads(line)
            chain, number, code = said["chain"], said["number"], said["code"]
            return ChainPlace(chain=str(chain), number=int(number), code=str(code))
        except (ValueError, KeyError, TypeError):
            raise StoreCorrupt(f"`{self.path}` holds a line that no gate wrote") from None


def _cut_off(descriptor: int) -> bytes:
    """Give what ends a line that a crash or a full disk has cut, so that the next stands alone."""
    size = os.fstat(descriptor).st_size
    return b"" if size == 0 or os.pread(descriptor, 1, size - 1) == END else END


def _is_cut(line: bytes) -> bool:
    return line.startswith(b"{") and not line.endswith(b"}")

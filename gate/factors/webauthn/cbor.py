"""A strict reader of CBOR (RFC 8949) as authenticators write it, one bounded value at a time.

Numbers, texts, byte strings, arrays, maps, true, false and null, all of definite length. What
python-fido2's own reader lets pass is refused here: strings cut short, a key that stands twice,
true as a key (which Python takes for 1), floats and tags read as something else, any depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

type CborKey = int | str | bytes
type CborValue = CborKey | bool | list[CborValue] | dict[CborKey, CborValue] | None

MAX_DEPTH: Final = 8  # CTAP2 section 8 allows 4; attestations within attestations need 5

_SIMPLE: Final = {20: False, 21: True, 22: None}  # RFC 8949 section 3.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A value, and the bytes behind it."""

    value: CborValue
    rest: bytes


class _MalformedError(Exception):
    """The bytes are no such value; caught in `decode`."""


def decode(encoded: bytes) -> Decoded | None:
    """Give the first value of some bytes, or None; never raises."""
    reader = _Reader(encoded)
    try:
        value = reader.value(depth=1)
    except (_MalformedError, UnicodeDecodeError):
        return None
    return Decoded(value=value, rest=encoded[reader.at :])


class _Reader:
    """Bytes, and how far they are read."""

    def __init__(self, encoded: bytes) -> None:
        self._encoded = encoded
        self.at = 0

    def value(self, *, depth: int) -> CborValue:
        """Read one value; each takes a byte at least, so that a false count ends soon."""
        if depth > MAX_DEPTH:
            raise _MalformedError
        major, low = divmod(self._take(1)[0], 32)
        match major:
            case 0 | 1:
                number = self._argument(low)
                return -1 - number if major else number
            case 2:
                return self._take(self._argument(low))
            case 3:
                return self._take(self._argument(low)).decode("utf-8")
            case 4:
                return [self.value(depth=depth + 1) for _ in range(self._argument(low))]
            case 5:
                return self._map(self._argument(low), depth + 1)
            case 7 if low in _SIMPLE:
                return _SIMPLE[low]
            case _:
                raise _MalformedError

    def _map(self, count: int, depth: int) -> dict[CborKey, CborValue]:
        read: dict[CborKey, CborValue] = {}
        for _ in range(count):
            key = self.value(depth=depth)
            if isinstance(key, bool) or not isinstance(key, int | str | bytes) or key in read:
                raise _MalformedError
            read[key] = self.value(depth=depth)
        return read

    def _argument(self, low: int) -> int:
        if low < 24:  # noqa: PLR2004 - RFC 8949 section 3
            return low
        if low > 27:  # noqa: PLR2004 - reserved, or of indefinite length
            raise _MalformedError
        return int.from_bytes(self._take(1 << (low - 24)))

    def _take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self._encoded):
            raise _MalformedError
        taken = self._encoded[self.at : end]
        self.at = end
        return taken

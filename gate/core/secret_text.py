"""Text that must not be shown: seeds, passwords, codes, tokens.

A `Secret` masks itself wherever text leaks by accident: `repr`, `str`, `format`, logs, tracebacks
that show locals. Only `reveal` gives the text, so each use of it can be found by that word.
Comparison takes the same time wherever the texts differ, and a secret can't be pickled.
"""

import hmac
from typing import Final, NoReturn, Self, SupportsIndex, final, override

MASK: Final = "********"


@final
class Secret:
    """A text that shows itself only when asked by `reveal`."""

    __slots__ = ("__text",)
    __text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_Secret__text", text)

    def reveal(self) -> str:
        """Give the text itself."""
        return self.__text

    def __bool__(self) -> bool:
        return bool(self.__text)

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_bytes(self.__text), _bytes(other.__text))

    @override
    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    @override
    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    @override
    def __str__(self) -> str:
        return MASK

    @override
    def __format__(self, spec: str) -> str:
        return MASK

    @override
    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change")

    @override
    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a secret does not change")

    @override
    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    @override
    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


def _bytes(text: str) -> bytes:
    """Encode any text, lone surrogates included, so that a comparison never raises."""
    return text.encode("utf-8", "surrogatepass")

"""Just enough of RFC 6455: the handshake, frames in and out, no extensions."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
MAX_PAYLOAD: Final = 64 * 1024  # bytes of a message that is read
SHORT: Final = 125  # the longest payload whose length fits the second byte
TWO_BYTES: Final = 126  # says that two bytes of length follow
EIGHT_BYTES: Final = 127  # says that eight bytes of length follow


class Opcode(IntEnum):
    """What a frame is (section 5.2)."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame with its payload unmasked."""

    opcode: Opcode
    payload: bytes
    is_last: bool = True


class FrameError(Exception):
    """What came is not a frame that a client may send."""


def accept_key(key: str) -> str:
    """Give the answer to a client's handshake key (section 4.2.2)."""
    digest = hashlib.sha1((key + GUID).encode("ascii"), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def encode(opcode: Opcode, payload: bytes) -> bytes:
    """Give a whole frame as a server sends it, unmasked."""
    head = bytes([0x80 | opcode])
    if len(payload) <= SHORT:
        return head + bytes([len(payload)]) + payload
    return head + bytes([TWO_BYTES]) + len(payload).to_bytes(2, "big") + payload


def read_frame(read: Callable[[int], bytes]) -> Frame:
    """Read one frame of a client; EOFError when the connection ends within it."""
    first, second = _exactly(read, 2)
    if first & 0x70 or not second & 0x80:
        raise FrameError("reserved bits are set or the mask is missing")
    length = _length(read, second & 0x7F)
    mask = _exactly(read, 4)
    payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(_exactly(read, length)))
    try:
        return Frame(Opcode(first & 0x0F), payload, is_last=bool(first & 0x80))
    except ValueError:
        raise FrameError("the opcode is not known") from None


def read_message(read: Callable[[int], bytes]) -> Frame:
    """Read a control frame, or a whole message however many frames it came in."""
    frame = read_frame(read)
    whole = frame.payload
    opcode = frame.opcode
    while not frame.is_last:
        frame = read_frame(read)
        whole += frame.payload
        if frame.opcode is not Opcode.CONTINUATION or len(whole) > MAX_PAYLOAD:
            raise FrameError("a message goes on with something else or for too long")
    return Frame(opcode, whole)


def _length(read: Callable[[int], bytes], first: int) -> int:
    more = {TWO_BYTES: 2, EIGHT_BYTES: 8}.get(first, 0)
    length = int.from_bytes(_exactly(read, more), "big") if more else first
    if length > MAX_PAYLOAD:
        raise FrameError("the payload is too long")
    return length


def _exactly(read: Callable[[int], bytes], count: int) -> bytes:
    content = read(count)
    if len(content) != count:
        raise EOFError
    return content

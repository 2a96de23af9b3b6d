"""Reads an upstream to the end of what it said, even where writing to it failed (RFC 9112, 9.6).

An upstream may answer before it has read a request's body and close. The next write to it fails,
and with it the connection; the answer waits in the kernel all the same, and is the client's.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from typing import override


class PatientReader(asyncio.StreamReader):
    """Gives all that came before an error; once it gives nothing, `error` tells of one."""

    error: Exception | None = None
    _held: socket.socket | None = None

    @override
    def set_exception(self, exc: Exception) -> None:
        """Take an error for the end."""
        self.error = exc
        self.feed_eof()

    def hold(self, writer: asyncio.StreamWriter) -> None:
        """Keep the socket readable when its transport ends; of TLS nothing could be read so."""
        held = writer.get_extra_info("socket")  # None once it has ended
        if held is None or writer.get_extra_info("sslcontext") is not None:
            return
        with suppress(OSError):  # no descriptor is left: then it is read as far as it goes
            self._held = socket.socket(fileno=os.dup(held.fileno()))

    def release(self) -> None:
        """Let go of the socket."""
        if self._held is not None:
            self._held.close()
            self._held = None

    @override
    async def read(self, n: int = -1) -> bytes:
        """Give what came, or nothing at the end."""
        data = await super().read(n)
        if data or self.error is None or self._held is None:
            return data
        try:
            return self._held.recv(n, socket.MSG_DONTWAIT)
        except OSError:
            return b""

"""A client of Marionette, the protocol by which Firefox is remote-controlled.

Each message is a JSON array behind its own length, `LENGTH:[0, id, command, parameters]`; its
answer is `LENGTH:[1, id, error, result]`. Commands and errors have the names of WebDriver.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Final, Literal

PATIENCE: Final = 120.0  # seconds for any answer; a page that loads is among them
LENGTH_DIGITS: Final = 10

type Context = Literal["content", "chrome"]


class MarionetteError(Exception):
    """The browser did not do as it was told; `kind` is WebDriver's word for why."""

    def __init__(self, command: str, kind: str, message: str) -> None:
        super().__init__(f"{command}: {kind}: {message}")
        self.kind = kind


@dataclass
class Marionette:
    """One conversation with a browser."""

    connection: socket.socket
    received: IO[bytes] = field(init=False)
    commands: int = 0

    def __post_init__(self) -> None:
        self.received = self.connection.makefile("rb")
        self.greeting = self._message()

    def tells(self, command: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Give one command and what comes of it; a lone value comes without its wrapping."""
        self.commands += 1
        message = json.dumps([0, self.commands, command, dict(parameters or {})]).encode()
        self.connection.sendall(b"%d:%b" % (len(message), message))
        _, answered, error, result = self._message()
        assert answered == self.commands, "an answer to another command"
        if error is not None:
            raise MarionetteError(command, error["error"], error["message"])
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def runs(self, script: str, *arguments: Any, context: Context = "content") -> Any:
        """Run a function's body, in the page or with the powers of the browser itself."""
        with self._in(context):
            return self.tells("WebDriver:ExecuteScript", {"script": script, "args": arguments})

    def closes(self) -> None:
        """Hang up."""
        self.received.close()
        self.connection.close()

    @contextmanager
    def _in(self, context: Context) -> Iterator[None]:
        if context == "content":
            yield
            return
        self.tells("Marionette:SetContext", {"value": context})
        try:
            yield
        finally:
            self.tells("Marionette:SetContext", {"value": "content"})

    def _message(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = self.received.read(1)
            if not byte or len(length) > LENGTH_DIGITS:
                raise EOFError("the browser hung up")
            length += byte
        return json.loads(self.received.read(int(length[:-1])))


def marionette(port: int) -> Marionette:
    """Begin a conversation with the browser that listens on a port of this machine."""
    return Marionette(socket.create_connection(("127.0.0.1", port), PATIENCE))

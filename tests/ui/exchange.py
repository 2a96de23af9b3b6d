"""One request through the pages' application, in this process, and what came back."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from html import unescape

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """Give the body as text."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """Give the one header of a name, or nothing."""
        found = [value for each, value in self.headers if each == name]
        return ", ".join(found)

    @property
    def location(self) -> str:
        """Give where it leads."""
        return self.header("location")

    @property
    def set_cookies(self) -> list[str]:
        """Give every Set-Cookie."""
        return [value for name, value in self.headers if name == "set-cookie"]

    @property
    def hidden(self) -> dict[str, str]:
        """Give the hidden inputs of the page's forms, the last of a name."""
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.text)
        return {name: unescape(value) for name, value in found}

    @property
    def title(self) -> str:
        """Give the page's title."""
        found = re.search(r"<title>(.*?)</title>", self.text)
        return unescape(found[1]) if found else ""


def exchange(
    app: ASGIApp,
    method: str,
    path: str,
    headers: list[tuple[str, str]],
    body: bytes = b"",
) -> Answer:
    """Run one request through an ASGI application."""
    return asyncio.run(_exchange(app, method, path, headers, body))


async def _exchange(
    app: ASGIApp, method: str, path: str, headers: list[tuple[str, str]], body: bytes
) -> Answer:
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start = messages[0]
    answered = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in start["headers"]]
    content = b"".join(message.get("body", b"") for message in messages[1:])
    return Answer(status=start["status"], headers=tuple(answered), body=content)

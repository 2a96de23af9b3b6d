"""Compares what came straight from an application with what came through the gate.

Equal means: the same status, headers and body, byte for byte. What the gate may change is written
here and nowhere else: the connection's own headers, and `private` for shared caches (G30).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import httpx

from tests.apps.clients import Way

CONNECTION: Final = frozenset({"connection", "keep-alive"})  # RFC 9110 section 7.6.1
DATE: Final = re.compile(rb"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
DATED: Final = frozenset({"date", "expires", "set-cookie"})
FOR_SHARED: Final = frozenset({"public", "proxy-revalidate"})

type Flow = Callable[[httpx.Client], Iterable[httpx.Response]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One response, with whatever differs from one time to the next made alike."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def compare(flow: Flow, straight: Way, gated: Way, *masks: str) -> None:
    """Run a flow on both ways; `masks` are patterns of what is drawn anew each time."""
    patterns = tuple(re.compile(mask.encode()) for mask in masks)
    direct = [_behind_the_gate(each) for each in _seen(flow, straight, patterns)]
    through = _seen(flow, gated, patterns)
    assert direct, "the flow asked for nothing"
    assert through == direct


def _seen(flow: Flow, way: Way, patterns: tuple[re.Pattern[bytes], ...]) -> list[Seen]:
    with way.browser() as browser:
        return [seen(response, patterns) for response in flow(browser)]


def seen(response: httpx.Response, patterns: tuple[re.Pattern[bytes], ...] = ()) -> Seen:
    """Give a response in a form that can be compared."""
    headers = [(name.lower().decode(), value) for name, value in response.headers.raw]
    return Seen(
        response.status_code,
        tuple(
            sorted(
                (name, _alike(value, (DATE, *patterns) if name in DATED else patterns))
                for name, value in headers
                if name not in CONNECTION
                if not (patterns and name == "content-length")  # what is masked has any length
            )
        ),
        _masked(response.content, patterns),
    )


def _alike(value: bytes, patterns: tuple[re.Pattern[bytes], ...]) -> str:
    return _masked(value, patterns).decode("latin-1")


def _masked(value: bytes, patterns: tuple[re.Pattern[bytes], ...]) -> bytes:
    for pattern in patterns:
        value = pattern.sub(b"*", value)
    return value


def _behind_the_gate(straight: Seen) -> Seen:
    """Give what a straight response must look like once the gate has passed it on."""
    kept = [header for header in straight.headers if header[0] != "cache-control"]
    values = [value for name, value in straight.headers if name == "cache-control"]
    private = ("cache-control", _private(", ".join(values)))
    return Seen(straight.status, tuple(sorted([*kept, private])), straight.body)


def _private(value: str) -> str:
    parts = [part.strip() for part in value.split(",")]
    kept = [part for part in parts if part and part not in FOR_SHARED and "s-maxage" not in part]
    if {"private", "no-store"} & set(kept):
        return ", ".join(kept)
    return ", ".join(["private", *kept])

"""The start-up self-test: the library under the plane is the one that it was written for.

The plane builds on parts of mitmproxy that are not promised to stay. Before a process serves, the
version, the names and the signatures are compared; anything else is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Final

from mitmproxy.options import Options
from mitmproxy.proxy import layer, server
from mitmproxy.proxy.layers.http import HttpLayer, _http1

from gate.core.errors import PlaneIncompatible

OLDEST: Final = (12, 2, 3)
BEFORE: Final = (12, 4)
REMEDY: Final = "install mitmproxy>=12.2.3,<12.4"

# Options that would let connections pass unseen; the plane reads none of them, nor may others.
FORBIDDEN: Final = ("ignore_hosts", "allow_hosts", "tcp_hosts", "udp_hosts", "ssl_insecure")

_EXPECTED: Final[tuple[tuple[Callable[..., object], tuple[str, ...]], ...]] = (
    (layer.Layer.handle_event, ("self", "event")),
    (server.LiveConnectionHandler.__init__, ("self", "reader", "writer", "options", "mode")),
    (HttpLayer.__init__, ("self", "context", "mode")),
    (HttpLayer.event_to_child, ("self", "child", "event")),
    (_http1.Http1Server.__init__, ("self", "context")),
    (_http1.Http1Server.read_headers, ("self", "event")),
    (_http1.Http1Server.send, ("self", "event")),
    (_http1.Http1Server.mark_done, ("self", "request", "response")),
    (_http1.Http1Client.__init__, ("self", "context")),
    (_http1.Http1Client.read_headers, ("self", "event")),
    (_http1.Http1Client.send, ("self", "event")),
    (_http1.Http1Connection.read_body, ("self", "event")),
    (_http1.Http1Connection.passthrough, ("self", "event")),
    (_http1.make_body_reader, ("expected_size",)),
)


def self_test() -> None:
    """Raise PlaneIncompatible unless the library is as expected."""
    check_version(version("mitmproxy"))
    for function, parameters in _EXPECTED:
        check_signature(function, parameters)
    check_options(Options())


def check_version(installed: str) -> None:
    """Raise PlaneIncompatible unless the version is in the range that was tried."""
    if not OLDEST <= _numbers(installed) < BEFORE:
        raise PlaneIncompatible(f"mitmproxy {installed} is not supported; {REMEDY}")


def check_signature(function: Callable[..., object], parameters: tuple[str, ...]) -> None:
    """Raise PlaneIncompatible unless the function takes what the plane gives it."""
    found = tuple(inspect.signature(function).parameters)
    if found != parameters:
        raise PlaneIncompatible(f"`{function.__qualname__}` takes {found}; {REMEDY}")


def check_options(options: Options) -> None:
    """Raise PlaneIncompatible when some option would let connections pass unseen."""
    unsafe = [name for name in FORBIDDEN if getattr(options, name, None)]
    if unsafe:
        raise PlaneIncompatible(f"`{unsafe[0]}` is set in mitmproxy's options; unset it")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else -1 for part in text.split("."))

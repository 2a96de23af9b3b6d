"""The baseline: the leanest mitmproxy without a gate, streaming, on one port, for one upstream.

Own master, no default add-ons, a cached table of hooks, uvloop, headers validated. Run with
`python -O tests/bench/lean_mitmproxy.py LISTEN_PORT UPSTREAM_PORT`.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, Final, override

import uvloop
from mitmproxy import addonmanager, hooks, http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master
from mitmproxy.options import Options
from mitmproxy.proxy import layer
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode
from mitmproxy.proxy.mode_servers import ServerInstance

OPTIONS: Final = {
    "connection_strategy": "lazy",
    "keep_host_header": True,
    "rawtcp": False,
    "http2": False,
    "http3": False,
    "websocket": False,
    "validate_inbound_headers": True,
    "server": False,
}


class TableOfHooks(addonmanager.AddonManager):
    """Finds the functions of an event once instead of at every event."""

    def __init__(self, master: Master) -> None:
        """Begin with an empty table."""
        super().__init__(master)  # type: ignore[no-untyped-call]  # as mitmproxy has it
        self.table: dict[str, list[Callable[..., object]]] = {}

    def functions(self, name: str) -> list[Callable[..., object]]:
        """Give the functions that an event calls."""
        if name not in self.table:
            traverse: Callable[[list[object]], Iterator[object]] = addonmanager.traverse
            every = (getattr(addon, name, None) for addon in traverse(self.chain))
            self.table[name] = [function for function in every if callable(function)]
        return self.table[name]

    @override
    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        """Call the functions of an event."""
        for function in self.functions(event.name):
            result = function(*event.args())
            if inspect.isawaitable(result):
                await result


class Streaming:
    """Streams both ways and does nothing else."""

    def next_layer(self, found: layer.NextLayer) -> None:
        """Take every connection for HTTP."""
        found.layer = HttpLayer(found.context, HTTPMode.transparent)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Stream the request."""
        flow.request.stream = True

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Stream the answer."""
        if flow.response is not None:
            flow.response.stream = True


async def serve(port: int, upstream: int) -> None:
    """Serve until ended from outside."""
    with tempfile.TemporaryDirectory() as folder:
        master = Master(Options(confdir=folder))
        master.addons = TableOfHooks(master)
        proxyserver: Any = Proxyserver()  # type: ignore[no-untyped-call]  # as mitmproxy has it
        master.addons.add(proxyserver, Streaming())  # type: ignore[no-untyped-call]  # as above
        master.options.update(**OPTIONS)  # type: ignore[no-untyped-call]  # as above
        mode = f"reverse:http://127.0.0.1:{upstream}"
        instance: ServerInstance[Any] = ServerInstance.make(mode, proxyserver)
        listener = socket.create_server(("127.0.0.1", port), reuse_port=True)
        server = await asyncio.start_server(instance.handle_stream, sock=listener, backlog=1024)
        gc.collect()
        gc.freeze()
        print(f"ready {port}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))

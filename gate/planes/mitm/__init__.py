"""The mitm plane: HTTP/1.1 through mitmproxy's connection handling, layers and codecs.

The words: an *event* travels inwards (bytes came, the reaper found something), a *command*
outwards (send, open, close); a *codec* turns bytes into events of one side (`front` clients,
`back` upstreams); a *stream* is one exchange; the *guard* is the only way from a request to an
upstream. The stream asks the guard directly and not through add-on hooks: mitmproxy goes on when
a hook raises, and here nothing does.
"""

from __future__ import annotations

from gate.planes.mitm.self_test import self_test
from gate.planes.mitm.server import new_event_loop, serve
from gate.planes.mitm.settings import Limits, MitmSettings

__all__ = ["Limits", "MitmSettings", "new_event_loop", "self_test", "serve"]

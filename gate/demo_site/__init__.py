"""The stock and orders intranet of Hollowell Parts Ltd: an old application to put a gate before.

The company does not exist. The application does: it has the habits of its kind, so that what
holds for it holds for most. It has no sign-in of its own and lets anybody do anything, keeps an
order pad in a session under its own cookie, changes state by plain forms, redirects with relative
and with absolute addresses, streams live movements (`/live/events`), talks over a WebSocket
(`/ws`), sends files (`/downloads/`, one of 5 MiB with ranges) and has an office of buttons that
nobody else should press (`/admin`). It believes `Remote-User`, `Remote-Groups` and `Remote-Name`
from whoever asks, and shows at `/headers` what it received.

    python -m gate.demo_site --port 8000

listens on 127.0.0.1 alone, prints `ready http://127.0.0.1:8000`, and ends at TERM, INT or the end
of its standard input. Everything is kept in memory, within limits, and gone afterwards. Standard
library only; it imports nothing of the gate.
"""

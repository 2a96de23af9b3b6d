"""Klaus as gunicorn serves it: one repository, to which only who is in the digest file may push.

Klaus's git part undoes chunked bodies by itself, which the server has done already; so it is not
told of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from klaus import make_app

type Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def _dechunked_once(inner: Wsgi) -> Wsgi:
    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return inner(environ, start_response)

    return outer


with Path(os.environ["KLAUS_DIGESTS"]).open(encoding="utf-8") as digests:
    application = _dechunked_once(
        make_app(
            [os.environ["KLAUS_REPOSITORY"]], "Code", use_smarthttp=True, htdigest_file=digests
        )
    )

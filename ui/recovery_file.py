"""Recovery codes as a file that still says, years later, whose they are and for which site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse

from gate.core.secret_text import Secret
from gate.core.subject import Account
from ui.ask import Ask

FILE: Final = """\
Recovery codes of {name} for {host}
Made on {made:%d} {made:%B %Y}, {made:%H:%M} UTC

Each code works once, together with your password, when you have neither
your phone nor your security key. Keep them where nobody else looks.

{codes}
"""


def recovery_file(ask: Ask, account: Account, codes: Sequence[Secret]) -> PlainTextResponse:
    """Give the file, to be saved and not shown."""
    now = ask.services.clock.now()
    host = urlsplit(ask.services.public_url).hostname or "gate"
    text = FILE.format(
        name=account.name, host=host, made=now, codes="\n".join(code.reveal() for code in codes)
    )
    readable = re.sub(r"[^a-z0-9.-]+", "-", host).strip("-")
    file = f"{readable}-recovery-codes-{account.name}-{now:%Y-%m-%d}.txt"
    return PlainTextResponse(
        text.replace("\n", "\r\n"),
        headers={"content-disposition": f'attachment; filename="{file}"'},
    )

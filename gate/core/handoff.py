"""Names of the headers by which a plane hands a request to the pages process (G22).

The plane removes every `X-Gate-*` of the client before it adds its own. The pages process answers
403 on every route without the secret and takes host, scheme and address from these alone.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from typing import Final

PREFIX: Final = "/-/gate/"  # every page of the gate lives below it, on every host

SECRET: Final = b"x-gate-handoff"
CLIENT: Final = b"x-gate-client"  # canonical address of the client
SCHEME: Final = b"x-gate-scheme"  # http or https, of public_url
HOST: Final = b"x-gate-host"  # host[:port] as the browser sees it
SITE: Final = b"x-gate-site"  # the site's name in the policy, or empty on a host of its own
REQUEST: Final = b"x-gate-request"  # request id
REFUSAL: Final = b"x-gate-refusal"  # the refusal to render, as `encode_refusal` gives it

REFUSAL_PATH: Final = "/-/gate/refusal"  # reached only with REFUSAL set, which no client can


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRefusal:
    """What the pages process needs to render a refusal for one person.

    `wanted` is the URL that was asked for, `undelivered` says that a body was stopped, `text` is
    the policy's own text of a `deny:`, `account` the account's name when somebody is signed in.
    """

    status: int
    reason: str
    wanted: str
    text: str = ""
    account: str = ""
    undelivered: bool = False


def encode_refusal(refusal: PersonalRefusal) -> bytes:
    """Give the header value that carries a refusal to the pages."""
    text = json.dumps(asdict(refusal), ensure_ascii=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode("ascii"))


def decode_refusal(value: bytes) -> PersonalRefusal | None:
    """Give the refusal back; None for anything that `encode_refusal` does not make."""
    try:
        found = json.loads(base64.b64decode(value, altchars=b"-_", validate=True))
        refusal = PersonalRefusal(**found)
    except (ValueError, TypeError):
        return None
    return refusal if _is_typed(refusal) else None


def _is_typed(refusal: PersonalRefusal) -> bool:
    texts = (refusal.reason, refusal.wanted, refusal.text, refusal.account)
    numbers = (type(refusal.status), type(refusal.undelivered))
    return all(type(text) is str for text in texts) and numbers == (int, bool)

"""Sessions of browsers: an order pad under a cookie of the application's own."""

import re
import secrets
import threading
from dataclasses import dataclass, field
from typing import Final

COOKIE: Final = "HPSESSID"
MAX_SESSIONS: Final = 1000  # the oldest go first
MAX_PAD_LINES: Final = 20

_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(slots=True, kw_only=True)
class Session:
    """What is remembered of one browser."""

    id: str
    is_new: bool = True
    pad: dict[str, int] = field(default_factory=dict)
    notice: str = ""

    def take_notice(self) -> str:
        """Give the notice for the next page, once."""
        notice, self.notice = self.notice, ""
        return notice

    def put_on_pad(self, part: str, pieces: int) -> bool:
        """Set the pieces of a part on the order pad, zero removes it; False when it is full."""
        if pieces == 0:
            self.pad.pop(part, None)
            return True
        if part not in self.pad and len(self.pad) >= MAX_PAD_LINES:
            return False
        self.pad[part] = pieces
        return True


@dataclass(slots=True)
class Sessions:
    """All sessions, by the id in their cookie."""

    _by_id: dict[str, Session] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, cookie_header: str) -> Session:
        """Give the session of a browser, a new one when its cookie names none."""
        with self._lock:
            known = self._by_id.get(session_id(cookie_header))
            if known is not None:
                known.is_new = False
                return known
            if len(self._by_id) >= MAX_SESSIONS:
                del self._by_id[next(iter(self._by_id))]
            made = Session(id=secrets.token_hex(16))
            self._by_id[made.id] = made
            return made


def session_id(cookie_header: str) -> str:
    """Find the own cookie among all that a browser sent."""
    pairs = (pair.strip().partition("=") for pair in cookie_header.split(";"))
    found = next((value for name, _, value in pairs if name == COOKIE), "")
    return found if _ID.fullmatch(found) else ""

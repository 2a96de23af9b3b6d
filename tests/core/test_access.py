"""Access, and how conditions see it."""

from __future__ import annotations

from gate.core.access import Seen
from tests.support.decisions import access, site


def test_an_access_is_a_strangers_until_a_session_is_given() -> None:
    asked = access(site())
    assert (asked.session, asked.opened_at, asked.query, asked.read) == (None, None, {}, {})


def test_g8_nobody_is_known_until_somebody_is_named() -> None:
    seen = Seen(access(site()), "/A", "/a")
    assert (seen.name, seen.wide) == (None, False)

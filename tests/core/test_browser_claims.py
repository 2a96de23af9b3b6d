"""What browsers say: service workers that would control the pages, WebSockets of other sites."""

from __future__ import annotations

from typing import Final

import pytest

from gate.core.browser_claims import foreign_origin, worker_over_pages
from gate.core.header_names import Lines
from gate.core.target import Target, read_target
from tests.support.front_sites import PlainSite, PlainTable

WIKI: Final = PlainSite(name="wiki")
TABLE: Final = PlainTable(
    {"wiki.example": WIKI, "alias.example:8443": WIKI, "blog.example": PlainSite(name="blog")}
)


def target(raw: bytes, *, lenient: bool = False) -> Target:
    found = read_target(raw, lenient=lenient)
    assert isinstance(found, Target)
    return found


@pytest.mark.parametrize(
    ("raw", "lenient", "expected"),
    [
        (b"/sw.js", False, True),
        (b"/sw.js?x=/app/", False, True),
        (b"/", False, True),
        (b"/-/sw.js", False, True),
        (b"/-/gate/sw.js", False, True),
        (b"/app/sw.js", False, False),
        (b"/-/gate/static/sw.js", False, False),
        (b"/app/..%2fsw.js", True, True),
        (b"/-/GATE/sw.js", False, True),
    ],
)
@pytest.mark.parametrize(
    "lines",
    [
        {b"service-worker": (b"script",)},
        {b"service-worker": (b"anything",)},
        {b"sec-fetch-dest": (b"serviceworker",)},
    ],
    ids=["header", "odd header", "destination"],
)
def test_g4_a_worker_whose_folder_contains_the_pages_is_seen(
    raw: bytes, lenient: bool, expected: bool, lines: Lines
) -> None:
    assert worker_over_pages(lines, target(raw, lenient=lenient)) is expected


@pytest.mark.parametrize("lines", [{}, {b"sec-fetch-dest": (b"script",)}], ids=["none", "script"])
def test_g4_other_fetches_of_the_same_script_are_no_worker(lines: Lines) -> None:
    assert not worker_over_pages(lines, target(b"/sw.js"))


@pytest.mark.parametrize(
    ("origins", "expected"),
    [
        ((), False),
        ((b"https://wiki.example",), False),
        ((b"http://WIKI.example:8080",), False),
        ((b"https://alias.example:8443",), False),
        ((b"https://alias.example",), True),
        ((b"https://blog.example",), True),
        ((b"https://evil.example",), True),
        ((b"https://wiki.example.evil.example",), True),
        ((b"null",), True),
        ((b"",), True),
        ((b"https://wiki.example", b"https://evil.example"), True),
    ],
)
def test_g30_a_websocket_of_another_site_is_foreign(
    origins: tuple[bytes, ...], expected: bool
) -> None:
    lines = {b"origin": origins} if origins else {}
    assert foreign_origin(lines, WIKI, TABLE) is expected

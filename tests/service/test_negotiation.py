"""What kind of answer a client can use."""

from __future__ import annotations

import pytest

from gate.service.negotiation import Want, extends_idle, wanted
from tests.support.decisions import headers


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, Want.PAGE),
        ({"Sec-Fetch-Mode": "navigate"}, Want.PAGE),
        ({"Sec-Fetch-Dest": "document"}, Want.DATA),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, Want.FRAME),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "frame"}, Want.FRAME),
        ({"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "text/html"}, Want.DATA),
        ({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, Want.DATA),
        ({"Sec-Fetch-Mode": "websocket"}, Want.DATA),
        ({"Accept": "text/html,*/*"}, Want.PAGE),
        ({"Accept": "*/*"}, Want.DATA),
        ({"Accept": "application/json"}, Want.DATA),
        ({}, Want.DATA),
    ],
    ids=str,
)
def test_g3_only_a_navigation_gets_a_page(said: dict[str, str], want: Want) -> None:
    assert wanted(headers(said)) is want


@pytest.mark.parametrize(
    ("method", "said", "extends"),
    [
        ("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ("GET", {"Sec-Fetch-Mode": "cors"}, False),
        ("HEAD", {}, False),
        ("POST", {"Sec-Fetch-Mode": "cors"}, True),
        ("DELETE", {}, True),
    ],
    ids=str,
)
def test_g19_navigations_and_unsafe_methods_extend_idle_time(
    method: str, said: dict[str, str], *, extends: bool
) -> None:
    assert extends_idle(method, headers(said)) is extends

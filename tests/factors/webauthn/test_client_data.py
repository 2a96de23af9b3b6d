"""What the browser says of a ceremony: the members that count, of the right kind."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from gate.factors.webauthn.client_data import ClientData, parse_client_data

MEMBERS: dict[str, object] = {
    "type": "webauthn.get",
    "challenge": "AAAA",
    "origin": "https://gate.example.com",
    "crossOrigin": False,
}


def written(**changed: object) -> bytes:
    return json.dumps(MEMBERS | changed).encode()


def parsed(raw: bytes, **changed: Any) -> ClientData:
    members: dict[str, Any] = {
        "type": "webauthn.get",
        "challenge": "AAAA",
        "origin": "https://gate.example.com",
        "cross_origin": False,
        "top_origin": None,
        "hash": hashlib.sha256(raw).digest(),
    }
    return ClientData(**members | changed)


def test_the_members_are_read_and_the_bytes_are_hashed() -> None:
    raw = written(crossOrigin=True, topOrigin="https://shop.example.com")
    expected = parsed(raw, cross_origin=True, top_origin="https://shop.example.com")
    assert parse_client_data(raw) == expected


def test_an_older_browser_says_nothing_of_frames() -> None:
    raw = json.dumps({n: v for n, v in MEMBERS.items() if n != "crossOrigin"}).encode()
    assert parse_client_data(raw) == parsed(raw)


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"tokenBinding": {"status": "present", "id": "x"}}, id="token binding"),
        pytest.param({"tokenBinding": "odd"}, id="odd token binding"),
        pytest.param({"extraData": "of a later browser", "more": [1]}, id="unknown members"),
        pytest.param({"topOrigin": None}, id="no top origin"),
    ],
)
def test_w40_token_binding_and_unknown_members_are_ignored(members: dict[str, object]) -> None:
    raw = written(**members)
    assert parse_client_data(raw) == parsed(raw)


def test_w39_a_byte_order_mark_is_hashed_and_not_read() -> None:
    raw = b"\xef\xbb\xbf" + written()
    assert parse_client_data(raw) == parsed(raw)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(
            written()[:-1] + b', "origin": "https://a.example"}', id="w38 an origin twice"
        ),
        pytest.param(written()[:-1] + b', "more": 1, "more": 1}', id="w38 any name twice"),
        pytest.param(b"{" + b'"a":{' * 10_000, id="w37 nested"),
        pytest.param(written(type=5), id="a type that is a number"),
        pytest.param(written(challenge=None), id="no challenge"),
        pytest.param(written(origin=["https://gate.example.com"]), id="a list of origins"),
        pytest.param(written(crossOrigin="false"), id="crossOrigin as a text"),
        pytest.param(written(crossOrigin=0), id="crossOrigin as a number"),
        pytest.param(written(crossOrigin=None), id="crossOrigin null"),
        pytest.param(written(topOrigin=True), id="topOrigin as a truth value"),
    ],
)
def test_client_data_of_another_shape_are_none(raw: bytes) -> None:
    assert parse_client_data(raw) is None


@pytest.mark.parametrize("name", ["type", "challenge", "origin"])
def test_a_member_must_be_there(name: str) -> None:
    raw = json.dumps({n: v for n, v in MEMBERS.items() if n != name}).encode()
    assert parse_client_data(raw) is None

"""Types of settings: text becomes a value, or half a sentence that says why not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ConfigDict, ValidationError, create_model

from gate.config.setting_types import (
    AdminListen,
    Endpoint,
    File,
    Line,
    Listen,
    Networks,
    Number,
    Origin,
    Proxies,
    PublicUrl,
    Span,
    State,
    Switch,
    UnixSocket,
    UpstreamUrl,
    Wait,
    is_loopback,
)
from gate.core.network import Allowlist
from gate.core.secret_text import Secret

ANY_TYPE = ConfigDict(arbitrary_types_allowed=True)


def model(kind: Any, value: object) -> Any:
    one: Any = create_model("One", __config__=ANY_TYPE, value=(kind, ...))
    return one.model_validate({"value": value})


def read(kind: Any, value: object) -> Any:
    return model(kind, value).value


def refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    return caught.value.errors()[0]["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Span, "15m", timedelta(minutes=15)),
        (Span, timedelta(1), timedelta(1)),
        (Wait, "0s", timedelta()),
        (Wait, "24h", timedelta(days=1)),
        (Number, "12", 12),
        (Number, 7, 7),
        (Number, "0", 0),
        (Switch, "true", True),
        (Switch, "false", False),
        (Switch, True, True),
        (Line, "  a b ", "a b"),
        (File, "a/b", Path("a/b")),
        (File, Path("a"), Path("a")),
        (UpstreamUrl, "http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        (
            Listen,
            "127.0.0.1:80, [::1]:80",
            (Endpoint(host="127.0.0.1", port=80), Endpoint(host="::1", port=80)),
        ),
        (Listen, ["8080"], (Endpoint(host="127.0.0.1", port=8080),)),
        (Listen, (Endpoint(host="::", port=1),), (Endpoint(host="::", port=1),)),
        (Listen, "https://[::]:443", (Endpoint(host="::", port=443, tls=True),)),
        (Listen, ["HTTPS://127.0.0.1:1/"], (Endpoint(host="127.0.0.1", port=1, tls=True),)),
        (AdminListen, "127.0.0.1:9090", Endpoint(host="127.0.0.1", port=9090)),
        (AdminListen, "unix:/run/gate.sock", UnixSocket(path=Path("/run/gate.sock"))),
        (AdminListen, UnixSocket(path=Path("/a")), UnixSocket(path=Path("/a"))),
        (
            PublicUrl,
            "https://Gate.Example.com/",
            Origin(scheme="https", host="gate.example.com", port=443),
        ),
        (PublicUrl, "http://localhost:8080", Origin(scheme="http", host="localhost", port=8080)),
        (PublicUrl, "http://[::1]:1", Origin(scheme="http", host="[::1]", port=1)),
        (
            PublicUrl,
            Origin(scheme="http", host="a", port=1),
            Origin(scheme="http", host="a", port=1),
        ),
        (State, "sqlite:///a.db", Secret("sqlite:///a.db")),
        (State, Secret("x"), Secret("x")),
    ],
)
def test_a_text_becomes_a_value(kind: Any, text: object, value: object) -> None:
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Span, "soon", "`soon` is no time span;"),
        (Span, ["1m"], "takes one value,"),
        (Number, "1.5", "`1.5` is no number;"),
        (Number, "-1", "`-1` is no number;"),
        (Number, "٣", "`٣` is no number;"),
        (Switch, "yes", "`yes` is neither `true` nor `false`;"),
        (Line, " ", "takes one value,"),
        (Line, {"a": "b"}, "takes one value,"),
        (Listen, "", "is an empty list;"),
        (Listen, {"a": "b"}, "takes a list"),
        (
            Listen,
            "localhost:80",
            "`localhost:80` names a host; write its address, such as 127.0.0.1:80",
        ),
        (Listen, "127.0.0.1:99999", "`127.0.0.1:99999` is no address and port;"),
        (AdminListen, "0.0.0.0:9090", "`0.0.0.0:9090` can be reached from outside;"),
        (AdminListen, "[2001:db8::1]:1", "`[2001:db8::1]:1` can be reached from outside;"),
        (UpstreamUrl, "http://a/b", "`http://a/b` has a path;"),
        (State, "mysql://x", "is no store;"),
    ],
)
def test_a_text_that_is_no_value_says_why(kind: Any, value: object, expected: str) -> None:
    assert refusal(kind, value).startswith(expected)


@pytest.mark.parametrize("url", ["http://gate.example.com", "http://10.0.0.1:8080"])
def test_g24_plain_http_is_for_this_machine_alone(url: str) -> None:
    assert refusal(PublicUrl, url).startswith(f"`{url}` is not encrypted;")


@pytest.mark.parametrize("url", ["gate.example.com", "https://a/b", "https://me@a"])
def test_where_the_pages_live_is_an_origin(url: str) -> None:
    assert refusal(PublicUrl, url).startswith(f"`{url}` ")


def test_networks_are_addresses_and_networks() -> None:
    networks = read(Networks, "10.0.0.1, 10.1.0.0/16")
    assert [str(each) for each in networks.networks] == ["10.0.0.1/32", "10.1.0.0/16"]
    assert read(Networks, networks) is networks
    with pytest.raises(ValidationError, match="bits set behind the prefix"):
        read(Networks, "10.0.0.1/8")


def test_proxies_are_addresses_and_networks() -> None:
    proxies = read(Proxies, "10.0.0.1, 10.1.0.0/16")
    assert [str(each) for each in proxies.networks] == ["10.0.0.1/32", "10.1.0.0/16"]
    assert read(Proxies, proxies) is proxies
    assert read(Proxies, "") == Allowlist()


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "0.0.0.0/1,128.0.0.0/1", "10.0.0.1/8", "me"])
def test_t07_nobody_trusts_everybody_or_something_unclear(text: str) -> None:
    assert refusal(Proxies, text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.1.2.3", True),
        ("[::1]", True),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
        ("example.com", False),
    ],
)
def test_this_machine_is_known_by_name_and_address(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_secret_is_not_shown_by_a_dump() -> None:
    dumped = model(State, "postgresql://me:secret@db/gate").model_dump(mode="json")
    assert "secret" not in str(dumped)


def test_places_are_written_as_they_are_read() -> None:
    assert str(Endpoint(host="::1", port=80)) == "[::1]:80"
    assert str(Endpoint(host="127.0.0.1", port=80)) == "127.0.0.1:80"
    assert str(UnixSocket(path=Path("/a"))) == "unix:/a"
    assert str(Origin(scheme="https", host="a", port=443)) == "https://a"
    assert str(Origin(scheme="https", host="a", port=8443)) == "https://a:8443"
    assert Origin(scheme="https", host="a", port=8443).is_secure
    assert not Origin(scheme="http", host="a", port=80).is_secure

"""The settings of TLS: pairs of files, and the hosts that they serve."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gate.config.settings import Settings

LISTEN = "https://127.0.0.1:8443"
PAIR = {"cert": "a.pem", "key": "a.key"}


def settings(tls: object) -> Settings:
    return Settings.from_written({"listen": [LISTEN], "tls": tls})


def refusal(tls: object) -> str:
    with pytest.raises(ValidationError) as caught:
        settings(tls)
    return caught.value.errors()[0]["msg"].removeprefix("Value error, ")


def test_a_pair_is_two_files_and_serves_all_names_by_default() -> None:
    (pair,) = settings([PAIR]).tls
    assert (pair.cert, pair.key, pair.hosts) == (Path("a.pem"), Path("a.key"), ())


def test_hosts_are_in_the_form_in_which_they_are_looked_up() -> None:
    hosts = ["WIKI.example.com", "*.Example.com", "[2001:DB8:0::1]", "127.0.0.1"]
    (pair,) = settings([{**PAIR, "hosts": hosts}]).tls
    assert pair.hosts == ("wiki.example.com", "*.example.com", "[2001:db8::1]", "127.0.0.1")


def test_the_environment_writes_pairs_with_a_colon() -> None:
    first, second = settings("a.pem:a.key, /b.pem:/b.key").tls
    assert (first.cert, first.key) == (Path("a.pem"), Path("a.key"))
    assert (second.cert, second.key) == (Path("/b.pem"), Path("/b.key"))
    dumped = settings("a.pem:a.key").model_dump(mode="json")
    assert dumped["tls"] == "a.pem:a.key"


@pytest.mark.parametrize(
    ("tls", "words"),
    [
        ("a.pem", "`a.pem` names no two files; write CERT:KEY"),
        (":a.key", "`:a.key` names no two files; write CERT:KEY"),
        (PAIR, "takes a list; put `- ` in front of `cert`"),
        ([{**PAIR, "hosts": ["a.test:443"]}], "`a.test:443` is no host; write a name"),
        ([{**PAIR, "hosts": ["*.*.test"]}], "`*.*.test` is no host; write a name"),
        ([{"cert": "a.pem"}], "Field required"),
        ([{**PAIR, "password": "x"}], "Extra inputs are not permitted"),
        ([{**PAIR, "cert": None}], "takes one value, not a list or a mapping"),
    ],
)
def test_anything_else_is_refused(tls: object, words: str) -> None:
    assert refusal(tls).startswith(words)

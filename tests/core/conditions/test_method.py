"""`method`: known methods in capitals, GET with HEAD."""

from __future__ import annotations

import pytest

from gate.core.conditions import HIT, MISS, Names, Scope
from gate.core.conditions.method import METHOD, Methods
from tests.support.decisions import Written, complaints, conditions, seen


@pytest.mark.parametrize(
    ("written", "methods"),
    [
        pytest.param("GET", {"GET", "HEAD"}, id="g11 GET includes HEAD"),
        pytest.param("HEAD", {"HEAD"}, id="HEAD does not include GET"),
        pytest.param(["POST", "PUT"], {"POST", "PUT"}, id="a list"),
        pytest.param("PROPFIND", {"PROPFIND"}, id="WebDAV"),
    ],
)
def test_g11_a_rule_names_its_methods(written: Written, methods: set[str]) -> None:
    assert conditions({"method": written}) == (Methods(methods=frozenset(methods)),)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("get", "unknown method `get`; did you mean `GET`?"),
        ("PSOT", "unknown method `PSOT`; did you mean `POST`?"),
        ("TRACE", "unknown method `TRACE`"),
    ],
)
def test_an_unknown_method_is_refused(method: str, message: str) -> None:
    (found,) = complaints({"method": method})
    assert found.startswith(message)


def test_a_method_that_the_site_adds_is_taken() -> None:
    names = Names(methods=frozenset({"PURGE"}))
    assert conditions({"method": "PURGE"}, names) == (Methods(methods=frozenset({"PURGE"})),)


def test_the_method_of_the_request_is_compared() -> None:
    condition = Methods(methods=frozenset({"GET", "HEAD"}))
    assert condition.match(seen(method="HEAD")) is HIT
    assert condition.match(seen(method="POST")) is MISS
    assert condition.words(seen(method="HEAD")) == "`HEAD` is GET or HEAD"
    assert condition.words(seen(method="POST")) == "`POST` is not GET or HEAD"


def test_the_method_belongs_to_the_request() -> None:
    condition = Methods(methods=frozenset({"GET"}))
    assert (condition.key, condition.scope, METHOD.key) == ("method", Scope.REQUEST, "method")

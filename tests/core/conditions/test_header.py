"""`header`: clean headers that the client chooses, never credentials or identity."""

from __future__ import annotations

import pytest

from gate.core.conditions import HIT, MISS, Scope
from gate.core.conditions.header import HEADER, Headers
from tests.support.decisions import Written, complaints, conditions, seen


def header(written: Written) -> Headers:
    (found,) = conditions({"header": written})
    assert isinstance(found, Headers)
    return found


def test_g13_names_are_compared_in_lower_case() -> None:
    condition = header({"X-Requested-With": "XMLHttp*", "Accept": "*"})
    values = {"x-requested-with": "XMLHttpRequest", "accept": "text/html"}
    assert condition.match(seen(read=values)) is HIT
    assert condition.match(seen(read={"accept": "text/html"})) is MISS
    assert condition.words(seen(read=values)) == (
        "`x-requested-with` fits `XMLHttp*`, `accept` fits `*`"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Cookie", "header `Cookie` holds credentials; no rule may read it"),
        ("authorization", "header `authorization` holds credentials; no rule may read it"),
        ("Remote-User", "header `Remote-User` is taken out before rules are read; use another one"),
        ("X-Gate-Any", "header `X-Gate-Any` is taken out before rules are read; use another one"),
        ("X_Odd", "header `X_Odd` is taken out before rules are read; use another one"),
        ("Connection", "header `Connection` is taken out before rules are read; use another one"),
        ("a b", "`a b` is no header name"),
        ("\xe9", "`\xe9` is no header name"),
    ],
)
def test_g13_a_header_that_rules_must_not_read_is_refused(name: str, message: str) -> None:
    assert complaints({"header": {name: "*"}}) == [message]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param(None, "`header` takes a mapping with at least one entry", id="null"),
        pytest.param({"Accept": []}, "`header accept` is an empty list", id="g9 empty list"),
        pytest.param(
            {"Accept": "a", "accept": "b"},
            "header `accept` stands twice; join both in one list",
            id="one header in two spellings",
        ),
    ],
)
def test_a_bad_header_condition_is_refused(written: Written, message: str) -> None:
    (found,) = complaints({"header": written})
    assert found.startswith(message)


def test_headers_belong_to_the_request() -> None:
    condition = header({"Accept": "*"})
    assert (condition.key, condition.scope, HEADER.key) == ("header", Scope.REQUEST, "header")

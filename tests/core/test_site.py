"""A site knows what its rules read."""

from __future__ import annotations

from gate.core.arrival import FrontSite
from gate.core.rules import Denied
from tests.support.decisions import rule, site


def test_g13_a_site_knows_the_names_that_its_rules_read() -> None:
    found = site(
        rule("a", {"query": {"tab": "x", "page": "1"}}, Denied()),
        rule("b", {"not": {"header": {"X-Kind": "y"}, "query": {"deep": "*"}}}, Denied()),
    )
    assert found.query_names == {"tab", "page", "deep"}
    assert found.header_names == {"x-kind"}
    assert not found.has_method_rules


def test_g11_a_site_knows_whether_a_rule_looks_at_the_method() -> None:
    assert site(rule("a", {"not": {"method": "GET"}}, Denied())).has_method_rules


def test_a_site_answers_the_front_door_from_its_options() -> None:
    strict: FrontSite = site()
    loose: FrontSite = site(
        lenient_paths=True,
        extra_methods=frozenset({"PURGE"}),
        pass_odd_headers=True,
        allow_service_worker=True,
    )
    asked = [
        (each.paths_lenient, each.methods, each.odd_headers_pass, each.service_worker_allowed)
        for each in (strict, loose)
    ]
    assert asked == [(False, frozenset(), False, False), (True, frozenset({"PURGE"}), True, True)]

"""Rules: names, conditions and how paths compare."""

from __future__ import annotations

import pytest

from gate.core.conditions.path import Path
from gate.core.located import Location
from tests.support.policies import problems_of, rule_of, site_of, site_text


def paths(rule: str) -> Path:
    (path,) = (each for each in rule_of(rule).when if isinstance(each, Path))
    return path


def test_t28_rules_keep_the_order_of_the_file_and_know_their_place() -> None:
    site = site_of("- {name: b, when: any, then: public}\n- {name: a, when: any, then: public}")
    assert [rule.ref.name for rule in site.rules] == ["b", "a"]
    assert site.rules[1].ref.at == Location(file="p.yaml", line=7, column=9)


def test_a_rule_needs_a_name_a_when_and_a_then() -> None:
    lines = problems_of(site_text("- {mode: report}\n- {}\n- text"))
    assert [line.split(": ", 1)[0] for line in lines] == ["6:9", "7:9", "8:9"]


def test_the_name_of_a_rule_stands_once_in_a_site() -> None:
    rules = "- {name: a, when: any, then: public}\n- {name: a, when: any, then: public}"
    assert problems_of(site_text(rules)) == [
        "7:9: rule `a` stands twice, first at p.yaml:6:9; rename one of them"
    ]


@pytest.mark.parametrize("name", ["x" * 121, "'a\u200bb'", '"a\\tb"'])
def test_the_name_of_a_rule_is_short_and_printable(name: str) -> None:
    (line,) = problems_of(site_text(f"- {{name: {name}, when: any, then: public}}"))
    assert "`name` takes up to 120 printable characters" in line


@pytest.mark.parametrize("when", ["", "~", "[]", "{}", "all", "{path: /a, path: /b}"])
def test_g9_a_when_is_never_nothing_by_mistake(when: str) -> None:
    assert len(problems_of(site_text(f"- {{name: a, when: {when}, then: public}}"))) == 1


def test_g9_the_catch_all_is_written_out() -> None:
    assert rule_of("{name: a, when: any, then: public}").when == ()


def test_all_problems_of_a_rule_are_told() -> None:
    rule = "- {name: '', when: {path: a, group: b}, then: {require: c}, mode: d, streams: e}"
    assert len(problems_of(site_text(rule))) == 6


def test_g12_public_rules_compare_capitals_and_others_do_not() -> None:
    assert paths("{name: a, when: {path: /a}, then: public}").exact
    assert not paths("{name: a, when: {path: /a}, then: {deny: x}}").exact


def test_g12_a_site_may_compare_capitals_everywhere() -> None:
    site = site_of("- {name: a, when: {path: [/a, /A]}, then: {deny: x}}", "case: exact")
    assert [each.exact for each in site.rules[0].when if isinstance(each, Path)] == [True]


def test_g12_patterns_that_differ_only_in_capitals_are_refused() -> None:
    rules = """
        - {name: a, when: {path: /Admin/**}, then: {deny: x}}
        - {name: b, when: {not: {path: /admin/**}}, then: {deny: x}}
        """
    (line,) = problems_of(site_text(rules))
    assert line.startswith("7:38: path `/admin/**` differs from `/Admin/**` (p.yaml:6:32) only in")


def test_a_rule_may_name_a_method_that_the_site_adds() -> None:
    rule = "- {name: a, when: {method: PURGE}, then: {deny: x}}"
    assert site_of(rule, "methods: [PURGE]").has_method_rules
    assert len(problems_of(site_text(rule))) == 1

"""The files of a folder become one policy, or every problem of them."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, strategies as st

from gate.config.policy_yaml import Loaded, load_policy
from gate.core.located import Problems
from gate.core.ports import PolicyText
from tests.support.broken_policies import BROKEN, WHY
from tests.support.policies import (
    SITE,
    loaded,
    policy_of,
    policy_text,
    problems_of,
    site_text,
)

TESTS = "tests: [{name: t, request: GET http://wiki.example.com/, from: 10.0.0.1, expect: deny}]"


@pytest.mark.parametrize("name", BROKEN)
def test_f11_a_broken_policy_is_refused_with_every_place(name: str) -> None:
    assert tuple(problems_of(BROKEN[name])) == WHY[name]


def test_f11_there_are_thirty_broken_policies_and_more() -> None:
    assert len(BROKEN) >= 30


def test_t101_a_folder_without_files_is_no_policy() -> None:
    found = load_policy(PolicyText(files=()))
    assert str(found) == "policies:1:1: there is no policy; put a file `*.yaml` here"


@pytest.mark.parametrize("text", ["tests: [a]", "groups: {a: [b]}", "admins: {account: a}"])
def test_t101_a_policy_without_sites_is_none(text: str) -> None:
    assert isinstance(load_policy(policy_text(text)), Problems)


def test_a_policy_of_people_alone_says_where_sites_are_missing() -> None:
    assert problems_of("groups: {a: [b]}") == ["1:10: there is no site; add one under `sites:`"]
    assert problems_of("admins: {account: a}") == [
        "policies:1:1: there is no site; add one under `sites:`"
    ]


def test_the_files_of_a_folder_are_one_policy() -> None:
    people = "groups: {staff: [bob]}\nnetworks: {office: 10.0.0.0/8}\nadmins: {group: staff}"
    rule = "- {name: a, when: {group: staff, network: office}, then: {require: signed_in}}"
    policy = policy_of(site_text(rule), people)
    assert policy.groups["staff"].at.file == "p2.yaml"
    assert policy.is_admin("bob")


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        (SITE, site_text(name="wiki"), "p2.yaml:2:3: `wiki` stands twice, first at p.yaml:2:3;"),
        (
            SITE + "groups: {a: [b]}",
            "groups: {a: [c]}",
            "p2.yaml:1:10: `a` stands twice, first at p.yaml:7:10;",
        ),
        (
            SITE + "networks: {a: 10.0.0.0/8}",
            "networks: {a: 0.0.0.0/0}",
            "p2.yaml:1:12: `a` stands twice, first at p.yaml:7:12;",
        ),
        (
            SITE + 'accounts: {"*": {require: second_factor}}',
            'accounts: {"*": {require: signed_in}}',
            "p2.yaml:1:12: `*` stands twice, first at p.yaml:7:12;",
        ),
        (
            SITE + "admins: {account: a}",
            "admins: {account: b}",
            "p2.yaml:1:9: `admins` stands twice, first at p.yaml:7:9;",
        ),
        (
            SITE + TESTS,
            TESTS,
            "p2.yaml:1:16: test `t` stands twice, first at p.yaml:7:16;",
        ),
    ],
)
def test_g9_a_name_stands_in_one_file(first: str, second: str, place: str) -> None:
    (line,) = problems_of(first, second)
    assert line.startswith(place)


def test_the_problems_of_all_files_are_told_together() -> None:
    lines = problems_of(SITE + "groups: []", "sites: []\nnetworks: {a: x}")
    assert [line.split(": ")[0] for line in lines] == ["7:9", "p2.yaml:1:8", "p2.yaml:2:15"]


def test_names_of_a_file_that_is_broken_are_not_missed_elsewhere() -> None:
    rule = "- {name: a, when: {group: staff}, then: {require: signed_in}}"
    lines = problems_of(site_text(rule), "groups: {staff: [bob]\n")
    assert [line.split(": ")[0] for line in lines] == ["p2.yaml:2:1"]


def test_a_test_may_name_the_rule_that_decides() -> None:
    request = "request: GET http://wiki.example.com/, from: 10.0.0.1, expect: sign_in"
    text = f"{SITE}tests: [{{name: a, {request}}}, {{name: b, {request}, rule: staff}}]"
    assert [test.rule for test in policy_of(text).tests] == [None, "staff"]
    assert problems_of(text.replace("rule: staff", "rule: stuff")) == [
        "7:99: site `wiki` has no rule `stuff`; did you mean `staff`?"
    ]


def test_it_is_known_where_networks_are_written() -> None:
    found = loaded(SITE + "networks:\n  office: 10.0.0.0/8\n")
    assert {name: str(at) for name, at in found.places.items()} == {"office": "p.yaml:8:3"}


def test_the_cycle_collector_is_as_it_was() -> None:
    loaded(SITE)
    assert gc.isenabled()
    gc.disable()
    try:
        loaded(SITE)
        assert not gc.isenabled()
    finally:
        gc.enable()


_ATOMS = st.sampled_from(
    ["", "~", "any", "public", "/a/**", "GET", "bob", "10.0.0.0/8", "15m", "second_factor"]
)
_KEYS = st.sampled_from(
    [
        "sites",
        "groups",
        "networks",
        "accounts",
        "admins",
        "tests",
        "hosts",
        "upstream",
        "rules",
        "name",
        "when",
        "then",
        "path",
        "not",
        "require",
        "within",
        "members",
        "request",
        "from",
        "expect",
        "as",
        "proofs",
        "mode",
        "time",
        "a",
    ]
)
_TREES = st.recursive(
    _ATOMS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


def _yaml(tree: object) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {_yaml(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(_yaml, tree)) + "]"
    return str(tree)


@given(tree=st.dictionaries(_KEYS, _TREES, max_size=6))
def test_any_tree_is_a_policy_or_has_problems(tree: dict[str, object]) -> None:
    found = load_policy(policy_text(_yaml(tree)))
    assert isinstance(found, Loaded) or found.items


@given(text=st.text(alphabet="abc:{}[]-'\"\n &*!|>#%~\t\u2028", max_size=60))
def test_any_text_is_a_policy_or_has_problems(text: str) -> None:
    found = load_policy(policy_text(text))
    assert isinstance(found, Loaded) or found.items

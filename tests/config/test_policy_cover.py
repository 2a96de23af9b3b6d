"""Whether one condition or rule takes all that another one does."""

from __future__ import annotations

import pytest

from gate.config.policy_cover import takes_all_of
from gate.core.policy import Policy
from tests.support.policies import policy_of, site_text

REST = """\
networks: {office: 10.0.0.0/8, home: 192.0.2.0/24}
groups: {staff: [bob, carol], admins: [alice], all: [alice, bob, carol]}
"""


def covered(narrow: str, wide: str, then: str = "{deny: x}", wide_then: str = "{deny: x}") -> bool:
    rules = f"""
        - {{name: wide, when: {wide}, then: {wide_then}}}
        - {{name: narrow, when: {narrow}, then: {then}}}
        """
    policy: Policy = policy_of(REST + site_text(rules, "case: folded"))
    first, second = policy.sites["wiki"].rules
    return takes_all_of(first, second)


COVERED = [
    ("any", "any"),
    ("{path: /a}", "any"),
    ("{path: /a, method: GET}", "{path: /a}"),
    ("{path: /a/b}", "{path: /a/**}"),
    ("{path: /a}", "{path: /a/**}"),
    ("{path: /a/**}", "{path: /**}"),
    ("{path: /a/*/c}", "{path: /a/**}"),
    ("{path: /a/b/c}", "{path: /a/*/c}"),
    ("{path: /a/b.txt}", "{path: '/a/*.txt'}"),
    ("{path: [/a/1, /b/1]}", "{path: [/a/*, /b/*]}"),
    ("{path: [/a, /b/c]}", "{path: [/a, /b/**]}"),
    ("{method: GET}", "{method: [GET, POST]}"),
    ("{account: bob}", "{account: [bob, alice]}"),
    ("{group: staff}", "{group: [staff, admins]}"),
    ("{account: [bob, carol]}", "{group: staff}"),
    ("{account: [bob, alice]}", "{group: [staff, admins]}"),
    ("{network: office}", "{network: [office, home]}"),
    ("{network: 10.1.0.0/16}", "{network: office}"),
    ("{network: 2001:db8::1}", "{network: [office, '2001:db8::/32']}"),
    ("{query: {a: b, c: d}}", "{query: {a: b}}"),
    ("{header: {A: b, C: d}}", "{header: {a: b}}"),
    ("{time: 08:00-09:00 UTC}", "{time: [08:00-09:00 UTC, 10:00-11:00 UTC]}"),
    ("{not: {method: [GET, POST]}}", "{not: {method: POST}}"),
    ("{not: {method: GET, path: /a}}", "{not: {method: GET, path: /a}}"),
]
NOT_COVERED = [
    ("any", "{path: /a}"),
    ("{path: /a}", "{path: /a, method: GET}"),
    ("{path: /ab}", "{path: /a/**}"),
    ("{path: /a/**}", "{path: /a/*}"),
    ("{path: /a/*}", "{path: /a/b}"),
    ("{path: /**/b}", "{path: /a/**}"),
    ("{path: /a/b*}", "{path: /a/*b}"),
    ("{path: [/a/1, /c]}", "{path: [/a/*, /b/*]}"),
    ("{path: /a/x/**}", "{path: /**/x/**}"),
    ("{method: [GET, PUT]}", "{method: [GET, POST]}"),
    ("{account: dave}", "{group: staff}"),
    ("{group: staff}", "{account: [bob, carol]}"),
    ("{group: all}", "{group: staff}"),
    ("{network: home}", "{network: office}"),
    ("{network: 10.0.0.0/7}", "{network: office}"),
    ("{network: 2001:db8::1}", "{network: office}"),
    ("{query: {a: b}}", "{query: {a: b, c: d}}"),
    ("{header: {A: b}}", "{header: {A: c}}"),
    ("{time: 08:00-09:00 UTC}", "{time: 08:00-10:00 UTC}"),
    ("{not: {method: POST}}", "{not: {method: [GET, POST]}}"),
    ("{not: {method: GET, path: /a}}", "{not: {method: GET}}"),
]


@pytest.mark.parametrize(("narrow", "wide"), COVERED)
def test_a_rule_that_takes_everything_is_seen(narrow: str, wide: str) -> None:
    assert covered(narrow, wide)


@pytest.mark.parametrize(("narrow", "wide"), NOT_COVERED)
def test_a_rule_that_leaves_something_is_never_called_a_cover(narrow: str, wide: str) -> None:
    assert not covered(narrow, wide)


def test_g12_a_public_rule_compares_capitals_and_so_leaves_some() -> None:
    assert not covered("{path: /a}", "{path: /a}", wide_then="public")
    assert covered("{path: /a}", "{path: /a/**}", then="public")
    assert covered("{path: /a/b}", "{path: /a/*}", then="public", wide_then="public")


def test_long_lists_are_not_compared_one_by_one() -> None:
    long = ", ".join(f"10.0.{number}.0/24" for number in range(201))
    assert not covered("{network: 10.0.0.1}", f"{{network: [{long}]}}")

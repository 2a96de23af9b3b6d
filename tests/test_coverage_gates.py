"""The coverage gates: which tests count for a source, and which of its lines need a call."""

from __future__ import annotations

import re

import pytest

from tests.coverage_gates import bodies, own_contexts

SOURCE = '''"""A module."""

LIMIT = 3


class Box:
    size: int = LIMIT

    def twice(self) -> int:
        """Give twice the size."""
        return (
            2 * self.size
        )


async def wait() -> None:
    def inner() -> None:
        return None

    inner()
'''


@pytest.mark.parametrize(
    ("source", "test", "counts"),
    [
        ("gate/core/network.py", "tests/core/test_network.py::test_a|run", True),
        ("gate/core/network.py", "tests/core/test_network.py::test_a[1]|setup", True),
        ("gate/core/network.py", "tests/core/test_network_lists.py::test_a|run", True),
        ("gate/core/network.py", "tests/core/test_networks.py::test_a|run", False),
        ("gate/core/network.py", "tests/core/conditions/test_network.py::test_a|run", False),
        ("gate/core/network.py", "tests/service/test_network.py::test_a|run", False),
        ("gate/core/conditions/path.py", "tests/core/conditions/test_path.py::test_a|run", True),
        ("gate/core/conditions/__init__.py", "tests/core/conditions/test_path.py::t|run", True),
        ("gate/core/conditions/__init__.py", "tests/core/test_policy.py::t|run", False),
    ],
)
def test_a_source_is_covered_by_the_tests_of_its_name(source: str, test: str, counts: bool) -> None:
    assert bool(re.search(own_contexts(source), test)) is counts


def test_only_what_a_call_runs_needs_a_call() -> None:
    lines = SOURCE.splitlines()
    assert [lines[number - 1].strip() for number in sorted(bodies(SOURCE))] == [
        '"""Give twice the size."""',
        *("return (", "2 * self.size", ")"),
        *("def inner() -> None:", "return None", "inner()"),
    ]

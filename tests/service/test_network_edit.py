"""A list with some networks more and some less keeps what else was typed in it."""

from __future__ import annotations

import pytest

from gate.core.network import Allowlist, Network, NetworkProblem, parse_network
from gate.service.network_edit import edited_networks
from tests.support.store_values import allowlist


def network(text: str) -> Network:
    parsed = parse_network(text)
    assert not isinstance(parsed, NetworkProblem)
    return parsed


@pytest.mark.parametrize(
    ("current", "add", "remove", "text"),
    [
        pytest.param("", ["::1"], [], "::1/128\n", id="the first"),
        pytest.param(
            "# home\n192.0.2.0/24 # router\n",
            ["10.9.9.0/24"],
            [],
            "# home\n192.0.2.0/24 # router\n10.9.9.0/24\n",
            id="one more",
        ),
        pytest.param(
            "192.0.2.7\n", ["192.0.2.7", "::1", "::1"], [], "192.0.2.7\n::1/128\n", id="once"
        ),
        pytest.param("# a\n10.0.0.1\n# b\n::1\n", [], ["10.0.0.1"], "# a\n# b\n::1\n", id="less"),
        pytest.param("10.0.0.1\n10.0.0.1/32\n", [], ["10.0.0.1"], "", id="every line of it"),
        pytest.param("10.0.0.1\n", ["10.0.0.1"], ["10.0.0.1"], "10.0.0.1/32\n", id="put back"),
    ],
)
def test_an_edit_changes_the_lines_that_it_names(
    current: str, add: list[str], remove: list[str], text: str
) -> None:
    edited = edited_networks(
        allowlist(current),
        add=[network(each) for each in add],
        remove=[network(each) for each in remove],
    )
    assert edited.text == text
    assert edited == allowlist(text)


def test_no_list_becomes_one() -> None:
    assert edited_networks(None, add=[network("::1")], remove=[]) == allowlist("::1\n")


def test_a_list_that_was_never_typed_is_written_first() -> None:
    listed = Allowlist.of([network("10.0.0.1"), network("::1")])
    edited = edited_networks(listed, add=[], remove=[network("10.0.0.1")])
    assert edited.text == "::1/128\n"

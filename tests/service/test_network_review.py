"""What a list of networks would mean for an account, line by line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.subject import SessionId
from gate.service.network_review import MOST_LINES, MOST_TEXT, Review, Severity
from tests.support.decisions import allowlist, entry
from tests.support.use_cases import ABROAD, HOME, House, at


def review(house: House, text: str) -> Review:
    account = house.store.accounts.by_name("alice") or house.add()
    return house.restrict.review(account, text, at())


def said(found: Review) -> list[tuple[int, Severity]]:
    return [(note.line, note.severity) for note in found.notes]


def test_every_wrong_line_is_named_at_once() -> None:
    found = review(House(), "10.0.0.0/8\nnonsense\n10.0.0.1/8\n\n# words\n300.1.1.1")
    assert said(found) == [(line, Severity.ERROR) for line in (2, 3, 6)]
    assert found.has_errors
    assert found.networks is None


def test_the_line_that_admits_the_visitor_is_named() -> None:
    found = review(House(), f"10.0.0.0/8\n{HOME}\n2001:db8::/32")
    assert (found.covered_by, found.covers_visitor) == (2, True)
    assert not found.has_errors


def test_an_empty_list_is_no_restriction() -> None:
    found = review(House(), " \n# nothing\n")
    assert found == Review(notes=(), covers_visitor=True)


def test_a_line_that_another_covers_is_a_warning() -> None:
    found = review(House(), "10.0.0.0/8\n10.1.0.0/16\n2001:db8::/32\n192.0.2.0/24")
    assert "line 1 already covers this line" in [n.text for n in found.notes if n.line == 2]
    assert not found.has_errors


def test_a_list_without_ipv6_is_a_warning_and_one_of_ipv6_alone_is_none() -> None:
    assert (0, Severity.WARNING) in said(review(House(), HOME))
    assert said(review(House(), "2001:db8::/32")) == []


def test_an_address_that_the_policy_does_not_admit_is_a_warning() -> None:
    house = House()
    house.policy = replace(
        house.policy, accounts={"alice": entry("alice", networks=allowlist("203.0.113.0/24"))}
    )
    found = review(house, f"{HOME}\n{ABROAD}\n192.0.2.0/24\n2001:db8::/32")
    assert [line for line, _ in said(found)] == [2]


@pytest.mark.parametrize(
    "text", ["#" * (MOST_TEXT + 1), "\n" * MOST_LINES], ids=["characters", "lines"]
)
def test_a_list_of_any_length_is_refused(text: str) -> None:
    assert said(review(House(), text)) == [(0, Severity.ERROR)]


def test_a_list_of_the_greatest_length_is_taken() -> None:
    lines = [f"10.0.{number}.0/24" for number in range(MOST_LINES)]
    assert not review(House(), "\n".join(lines)).has_errors


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("10.0.0.0/8\n10.1.0.0/16", {2: 1}),
        ("10.1.0.0/16\n10.0.0.0/8", {1: 2}),
        ("10.1.0.0/16\n10.1.0.0/16", {2: 1}),
        ("10.1.0.0/16\n2001:db8::/32", {}),
    ],
)
def test_a_line_inside_any_other_is_superfluous(typed: str, expected: dict[int, int]) -> None:
    told = {n.line: n.text for n in review(House(), typed).notes if "already covers" in n.text}
    assert told == {line: f"line {by} already covers this line" for line, by in expected.items()}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2a02:8100::7", "so allow 2a02:8100::/64"),
        ("2a02:8100::/96", "so allow 2a02:8100::/64"),
        ("2a02:8100::/64", None),
        ("fd00::7", "is private"),
        ("100.64.3.0/24", "is shared inside a provider's network"),
        ("81.0.0.0/8", "is wide, it covers 16,777,216 addresses"),
        ("81.0.0.0/15", "is wide, it covers 131,072 addresses"),
        ("81.0.0.0/16", None),
        ("80.0.0.0/7", "is wider than /8"),
    ],
)
def test_what_people_get_wrong_is_a_warning(line: str, words: str | None) -> None:
    told = [n.text for n in review(House(), f"{line}\n{HOME}").notes if n.line == 1]
    assert len(told) == (0 if words is None else 1)
    assert all(words is not None and words in text for text in told)


def test_g15_the_browsers_outside_a_list_are_named_before_it_is_saved() -> None:
    house = House()
    account = house.add()
    abroad, home = house.session(visitor=at(ABROAD)), house.session()

    def outside(typed: str, client: str, here: SessionId | None) -> Review:
        return house.restrict.review(account, typed, at(client), here)

    found = outside(HOME, HOME, home.family)
    assert [each.id for each in found.ends] == [abroad.id]
    assert not found.leaves_none
    assert outside("192.0.2.0/24", HOME, home.family).leaves_none
    roamed = outside(HOME, HOME, abroad.family)
    assert roamed.ends == ()

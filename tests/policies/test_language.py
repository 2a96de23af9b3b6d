"""The policy folder of the project: its README, its examples and its schema hold."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from gate.config import (
    policy_cases,
    policy_options,
    policy_rules,
    policy_sites,
    policy_then,
    policy_yaml,
)
from gate.config.policy_folder import read_folder
from gate.config.policy_schema import policy_schema
from gate.config.policy_warnings import WARNING_IDS, Surroundings, warnings
from gate.config.policy_yaml import Loaded, load_policy
from gate.core.conditions import CONDITIONS
from gate.core.host import Host
from gate.core.ports import PolicyText
from gate.service.policy_tests import failures, run_policy_tests

FOLDER: Final = Path(__file__).parents[2] / "policies"
README: Final = (FOLDER / "README.md").read_text()
EXAMPLES: Final = re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
NOW: Final = datetime(2027, 3, 29, 12, tzinfo=UTC)


def table(heading: str) -> dict[str, str]:
    """Give the rows of the first table below a heading: first cell, rest."""
    (section,) = re.findall(rf"^##+ {heading}\n(.*?)(?=^##|\Z)", README, re.MULTILINE | re.DOTALL)
    rows = [
        re.split(r" ?\| ?", line.strip("| "), maxsplit=1)
        for line in section.splitlines()
        if line.startswith("| ")
    ]
    return {first: rest[0] if rest else "" for first, *rest in rows[1:]}


def words(text: str) -> set[str]:
    return set(re.findall(r"`([\w]+)`", text))


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_every_example_loads_and_its_tests_pass(place: int) -> None:
    found = load_policy(PolicyText(files=(("README.md", EXAMPLES[place]),)))
    assert isinstance(found, Loaded), str(found)
    assert failures(run_policy_tests(found.policy, NOW)) == ()


def test_there_are_examples_and_most_have_tests() -> None:
    assert len(EXAMPLES) >= 5
    assert sum("tests:" in example for example in EXAMPLES) >= 2


def test_the_example_policies_hold_without_a_warning() -> None:
    text = read_folder(FOLDER)
    assert isinstance(text, PolicyText)
    found = load_policy(text)
    assert isinstance(found, Loaded), str(found)
    results = run_policy_tests(found.policy, NOW)
    assert failures(results) == ()
    assert len(results) >= 10
    around = Surroundings(pages=Host(name="gate.example.com"), places=found.places)
    assert warnings(found.policy, around) == ()


def test_the_schema_in_the_folder_is_the_one_that_is_printed() -> None:
    assert json.loads((FOLDER / "schema.json").read_text()) == policy_schema()


def test_every_key_of_the_language_is_in_the_table_of_keys() -> None:
    keys = {first: words(rest) for first, rest in table("All keys").items()}
    assert keys["a file"] == set(policy_yaml.SECTIONS)
    assert keys["`sites`, an entry"] == set(policy_sites.KEYS)
    assert keys["`rules`, an entry"] == set(policy_rules.KEYS)
    assert keys["`when`"] == {kind.key for kind in CONDITIONS}
    assert keys["`then`"] == set(policy_then.KEYS)
    assert keys["`timeouts`"] == set(policy_options.TIMEOUTS)
    assert keys["`tests`, an entry"] == set(policy_cases.KEYS)


def test_every_condition_option_and_key_of_a_test_is_taught() -> None:
    assert {first.strip("`") for first in table("Conditions")} == {kind.key for kind in CONDITIONS}
    assert {first.strip("`") for first in table("Options of a site")} == set(policy_sites.KEYS)
    assert {first.strip("`") for first in table("Tests")} == set(policy_cases.KEYS)


def test_every_warning_is_named() -> None:
    named = [first.strip("`") for first in table("Strict on purpose")]
    assert named == list(WARNING_IDS)

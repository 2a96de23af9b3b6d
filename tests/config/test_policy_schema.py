"""The JSON Schema: the keys of the loader, and nothing else."""

from __future__ import annotations

from typing import Any

from gate.config import policy_cases, policy_people, policy_rules, policy_sites, policy_then
from gate.config.policy_schema import policy_schema
from gate.config.policy_yaml import SECTIONS
from gate.core.conditions import CONDITIONS


def definition(name: str) -> Any:
    schema: Any = policy_schema()
    return schema["$defs"][name]


def test_it_knows_every_section() -> None:
    schema: Any = policy_schema()
    assert list(schema["properties"]) == list(SECTIONS)
    assert schema["additionalProperties"] is False


def test_it_knows_every_condition() -> None:
    assert list(definition("conditions")["properties"]) == [kind.key for kind in CONDITIONS]


def test_it_knows_the_keys_of_sites_rules_and_tests() -> None:
    assert set(definition("site")["properties"]) == set(policy_sites.KEYS)
    assert list(definition("rule")["properties"]) == list(policy_rules.KEYS)
    assert list(definition("test")["properties"]) == list(policy_cases.KEYS)


def test_it_knows_what_can_follow() -> None:
    choices = definition("then")["oneOf"][1:]
    assert {key for each in choices for key in each["properties"]} == set(policy_then.KEYS)


def test_it_names_levels_that_can_be_written_and_no_others() -> None:
    require = definition("then")["oneOf"][3]["properties"]["require"]
    assert require == {"enum": [level.value for level in policy_people.LEVELS]}


def test_every_reference_leads_somewhere() -> None:
    schema: Any = policy_schema()

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [each for value in node.values() for each in references(value)]
        return (
            [each for value in node for each in references(value)] if isinstance(node, list) else []
        )

    assert {each.removeprefix("#/$defs/") for each in references(schema)} <= set(schema["$defs"])

"""Policies of tests: a text becomes a policy, or the lines that say what is wrong."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Final

from gate.config.policy_yaml import Loaded, load_policy
from gate.core.located import Problems
from gate.core.policy import Policy, Rule, Site
from gate.core.ports import PolicyText

FILE: Final = "p.yaml"
STAFF: Final = "- {name: staff, when: any, then: {require: second_factor}}"
SITE: Final = f"""\
sites:
  wiki:
    hosts: [wiki.example.com]
    upstream: http://127.0.0.1:8000
    rules:
      {STAFF}
"""


def policy_text(*bodies: str) -> PolicyText:
    """Give the files of a folder: `p.yaml`, then `p2.yaml` and so on."""
    names = [FILE, *(f"p{number}.yaml" for number in range(2, len(bodies) + 1))]
    return PolicyText(files=tuple(zip(names, map(dedent, bodies), strict=True)))


def loaded(*bodies: str) -> Loaded:
    """Give what the loader makes of some files without problems."""
    found = load_policy(policy_text(*bodies))
    assert isinstance(found, Loaded), str(found)
    return found


def policy_of(*bodies: str) -> Policy:
    """Give the policy of some files without problems."""
    return loaded(*bodies).policy


def problems_of(*bodies: str) -> list[str]:
    """Give what is wrong with some files, without the name of the first."""
    found = load_policy(policy_text(*bodies))
    assert isinstance(found, Problems)
    return [str(item).removeprefix(f"{FILE}:") for item in found.items]


def site_text(rules: str = STAFF, options: str = "", name: str = "wiki") -> str:
    """Give one site with these rules and options, each in its own lines."""
    head = f"{name}:\n  hosts: [{name}.example.com]\n  upstream: http://127.0.0.1:8000\n  rules:\n"
    body = head + indent(dedent(rules).strip("\n"), "    ") + "\n"
    if options:
        body += indent(dedent(options).strip("\n"), "  ") + "\n"
    return "sites:\n" + indent(body, "  ")


def site_of(rules: str = STAFF, options: str = "", rest: str = "") -> Site:
    """Give that site, with other sections before it."""
    return policy_of(dedent(rest) + site_text(rules, options)).sites["wiki"]


def rule_of(rule: str, rest: str = "") -> Rule:
    """Give the one rule of that site."""
    return site_of(f"- {rule}", rest=rest).rules[0]

"""The rules of a site: each has a name of its own, conditions, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from gate.config.policy_then import read_mode, read_streams, read_then
from gate.config.shapes import Findings, fields_of, need, nodes_of, shown, text_of
from gate.core.conditions import Names, leaves, parse_when
from gate.core.conditions.path import Path, case_clashes
from gate.core.decision import RuleRef
from gate.core.located import Node
from gate.core.policy import PathCase, Public, Rule, SiteOptions

KEYS: Final = ("name", "when", "then", "mode", "streams")
LONGEST_NAME: Final = 120  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a site's rules are read in: the policy's names and the site's options."""

    names: Names
    options: SiteOptions

    def names_for(self, *, public: bool) -> Names:
        """Give what the conditions of one rule may refer to; `public` compares exactly (G12)."""
        exact = public or self.options.case is PathCase.EXACT
        return replace(self.names, exact_paths=exact, methods=self.options.extra_methods)


def read_rules(node: Node, around: Around, findings: Findings) -> tuple[Rule, ...]:
    """Give the rules in the order they are written; a name stands once in a site."""
    rules: dict[str, Rule] = {}
    for entry in nodes_of(node, "rules", findings):
        rule = _rule(entry, around, findings)
        if rule is None:
            continue
        first = rules.setdefault(rule.ref.name, rule)
        if first is not rule:
            findings.add(
                rule.ref.at,
                f"rule {shown(rule.ref.name)} stands twice, first at {first.ref.at};"
                " rename one of them",
            )
    if around.options.case is PathCase.FOLDED:
        findings.items.extend(case_clashes(_paths(rules)))
    return tuple(rules.values())


def _paths(rules: Mapping[str, Rule]) -> list[Path]:
    """Give the path conditions that compare without regard to capitals."""
    found = [each for rule in rules.values() for each in leaves(rule.when)]
    return [each for each in found if isinstance(each, Path)]


def _rule(node: Node, around: Around, findings: Findings) -> Rule | None:
    fields = fields_of(node, "rules", KEYS, findings)
    name = need(fields, "name", node, findings)
    when = need(fields, "when", node, findings)
    then = need(fields, "then", node, findings)
    named = text_of(name, "name", findings) if name else None
    follows = read_then(then, findings) if then else None
    report = read_mode(fields, findings)
    strict = read_streams(fields, findings)
    names = around.names_for(public=isinstance(follows, Public))
    conditions = findings.take(parse_when(when, names)) if when else None
    if named is not None and (len(named) > LONGEST_NAME or not named.isprintable()):
        findings.add(fields["name"].at, f"`name` takes up to {LONGEST_NAME} printable characters")
    if named is None or follows is None or conditions is None:
        return None
    return Rule(
        ref=RuleRef(name=named, at=node.at),
        when=conditions,
        then=follows,
        report=report,
        strict_streams=strict,
    )

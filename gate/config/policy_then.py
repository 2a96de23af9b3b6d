"""What follows from a rule: `public`, `deny` with its text, or a requirement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from gate.config.policy_people import LEVELS
from gate.config.shapes import (
    Findings,
    duration_of,
    fields_of,
    shown,
    text_of,
    word_of,
)
from gate.core.conditions.kind import did_you_mean
from gate.core.decision import Level
from gate.core.located import Node, Text
from gate.core.policy import Denied, Public, Required, Requirement, Then

SHORTEST_WITHIN: Final = timedelta(seconds=30)  # RULES G18
LONGEST_REMEMBER: Final = timedelta(days=400)  # RFC 6265bis section 5.5, the life of a cookie
LONGEST_TEXT: Final = 500  # characters shown to a person

KEYS: Final = ("public", "identity", "deny", "require", "within", "remember")


def read_then(node: Node, findings: Findings) -> Then | None:
    """Give what follows from a rule."""
    if isinstance(node, Text):
        return _word(node, findings)
    fields = fields_of(node, "then", KEYS, findings)
    kinds = [key for key in ("public", "deny", "require") if key in fields]
    if len(kinds) != 1:
        if fields:
            findings.add(node.at, "`then` needs one of `public`, `deny` and `require`")
        return None
    read = {"public": _public, "deny": _deny, "require": _require}[kinds[0]]
    return read(fields, findings)


def _word(node: Text, findings: Findings) -> Then | None:
    if node.value == "public":
        return Public()
    if node.value in LEVELS:
        advice = f"; did you mean `{{require: {node.value}}}`?"
    elif node.value == "deny":
        advice = "; write `{deny: TEXT}`, the text is shown to the person"
    else:
        advice = did_you_mean(node.value, ("public", "{deny: TEXT}", "{require: LEVEL}"))
    findings.add(node.at, f"unknown `then` {shown(node.value)}{advice}")
    return None


def _only(fields: Mapping[str, Node], kind: str, allowed: tuple[str, ...], to: Findings) -> None:
    for key, node in fields.items():
        if key != kind and key not in allowed:
            to.add(node.at, f"`{key}` has no place beside `{kind}`; delete it")


def _public(fields: Mapping[str, Node], findings: Findings) -> Then | None:
    _only(fields, "public", ("identity",), findings)
    word_of(fields["public"], "public", ("true",), findings)
    if "identity" not in fields:
        return Public()
    identity = word_of(fields["identity"], "identity", ("optional",), findings)
    return Public(identity_optional=identity is not None)


def _deny(fields: Mapping[str, Node], findings: Findings) -> Then | None:
    _only(fields, "deny", (), findings)
    text = text_of(fields["deny"], "deny", findings)
    if text is None:
        return None
    plain = " ".join(text.split())
    if len(plain) > LONGEST_TEXT or not plain.isprintable():
        findings.add(fields["deny"].at, f"`deny` takes up to {LONGEST_TEXT} printable characters")
    return Denied(text=plain)


def _require(fields: Mapping[str, Node], findings: Findings) -> Then | None:
    _only(fields, "require", ("within", "remember"), findings)
    word = word_of(fields["require"], "require", LEVELS, findings)
    within = _span(fields, "within", findings)
    remember = _span(fields, "remember", findings)
    if within is not None and within < SHORTEST_WITHIN:
        findings.add(fields["within"].at, "`within` is too short to be met; write at least 30s")
    if remember is not None:
        _check_remember(fields, word, remember, findings)
    if word is None:
        return None
    requirement = Requirement(level=Level(word), within=within, remember=remember)
    return Required(requirement=requirement)


def _span(fields: Mapping[str, Node], key: str, findings: Findings) -> timedelta | None:
    return duration_of(fields[key], key, findings) if key in fields else None


def _check_remember(
    fields: Mapping[str, Node], level: str | None, span: timedelta, findings: Findings
) -> None:
    """RULES G29: remembering replaces a second factor at sign-in, and nothing else."""
    at = fields["remember"].at
    if level not in (None, Level.SECOND_FACTOR):
        findings.add(at, f"`remember` has no place beside `{level}`; only with `second_factor`")
    elif "within" in fields:
        findings.add(at, "`remember` and `within` exclude each other; keep one of them")
    elif span > LONGEST_REMEMBER:
        findings.add(at, "`remember` is longer than 400d; browsers forget before that")


def read_mode(fields: Mapping[str, Node], findings: Findings) -> bool:
    """Give whether a rule only reports (RULES G7)."""
    if "mode" not in fields:
        return False
    return word_of(fields["mode"], "mode", ("enforce", "report"), findings) == "report"


def read_streams(fields: Mapping[str, Node], findings: Findings) -> bool:
    """Give whether open streams are cut when `within` has passed (RULES G19)."""
    if "streams" not in fields:
        return False
    return word_of(fields["streams"], "streams", ("usual", "strict"), findings) == "strict"

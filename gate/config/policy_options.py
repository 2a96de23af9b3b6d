"""The switches of a site, each word with what it means; the defaults are the strict ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from gate.config.shapes import (
    Findings,
    duration_of,
    end_of_date,
    fields_of,
    items_of,
    shown,
    word_of,
)
from gate.core.conditions.kind import did_you_mean
from gate.core.located import Node
from gate.core.policy import PathCase, SiteOptions

SHORTEST_TIMEOUT: Final = timedelta(seconds=1)
LONGEST_TIMEOUT: Final = timedelta(hours=1)
REWRITABLE: Final = ("Location", "Origin", "Destination")
METHOD: Final = re.compile(r"[A-Z][A-Z0-9_-]{0,31}", re.ASCII)
NEVER: Final = frozenset({"CONNECT", "TRACE"})  # RFC 9110 sections 9.3.6 and 9.3.8

type Words = Mapping[str, object]
# Key of the YAML, then field of SiteOptions and what each word means.
SWITCHES: Final[Mapping[str, tuple[str, Words]]] = {
    "paths": ("lenient_paths", {"strict": False, "lenient": True}),
    "case": ("case", {"folded": PathCase.FOLDED, "exact": PathCase.EXACT}),
    "cross_site": ("refuse_cross_site", {"refuse": True, "allow": False}),
    "service_worker": ("allow_service_worker", {"refuse": False, "allow": True}),
    "security_keys": ("allow_security_keys", {"refuse": False, "allow": True}),
    "odd_headers": ("pass_odd_headers", {"drop": False, "pass": True}),
}
MODES: Final = ("enforce", "observe")
SIGN_IN: Final = ("gate",)
TIMEOUTS: Final = {"connect": "connect_timeout", "response": "response_timeout"}

OPTION_KEYS: Final = (
    "mode",
    "observe_until",
    *SWITCHES,
    "methods",
    "rewrite",
    "sign_in",
    "timeouts",
)


def read_options(fields: Mapping[str, Node], findings: Findings) -> SiteOptions:
    """Give a site's options; what is not written has its default."""
    values: dict[str, Any] = {}
    for key, (field, words) in SWITCHES.items():
        if key in fields:
            word = word_of(fields[key], key, words, findings)
            if word is not None:
                values[field] = words[word]
    for key, read in _OTHERS.items():
        if key in fields:
            values.update(read(fields[key], findings))
    if "sign_in" in fields:
        word_of(fields["sign_in"], "sign_in", SIGN_IN, findings)
    values["observe_until"] = _observe_until(fields, findings)
    return SiteOptions(**values)


def _observe_until(fields: Mapping[str, Node], findings: Findings) -> datetime | None:
    mode, until = fields.get("mode"), fields.get("observe_until")
    word = word_of(mode, "mode", MODES, findings) if mode else "enforce"
    moment = end_of_date(until, "observe_until", findings) if until else None
    if word == "observe" and mode and until is None:
        findings.add(mode.at, "`mode: observe` needs an end; add `observe_until: 2027-03-31`")
    if word == "enforce" and until is not None:
        findings.add(until.at, "`observe_until` stands alone; add `mode: observe` or delete it")
    return moment


def _methods(node: Node, findings: Findings) -> dict[str, object]:
    methods: set[str] = set()
    for text in items_of(node, "methods", findings):
        if not METHOD.fullmatch(text.value):
            findings.add(text.at, f"{shown(text.value)} is no method; write it in capitals")
        elif text.value in NEVER:
            findings.add(text.at, f"`{text.value}` never passes the gate; delete it")
        methods.add(text.value)
    return {"extra_methods": frozenset(methods)}


def _rewrite(node: Node, findings: Findings) -> dict[str, object]:
    return {"rewrite": _words(node, "rewrite", REWRITABLE, findings)}


def _words(node: Node, key: str, known: Collection[str], findings: Findings) -> frozenset[str]:
    found: set[str] = set()
    for text in items_of(node, key, findings):
        if text.value not in known:
            advice = did_you_mean(text.value, known)
            findings.add(text.at, f"unknown `{key}` {shown(text.value)}{advice}")
        found.add(text.value)
    return frozenset(found)


def _timeouts(node: Node, findings: Findings) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in fields_of(node, "timeouts", TIMEOUTS, findings).items():
        span = duration_of(value, key, findings)
        if span is None:
            continue
        if not SHORTEST_TIMEOUT <= span <= LONGEST_TIMEOUT:
            findings.add(value.at, f"`{key}` is out of range; write 1s to 1h")
        values[TIMEOUTS[key]] = span
    return values


_OTHERS: Final[Mapping[str, Callable[[Node, Findings], dict[str, object]]]] = {
    "methods": _methods,
    "rewrite": _rewrite,
    "timeouts": _timeouts,
}

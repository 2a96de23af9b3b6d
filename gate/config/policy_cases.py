"""The section `tests` of a policy: requests with the answers that they must get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from gate.config.policy_hosts import parse_authority
from gate.config.policy_options import METHOD
from gate.config.policy_people import LEVELS, folded_name
from gate.config.shapes import (
    Findings,
    duration_of,
    fields_of,
    items_of,
    moment_of,
    need,
    pairs_of,
    shown,
    text_of,
)
from gate.core.conditions.kind import did_you_mean
from gate.core.host import Host
from gate.core.located import Node, Text
from gate.core.network import Unusable, canonical
from gate.core.policy import PolicyTest
from gate.core.subject import Method

KEYS: Final = (
    "name",
    "request",
    "from",
    "as",
    "proofs",
    "factors",
    "headers",
    "time",
    "expect",
    "rule",
)
NEEDED: Final = ("name", "request", "from", "expect")
OUTCOMES: Final = ("permit", "sign_in", "step_up", "deny")
FACTORS: Final = ("totp", "security_key")
NONE: Final = "none"

_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]+)(?P<target>/[!-~]*)", re.ASCII
)
_HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)  # what a site lets in by default


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a test or an explanation asks for; `target` is what would stand in the request line."""

    method: str
    scheme: str
    host: Host
    target: str


def parse_request(method: str, url: str) -> Request | str:
    """Give the request of a method and a URL, or what is wrong with it as half a sentence."""
    if not METHOD.fullmatch(method):
        return f"{shown(method)} is no method; write such as GET"
    match = _URL.fullmatch(url)
    authority = parse_authority(match["authority"]) if match else None
    if match is None or authority is None or "#" in url:
        return f"{shown(url)} is no URL with a path; write such as https://wiki.example.com/"
    return Request(method=method, scheme=match["scheme"], host=authority, target=match["target"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A test, and the request that it makes."""

    test: PolicyTest
    request: Request


def read_cases(nodes: list[Node], findings: Findings) -> tuple[Case, ...]:
    """Give the tests; a name stands once."""
    cases: dict[str, Case] = {}
    for node in nodes:
        case = _case(node, findings)
        if case is None:
            continue
        name, first = case.test.name, cases.setdefault(case.test.name, case)
        if first is not case:
            findings.add(
                case.test.at,
                f"test {shown(name)} stands twice, first at {first.test.at}; rename one",
            )
    return tuple(cases.values())


def _case(node: Node, findings: Findings) -> Case | None:
    fields = fields_of(node, "tests", KEYS, findings)
    name, written, client, expect = [_needed(fields, key, node, findings) for key in NEEDED]
    asked = _request(fields, written, findings)
    outcome = _expect(fields, expect, findings)
    _check_client(fields, client, findings)
    account = _account(fields, findings)
    optional = _optional(fields, findings)
    if name is None or asked is None or client is None or outcome is None:
        return None
    request, url = asked
    test = PolicyTest(
        name=name,
        at=fields["name"].at,
        method=request.method,
        url=url,
        client=client,
        account=account,
        expect=outcome[0],
        level=outcome[1],
        **optional,
    )
    return Case(test=test, request=request)


def _needed(fields: Mapping[str, Node], key: str, node: Node, findings: Findings) -> str | None:
    found = need(fields, key, node, findings)
    return None if found is None else text_of(found, key, findings)


def _request(
    fields: Mapping[str, Node], text: str | None, findings: Findings
) -> tuple[Request, str] | None:
    if text is None:
        return None
    method, _, url = text.partition(" ")
    parsed = parse_request(method, url.strip())
    if isinstance(parsed, str):
        findings.add(fields["request"].at, f"`request` {parsed}")
        return None
    return parsed, url.strip()


def _expect(
    fields: Mapping[str, Node], text: str | None, findings: Findings
) -> tuple[str, str | None] | None:
    if text is None:
        return None
    outcome, _, level = text.partition(" ")
    at = fields["expect"].at
    if outcome not in OUTCOMES:
        findings.add(at, f"unknown `expect` {shown(outcome)}{did_you_mean(outcome, OUTCOMES)}")
        return None
    if level and outcome != "step_up":
        findings.add(at, f"`{outcome}` takes nothing behind it; delete {shown(level)}")
        return None
    if level and level not in LEVELS:
        findings.add(at, f"unknown level {shown(level)}{did_you_mean(level, LEVELS)}")
        return None
    return outcome, level or None


def _check_client(fields: Mapping[str, Node], text: str | None, findings: Findings) -> None:
    if text is not None and isinstance(canonical(text), Unusable):
        findings.add(
            fields["from"].at, f"`from` {shown(text)} is no address; write such as 203.0.113.9"
        )


def _account(fields: Mapping[str, Node], findings: Findings) -> str | None:
    node = fields.get("as")
    if node is not None and text_of(node, "as", findings) is not None and isinstance(node, Text):
        return folded_name(node, "name of an account", findings)
    for key in ("proofs", "factors"):
        if node is None and key in fields:
            findings.add(fields[key].at, f"`{key}` are somebody's; say whose with `as`")
    return None


def _optional(fields: Mapping[str, Node], findings: Findings) -> dict[str, Any]:
    values: dict[str, Any] = {"proofs": {}}
    if "proofs" in fields:
        values["proofs"] = _proofs(fields["proofs"], findings)
    if "factors" in fields:
        values["factors"] = _factors(fields["factors"], findings)
    if "headers" in fields:
        values["headers"] = _headers(fields["headers"], findings)
    if "time" in fields:
        values["time"] = moment_of(fields["time"], "time", findings)
    if "rule" in fields:
        values["rule"] = text_of(fields["rule"], "rule", findings)
    return values


def _proofs(node: Node, findings: Findings) -> dict[str, timedelta]:
    proofs: dict[str, timedelta] = {}
    for key, value in pairs_of(node, "proofs", findings):
        age = duration_of(value, key.value, findings)
        if key.value not in list(Method):
            findings.add(
                key.at, f"unknown proof {shown(key.value)}{did_you_mean(key.value, list(Method))}"
            )
        elif age is not None:
            proofs[key.value] = age
    return proofs


def _factors(node: Node, findings: Findings) -> frozenset[str]:
    if isinstance(node, Text) and node.value == NONE:
        return frozenset()
    factors: set[str] = set()
    for text in items_of(node, "factors", findings):
        if text.value not in FACTORS:
            advice = did_you_mean(text.value, (*FACTORS, NONE))
            findings.add(text.at, f"unknown factor {shown(text.value)}{advice}")
        factors.add(text.value)
    return frozenset(factors)


def _headers(node: Node, findings: Findings) -> dict[str, str]:
    headers: dict[str, str] = {}
    for key, value in pairs_of(node, "headers", findings):
        text = text_of(value, key.value, findings)
        if not _HEADER.fullmatch(key.value):
            findings.add(key.at, f"{shown(key.value)} is no name of a header; write such as Accept")
        elif text is not None:
            headers[key.value] = text
    return headers

"""The JSON Schema of the policy language, for editors that complete and check while one writes.

It is put together from the tables that the loader reads by, so it knows each key that the loader
knows. It says what can be written; what fits together, `gate check` says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from gate.config import policy_cases, policy_rules
from gate.config.policy_options import MODES, REWRITABLE, SIGN_IN, SWITCHES, TIMEOUTS
from gate.config.policy_people import LEVELS
from gate.config.policy_yaml import SECTIONS
from gate.core.conditions import CONDITIONS
from gate.core.conditions.kind import TEXT_OR_TEXTS
from gate.core.subject import Method

type Schema = Mapping[str, object]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_SPAN: Final[Schema] = {"type": "string", "pattern": "^[1-9][0-9]*[smhd]$"}
_DATE: Final[Schema] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def policy_schema() -> dict[str, object]:
    """Give the schema of one policy file."""
    return {
        "$schema": DIALECT,
        "title": "Gate policy",
        "description": "A file of the policy folder; policies/README.md teaches the language.",
        **_mapping(_SECTION_SCHEMAS),
        "$defs": {
            "conditions": _conditions(),
            "site": _site(),
            "rule": _rule(),
            "then": _then(),
            "test": _test(),
        },
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _mapping(properties: Mapping[str, Schema], required: Collection[str] = ()) -> dict[str, object]:
    mapping: dict[str, object] = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {**mapping, "required": list(required)} if required else mapping


def _named(each: Schema) -> Schema:
    return {"type": "object", "additionalProperties": each, "minProperties": 1}


def _list(each: Schema) -> Schema:
    return {"type": "array", "items": each, "minItems": 1}


def _words(words: Collection[str]) -> Schema:
    return {"enum": [str(word) for word in words]}


def _described(schema: Schema, text: str) -> Schema:
    return {**schema, "description": text}


def _conditions() -> Schema:
    kinds = {kind.key: _described(kind.schema, kind.docs) for kind in CONDITIONS}
    return _described(_mapping(kinds), "All of these hold.")


def _rule() -> Schema:
    when = {"oneOf": [{"const": "any"}, _ref("conditions")]}
    properties = {
        "name": _described(_TEXT, "Stands once in a site; explanations and records name it."),
        "when": _described(when, "When the rule decides; `any` for always."),
        "then": _ref("then"),
        "mode": _described(_words(("enforce", "report")), "`report` records and goes on."),
        "streams": _described(
            _words(("usual", "strict")), "`strict` cuts open streams when `within` has passed."
        ),
    }
    return _ordered(properties, policy_rules.KEYS, required=("name", "when", "then"))


def _then() -> Schema:
    public = {"public": {"enum": ["true", True]}, "identity": _words(("optional",))}
    deny = {"deny": _described(_TEXT, "Shown to the person.")}
    require = {
        "require": _words(LEVELS),
        "within": _described(_SPAN, "Asks again for a proof that is older; at least 30s."),
        "remember": _described(_SPAN, "How long a browser is trusted; with second_factor only."),
    }
    choices = [_mapping(public, ["public"]), _mapping(deny, ["deny"])]
    return {"oneOf": [{"const": "public"}, *choices, _mapping(require, ["require"])]}


def _ordered(
    properties: Mapping[str, Schema], keys: Collection[str], required: Collection[str]
) -> dict[str, object]:
    """Give a mapping with exactly the keys of the loader."""
    return _mapping({key: properties[key] for key in keys}, required)


def _site() -> Schema:
    switches = {key: _words(words) for key, (_field, words) in SWITCHES.items()}
    properties: dict[str, Schema] = {
        "hosts": _described(TEXT_OR_TEXTS, "Names or addresses, each with a port or without."),
        "upstream": _described(
            {"type": "string", "pattern": "^https?://"}, "Where the site lives."
        ),
        "rules": _described(_list(_ref("rule")), "From top to bottom; none that matches denies."),
        "mode": _described(_words(MODES), "`observe` enforces nothing until `observe_until`."),
        "observe_until": _described(_DATE, "The last day of `mode: observe`."),
        **switches,
        "methods": _described(TEXT_OR_TEXTS, "Methods besides the usual ones."),
        "rewrite": _described(_one_or_list(_words(REWRITABLE)), "Headers whose URLs are mapped."),
        "sign_in": _words(SIGN_IN),
        "timeouts": _mapping(dict.fromkeys(TIMEOUTS, _SPAN)),
        "upstream_ca": _described(_TEXT, "A PEM file that signs the upstream's certificate."),
        "upstream_name": _described(_TEXT, "The name in the upstream's certificate."),
    }
    return _mapping(properties, ["hosts", "upstream", "rules"])


def _one_or_list(each: Schema) -> Schema:
    return {"oneOf": [each, _list(each)]}


def _test() -> Schema:
    step_ups = [f"step_up {level}" for level in LEVELS]
    factors = _words(policy_cases.FACTORS)
    properties: dict[str, Schema] = {
        "name": _TEXT,
        "request": _described(
            {"type": "string", "pattern": "^[A-Z][A-Z0-9_-]* https?://"}, "Method and URL."
        ),
        "from": _described(_TEXT, "The client's address."),
        "as": _described(_TEXT, "Who is signed in; left out: nobody."),
        "proofs": _described(
            _mapping(dict.fromkeys(map(str, Method), _SPAN)), "What was proved, how long ago."
        ),
        "factors": _described(
            {"oneOf": [{"const": policy_cases.NONE}, factors, _list(factors)]},
            "What the account has; left out: every kind.",
        ),
        "headers": _named(_TEXT),
        "time": _described(_TEXT, "When, such as 2027-03-31T08:30:00+02:00; left out: now."),
        "expect": _words((*policy_cases.OUTCOMES, *step_ups)),
        "rule": _described(_TEXT, "The rule that has to decide."),
    }
    return _ordered(properties, policy_cases.KEYS, required=policy_cases.NEEDED)


_GROUP: Final[Schema] = {
    "oneOf": [
        TEXT_OR_TEXTS,
        _mapping({"members": TEXT_OR_TEXTS, "enrol_by": _DATE}, ["members"]),
    ]
}
_ENTRY: Final[Schema] = _mapping({"networks": TEXT_OR_TEXTS, "require": _words(LEVELS)})
_ALL_SECTIONS: Final[Mapping[str, Schema]] = {
    "networks": _described(_named(TEXT_OR_TEXTS), "Names for addresses and CIDRs."),
    "groups": _described(_named(_GROUP), "Names for accounts."),
    "admins": _described(
        _mapping({"group": TEXT_OR_TEXTS, "account": TEXT_OR_TEXTS}),
        "Who may open the admin pages, always with a second factor.",
    ),
    "accounts": _described(
        _named(_ENTRY), 'On top of every rule except `public`, on every site; `"*"` is everybody.'
    ),
    "sites": _described(_named(_ref("site")), "The sites, each in one file."),
    "tests": _described(_list(_ref("test")), "Requests with the answers that they must get."),
}
_SECTION_SCHEMAS: Final = {section: _ALL_SECTIONS[section] for section in SECTIONS}

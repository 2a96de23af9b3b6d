"""Files of accounts to import: JSON lines, or what htpasswd writes; all problems at once.

A JSON line is `{"name", "password" | "password_hash", "totp", "networks", "display_name",
"email"}`; all but the name may be missing. `totp` is a base32 seed or an `otpauth:` address,
`networks` a list or a text with one a line. Messages never repeat a password, hash or seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast
from urllib.parse import parse_qs, urlsplit

from gate.core.conditions.kind import did_you_mean
from gate.core.secret_text import Secret
from gate.factors import Rejected, totp
from gate.service.accounts import NewAccount

LONGEST_LINE: Final = 1_000_000  # characters; a list of 10,000 networks takes 200,000
KEYS: Final = (
    "name",
    "password",
    "password_hash",
    "totp",
    "networks",
    "display_name",
    "email",
)
# What an app would have to be told apart from the seed; anything else makes other codes.
_KNOWN_CODES: Final = {"algorithm": "SHA1", "digits": str(totp.DIGITS), "period": "30"}


class FileForm(StrEnum):
    """The form of a file of accounts."""

    JSONL = "jsonl"
    HTPASSWD = "htpasswd"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProblem:
    """What is wrong with a line, and what to do."""

    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account and the line that it stands on."""

    line: int
    account: NewAccount


def read_accounts(text: str, form: FileForm) -> Iterator[AccountLine | LineProblem]:
    """Give the account of each line, or what is wrong with it; empty lines are skipped."""
    read = READERS[form]
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or (form is FileForm.HTPASSWD and line.startswith("#")):
            continue
        account = "the line is too long; split it" if len(line) > LONGEST_LINE else read(line)
        if isinstance(account, str):
            yield LineProblem(line=number, message=account)
        else:
            yield AccountLine(line=number, account=account)


def _htpasswd(line: str) -> NewAccount | str:
    name, colon, encoded = line.strip().partition(":")
    if not colon or not encoded:
        return "this is no line of htpasswd; write NAME:HASH"
    return NewAccount(name=name, password_hash=Secret(encoded))


def _json_line(line: str) -> NewAccount | str:
    try:
        fields: object = json.loads(line)
    except (ValueError, RecursionError):
        return "this is no JSON; write one object a line"
    if not isinstance(fields, dict):
        return 'this is no JSON object; write {"name": ...}'
    read = cast("dict[str, object]", fields)
    present = {key: value for key, value in read.items() if value is not None}
    return _problem_of(present) or _account(present)


def _problem_of(fields: Mapping[str, object]) -> str | None:
    """Say what keeps an object from being an account."""
    for key, value in fields.items():
        if key not in KEYS:
            return f"unknown key `{key[:64]}`{did_you_mean(key, KEYS)}"
        if not isinstance(value, str) and not (key == "networks" and _is_list_of_texts(value)):
            return f"`{key}` is no text; write it in quotes"
    if "name" not in fields:
        return "`name` is missing; write one"
    if "password" in fields and "password_hash" in fields:
        return "`password` and `password_hash` exclude each other; keep one of them"
    return None


def _is_list_of_texts(value: object) -> bool:
    if not isinstance(value, list):
        return False
    return all(isinstance(each, str) for each in cast("list[object]", value))


def _account(fields: Mapping[str, object]) -> NewAccount | str:
    seed = _seed(str(fields["totp"])) if "totp" in fields else None
    if isinstance(seed, str):
        return seed
    return NewAccount(
        name=str(fields["name"]),
        password=_secret(fields, "password"),
        password_hash=_secret(fields, "password_hash"),
        totp=seed,
        networks=_networks(fields.get("networks", "")),
        display_name=str(fields.get("display_name", "")),
        email=str(fields["email"]) if "email" in fields else None,
    )


def _secret(fields: Mapping[str, object], key: str) -> Secret | None:
    return Secret(str(fields[key])) if key in fields else None


def _networks(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, cast("list[object]", value)))
    return str(value)


def _seed(text: str) -> Secret | str:
    """Give the seed of a code app from its base32 form or its `otpauth:` address."""
    if text.startswith("otpauth:"):
        found = _seed_of_address(text)
        if found is None:
            return "`totp` is of another kind; only SHA-1, 6 digits and 30 seconds work"
        text = found
    parsed = totp.parse_secret(text)
    if isinstance(parsed, Rejected):
        return "`totp` is no seed; write base32 of at least 112 bits, or an otpauth: address"
    return parsed


def _seed_of_address(text: str) -> str | None:
    try:
        address = urlsplit(text)
        query = parse_qs(address.query, max_num_fields=20)
    except ValueError:
        return None
    values = {key.lower(): each[-1] for key, each in query.items()}
    same = all(values.get(key, usual).upper() == usual for key, usual in _KNOWN_CODES.items())
    return values.get("secret") if address.netloc == "totp" and same else None


READERS: Final[Mapping[FileForm, Callable[[str], NewAccount | str]]] = {
    FileForm.JSONL: _json_line,
    FileForm.HTPASSWD: _htpasswd,
}

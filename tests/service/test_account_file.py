"""Files of accounts: what is read, and what is said about what is not."""

from __future__ import annotations

import json

import pytest

from gate.core.secret_text import Secret
from gate.service.account_file import (
    LONGEST_LINE,
    AccountLine,
    FileForm,
    LineProblem,
    read_accounts,
)
from gate.service.accounts import NewAccount

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def problem(line: str, form: FileForm = FileForm.JSONL) -> str:
    (found,) = read_accounts(line, form)
    assert isinstance(found, LineProblem), found
    return found.message


def account(**fields: object) -> NewAccount:
    (found,) = read_accounts(json.dumps(fields), FileForm.JSONL)
    assert isinstance(found, AccountLine), found
    return found.account


def test_a_line_says_all_there_is_of_an_account() -> None:
    assert account(
        name="alice",
        password="open sesame",
        totp=SEED.lower(),
        networks=["192.0.2.7", "2001:db8::/32"],
        display_name="Alice",
        email="alice@example.com",
    ) == NewAccount(
        name="alice",
        password=Secret("open sesame"),
        totp=Secret(SEED),
        networks="192.0.2.7\n2001:db8::/32",
        display_name="Alice",
        email="alice@example.com",
    )


def test_what_is_null_is_as_if_it_were_missing() -> None:
    assert account(name="alice", password=None, email=None) == NewAccount(name="alice")


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"otpauth://totp/Wiki:alice?secret={SEED}&issuer=Wiki", id="usual"),
        pytest.param(
            f"otpauth://totp/a?secret={SEED}&algorithm=sha1&digits=6&period=30", id="in full"
        ),
    ],
)
def test_a_seed_may_come_as_an_address(address: str) -> None:
    assert account(name="alice", totp=address).totp == Secret(SEED)


@pytest.mark.parametrize(
    "totp",
    [
        pytest.param("JBSWY3DP", id="too short"),
        pytest.param("not base32!", id="no base32"),
        pytest.param(f"otpauth://hotp/a?secret={SEED}&counter=1", id="counts"),
        pytest.param(f"otpauth://totp/a?secret={SEED}&digits=8", id="eight digits"),
        pytest.param(f"otpauth://totp/a?secret={SEED}&algorithm=SHA256", id="another hash"),
        pytest.param(f"otpauth://totp/a?secret={SEED}&period=60", id="a minute"),
        pytest.param("otpauth://totp/a", id="without seed"),
        pytest.param("otpauth://[totp/a", id="no address"),
        pytest.param("otpauth://totp/a?" + "x=1&" * 50, id="too much"),
    ],
)
def test_t71_a_seed_that_makes_no_usual_codes_is_refused_and_not_repeated(totp: str) -> None:
    said = problem(json.dumps({"name": "alice", "totp": totp}))
    assert said.startswith("`totp` is ")
    assert SEED not in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("{", "this is no JSON; write one object a line", id="half"),
        pytest.param("[" * 100_000, "this is no JSON; write one object a line", id="deep"),
        pytest.param("[]", 'this is no JSON object; write {"name": ...}', id="a list"),
        pytest.param("{}", "`name` is missing; write one", id="no name"),
        pytest.param('{"nmae": "a"}', "unknown key `nmae`; did you mean `name`?", id="unknown"),
        pytest.param('{"name": 1}', "`name` is no text; write it in quotes", id="a number"),
        pytest.param(
            '{"name": "a", "networks": [1]}', "`networks` is no text; write it in quotes", id="list"
        ),
        pytest.param(
            '{"name": "a", "networks": 10}',
            "`networks` is no text; write it in quotes",
            id="number",
        ),
        pytest.param(
            '{"name": "a", "password": "x", "password_hash": "y"}',
            "`password` and `password_hash` exclude each other; keep one of them",
            id="both",
        ),
        pytest.param("x" * (LONGEST_LINE + 1), "the line is too long; split it", id="long"),
    ],
)
def test_a_line_that_is_no_account_says_why(line: str, message: str) -> None:
    assert problem(line) == message


def test_lines_are_counted_with_those_that_are_empty() -> None:
    text = '\n{"name": "alice"}\n\n{"name": 1}\n'
    assert [each.line for each in read_accounts(text, FileForm.JSONL)] == [2, 4]


def test_htpasswd_holds_names_and_hashes() -> None:
    text = "# people\nalice:$2y$05$abc:def\n\nbob\ncarol:\n"
    assert list(read_accounts(text, FileForm.HTPASSWD)) == [
        AccountLine(
            line=2, account=NewAccount(name="alice", password_hash=Secret("$2y$05$abc:def"))
        ),
        LineProblem(line=4, message="this is no line of htpasswd; write NAME:HASH"),
        LineProblem(line=5, message="this is no line of htpasswd; write NAME:HASH"),
    ]

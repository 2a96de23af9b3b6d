"""`gate explain`: one sentence, then rule by rule how it came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gate.cli.main import main
from tests.support.policies import site_text

RULES = """
- {name: open, when: {path: /static/**}, then: public}
- {name: admin, when: {path: /admin/**, group: admins}, then: {require: second_factor, within: 15m}}
- {name: nobody, when: {path: /admin/**}, then: {deny: Not for you.}}
- {name: rest, when: any, then: {require: second_factor}}
"""
TEXT = f"groups: {{admins: [alice]}}\n{site_text(RULES)}"
ALICE = ("--as", "alice", "--from", "198.51.100.9")


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    (tmp_path / "wiki.yaml").write_text(TEXT)
    return tmp_path


def run(policies: Path, *args: str) -> Result:
    runner = CliRunner(env={"GATE_CONFIG": None})
    return runner.invoke(main, ["explain", *args, "--policies", str(policies)])


def test_one_sentence_then_every_rule(policies: Path) -> None:
    found = run(
        policies,
        "--as",
        "bob",
        *ALICE[2:],
        "--proof",
        "totp:5m",
        "GET",
        "https://wiki.example.com/admin/",
    )
    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    assert lines[0] == "denied: rule `nobody` (wiki.yaml:9) decides; Not for you."
    assert lines[1] == "the person reads: Not for you."
    at = f"{policies}/wiki.yaml"
    assert lines[4:] == [
        f"- miss        open ({at}:7)",
        "    - path: `/admin/` does not match `/static/**`",
        f"- miss        admin ({at}:8)",
        "    + path: `/admin/` matches `/admin/**`",
        "    - group: bob is not in admins",
        f"> hit         nobody ({at}:9)",
        "    + path: `/admin/` matches `/admin/**`",
        f"  not reached rest ({at}:10)",
    ]


def test_a_permit_is_exit_0(policies: Path) -> None:
    found = run(policies, *ALICE, "--proof", "totp:5m", "GET", "https://wiki.example.com/admin/")
    assert found.exit_code == 0
    assert found.stdout.startswith("permitted: rule `admin` (wiki.yaml:8) decides;")
    assert "this holds until " in found.stdout


@pytest.mark.parametrize(
    ("args", "decision"),
    [
        (("--from", "192.0.2.1", "GET", "http://wiki.example.com"), "sign_in"),
        ((*ALICE, "get", "http://wiki.example.com"), "step_up"),
        ((*ALICE, "--factor", "none", "GET", "http://wiki.example.com"), "deny"),
        ((*ALICE, "--proof", "totp:16m", "GET", "http://wiki.example.com/admin"), "step_up"),
        ((*ALICE, "--proof", "totp:25h", "GET", "http://wiki.example.com/"), "sign_in"),
        (("--from", "::1", "POST", "http://wiki.example.com/static/"), "permit"),
        (
            (
                "--from",
                "::1",
                "--header",
                "Sec-Fetch-Site:cross-site",
                "POST",
                "http://wiki.example.com/static/",
            ),
            "deny",
        ),
        (("--from", "::1", "GET", "http://wiki.example.com/a//b"), "deny"),
        (("--from", "::1", "GET", "http://other.example.com/"), "deny"),
    ],
)
def test_every_kind_of_answer_is_told(policies: Path, args: tuple[str, ...], decision: str) -> None:
    found = run(policies, *args, "--json")
    value: Any = json.loads(found.stdout)
    assert value["decision"] == decision
    assert found.exit_code == (0 if decision == "permit" else 1)


def test_json_has_the_rule_its_place_and_the_steps(policies: Path) -> None:
    value: Any = json.loads(
        run(policies, "--json", *ALICE, "GET", "http://wiki.example.com/static/a").stdout
    )
    assert {
        key: value[key] for key in ("decision", "reason", "rule", "line", "column", "until")
    } == {
        "decision": "permit",
        "reason": "public",
        "rule": "open",
        "line": 7,
        "column": 9,
        "until": None,
    }
    assert value["file"] == f"{policies}/wiki.yaml"
    assert [step["result"] for step in value["steps"]] == ["hit", *["not_reached"] * 3]
    assert value["steps"][0]["conditions"][0]["key"] == "path"


def test_a_moment_can_be_named(tmp_path: Path) -> None:
    rules = "- {name: early, when: {time: 00:00-06:00 UTC}, then: public}"
    (tmp_path / "wiki.yaml").write_text(site_text(rules))
    args = ("--from", "::1", "GET", "http://wiki.example.com/")
    assert run(tmp_path, *args, "--time", "2027-03-31T05:00:00Z").exit_code == 0
    assert run(tmp_path, *args, "--time", "2027-03-31T05:00:00-05:00").exit_code == 1


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("GET", "http://wiki.example.com/"), "--from"),
        (("--from", "me", "GET", "http://wiki.example.com/"), "--from `me` is no address"),
        (("--from", "::1", "GET", "wiki.example.com"), "is no URL"),
        (("--from", "::1", "G T", "http://wiki.example.com/"), "is no method"),
        (("--from", "::1", "--proof", "totp:1m", "GET", "http://a/"), "say whose with --as"),
        ((*ALICE, "--proof", "top:1m", "GET", "http://a/"), "unknown proof `top`"),
        ((*ALICE, "--proof", "totp", "GET", "http://a/"), "has two parts"),
        ((*ALICE, "--proof", "totp:now", "GET", "http://a/"), "is no time span"),
        (("--as", "a b", "--from", "::1", "GET", "http://a/"), "is no name of an account"),
        ((*ALICE, "--time", "noon", "GET", "http://a/"), "is no moment"),
        ((*ALICE, "--time", "2027-03-31T05:00:00", "GET", "http://a/"), "is no moment"),
    ],
)
def test_a_question_that_makes_no_sense_is_exit_2(
    policies: Path, args: tuple[str, ...], expected: str
) -> None:
    found = run(policies, *args)
    assert found.exit_code == 2
    assert expected in found.stderr


def test_a_broken_policy_is_exit_1(tmp_path: Path) -> None:
    (tmp_path / "wiki.yaml").write_text("sites: []")
    found = run(tmp_path, "--from", "::1", "GET", "http://a/")
    assert found.exit_code == 1
    assert "wiki.yaml:1:8: " in found.stderr

"""`gate account import`: all or nothing, with places."""

from __future__ import annotations

import json

from tests.support.command_line import CommandLine

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BCRYPT = "$2y$05$bvIG6Nmid91Mu9RcmmWZfO5HJIMCT8riNW0hEp8f6/FuA2/mHZFpe"


def lines(*accounts: dict[str, object]) -> str:
    return "".join(json.dumps(each) + "\n" for each in accounts)


def test_json_lines_are_imported_with_what_they_say(gate: CommandLine) -> None:
    text = lines(
        {
            "name": "Carol",
            "password": "seven cups of cold tea",
            "totp": SEED,
            "networks": ["192.0.2.0/24", "2001:db8::/32"],
            "display_name": "Carol C.",
            "email": "c@example.com",
        },
        {"name": "dave", "password_hash": BCRYPT, "networks": "192.0.2.7\n# home\n"},
    )
    counted = gate.json("account", "import", "-", stdin=text)
    assert counted == {"added": 2, "updated": 0, "weak_passwords": 0}
    shown = gate.json("account", "show", "carol")
    assert shown["networks"] == ["192.0.2.0/24", "2001:db8::/32"]
    assert (shown["display_name"], shown["email"]) == ("Carol C.", "c@example.com")
    assert shown["second_factor"] is True
    assert gate.json("account", "show", "dave")["networks"] == ["192.0.2.7/32"]


def test_one_bad_line_keeps_every_account_out(gate: CommandLine) -> None:
    file = gate.folder / "people.jsonl"
    file.write_text(lines({"name": "carol"}, {"name": "a b"}, {"nmae": "x"}) + "{\n")
    found = gate("account", "import", file)
    assert found.exit_code == 1
    assert [line.partition(": ")[2].partition(": ")[0] for line in found.stderr.splitlines()] == [
        f"{file}:2",
        f"{file}:3",
        f"{file}:4",
        "nothing was imported",
    ]
    assert [each["name"] for each in gate.json("account", "list")] == ["alice", "bob"]


def test_weak_passwords_are_only_counted(gate: CommandLine) -> None:
    text = lines({"name": "carol", "password": "carol"}, {"name": "dave", "password": "12345"})
    found = gate.ok("account", "import", "-", stdin=text)
    assert found.stdout == "2 added, 0 updated\n"
    assert "2 of the passwords are easy to guess" in found.stderr


def test_an_existing_name_needs_update(gate: CommandLine) -> None:
    text = lines({"name": "bob", "networks": ["10.9.9.0/24"]})
    found = gate("account", "import", "-", stdin=text)
    assert found.exit_code == 1
    assert "<stdin>:1: `bob` exists; give --update" in found.stderr
    assert gate.json("account", "import", "-", "--update", stdin=text)["updated"] == 1
    assert gate.json("account", "show", "bob")["networks"] == ["10.9.9.0/24"]


def test_htpasswd_files_are_read(gate: CommandLine) -> None:
    text = f"# people\ncarol:{BCRYPT}\n\ndave:$apr1$abcdefgh$abcdefghijklmnopqrstuv\n"
    assert gate.json("account", "import", "-", "--format", "htpasswd", stdin=text)["added"] == 2


def test_t103_an_imported_admin_is_remembered(gate: CommandLine) -> None:
    gate.ok("account", "import", "-", stdin=lines({"name": "admin"}))
    with gate.world() as world:
        assert world.store.accounts.admin_ever_existed()


def test_a_file_that_is_no_text_says_so(gate: CommandLine) -> None:
    file = gate.folder / "latin"
    file.write_bytes(b'{"name": "caf\xe9"}')
    found = gate("account", "import", file)
    assert found.exit_code == 2
    assert "no UTF-8 text" in found.stderr


def test_t71_a_problem_repeats_no_password(gate: CommandLine) -> None:
    text = lines({"name": "a b", "password": "hunter2-hunter2"}, {"name": "x", "totp": "SEEDSEED"})
    found = gate("account", "import", "-", stdin=text)
    assert "hunter2" not in found.output
    assert "SEEDSEED" not in found.output

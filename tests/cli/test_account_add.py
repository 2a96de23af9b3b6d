"""`gate account add`: with a link for people, with a password for scripts."""

from __future__ import annotations

import re

import pytest

from gate.core.secret_text import Secret
from gate.core.subject import Account
from gate.factors import password as password_factor
from gate.factors.password import PasswordVerified, Profile
from tests.support.command_line import CommandLine

GOOD = "seven cups of cold tea\n"


def is_password_of(gate: CommandLine, name: str, text: str) -> bool:
    with gate.world() as world:
        account = world.accounts.by_name(name)
        assert isinstance(account, Account)
        encoded = world.store.accounts.password_hash(account.id)
    assert encoded is not None
    answer = password_factor.verify(encoded.reveal(), Secret(text), Profile())
    return isinstance(answer, PasswordVerified)


def test_a_script_gives_the_password_on_one_line(gate: CommandLine) -> None:
    added = gate.json("account", "add", "Carol", "--password-stdin", stdin=GOOD + "and more\n")
    assert added == {"name": "carol", "id": added["id"]}
    assert is_password_of(gate, "carol", GOOD.strip())


def test_nothing_of_a_password_is_trimmed_but_the_end_of_the_line(gate: CommandLine) -> None:
    gate.ok("account", "add", "carol", "--password-stdin", stdin="  seven cups of cold tea \n")
    assert is_password_of(gate, "carol", "  seven cups of cold tea ")


def test_a_script_gets_the_address_of_a_code_app(gate: CommandLine) -> None:
    added = gate.json("account", "add", "carol", "--password-stdin", "--totp", stdin=GOOD)
    assert re.fullmatch(
        r"otpauth://totp/Gate:carol\?secret=[A-Z2-7]{32}&issuer=Gate", added["totp"]
    )
    assert gate.json("account", "show", "carol")["second_factor"] is True


def test_people_are_told_that_there_is_no_code_app(gate: CommandLine) -> None:
    found = gate.ok("account", "add", "carol", "--password-stdin", stdin=GOOD)
    assert "has no code app" in found.stderr
    assert found.stdout == "carol was added\n"


def test_a_weak_password_of_a_script_is_taken_with_a_word(gate: CommandLine) -> None:
    found = gate.ok("account", "add", "carol", "--password-stdin", stdin="carol\n")
    assert "gate: the password is weak: " in found.stderr


def test_profile_and_networks_come_along(gate: CommandLine) -> None:
    networks = gate.folder / "networks"
    networks.write_text("# home\n192.0.2.0/24\n")
    gate.ok(
        "account",
        "add",
        "carol",
        "--password-stdin",
        "--display-name",
        "Carol C.",
        "--email",
        "carol@example.com",
        "--networks-file",
        networks,
        stdin=GOOD,
    )
    shown = gate.json("account", "show", "carol")
    assert (shown["display_name"], shown["email"], shown["networks"]) == (
        "Carol C.",
        "carol@example.com",
        ["192.0.2.0/24"],
    )


@pytest.mark.parametrize(
    ("args", "stdin", "code", "message"),
    [
        pytest.param(["carol", "--totp"], "", 2, "--totp goes with", id="an app by a link"),
        pytest.param(["carol", "--password-stdin"], "\n", 2, "holds no password", id="nothing"),
        pytest.param(["alice", "--password-stdin"], GOOD, 1, "`alice` exists", id="a name in use"),
        pytest.param(["a b", "--password-stdin"], GOOD, 1, "can't be an account name", id="g10"),
        pytest.param(
            ["carol", "--password-stdin", "--email", "x"], GOOD, 1, "no e-mail", id="mail"
        ),
    ],
)
def test_what_can_not_be_added_says_what_to_do(
    gate: CommandLine, args: list[str], stdin: str, code: int, message: str
) -> None:
    found = gate("account", "add", *args, stdin=stdin)
    assert found.exit_code == code
    assert message in found.stderr
    assert len(gate.json("account", "list")) == 2


def test_every_bad_network_is_named_by_its_line(gate: CommandLine) -> None:
    networks = gate.folder / "networks"
    networks.write_text("10.0.0.1/8\nnowhere\n")
    found = gate("account", "add", "c", "--password-stdin", "--networks-file", networks, stdin=GOOD)
    assert found.exit_code == 2
    assert f"{networks}:1:1: " in found.stderr
    assert f"{networks}:2:1: " in found.stderr


def test_t103_the_first_admin_is_remembered_for_ever(gate: CommandLine) -> None:
    with gate.world() as world:
        assert not world.store.accounts.admin_ever_existed()
    gate.ok("account", "add", "carol", "--password-stdin", stdin=GOOD)
    with gate.world() as world:
        assert not world.store.accounts.admin_ever_existed()
    gate.ok("account", "add", "admin", "--password-stdin", stdin=GOOD)
    with gate.world() as world:
        assert world.store.accounts.admin_ever_existed()


# ---------------------------------------------------------------- with a link


def test_g20_people_get_a_link(gate: CommandLine) -> None:
    found = gate.ok("account", "add", "Carol")
    added, link = found.stdout.splitlines()
    assert added == "carol was added"
    assert re.fullmatch(r"http://localhost:8080/-/gate/enrol/[A-Za-z0-9_-]{43}", link)
    assert "Give this link to carol, by a way that nobody else can read." in found.stderr
    assert gate.json("account", "show", "carol")["password"] is False


def test_g20_programs_get_the_link_as_a_field(gate: CommandLine) -> None:
    added = gate.json("account", "add", "carol", "--public-url", "https://gate.example.com")
    assert added.keys() == {"name", "id", "purpose", "link", "expires"}
    assert added["purpose"] == "new"
    assert added["link"].startswith("https://gate.example.com/-/gate/enrol/")


def test_t71_the_link_stands_in_no_record(gate: CommandLine) -> None:
    token = gate.json("account", "add", "carol")["link"].rpartition("/")[2]
    told = gate.ok("audit", "search", "--json").stdout
    assert "link_made" in told
    assert token not in told
    for file in gate.folder.glob("state/*"):
        assert token.encode() not in file.read_bytes()


def test_the_settings_name_the_issuer(gate: CommandLine) -> None:
    gate.config.write_text(gate.config.read_text() + "public_url: https://gate.example.com\n")
    added = gate.json("account", "add", "carol", "--password-stdin", "--totp", stdin=GOOD)
    assert "issuer=gate.example.com" in added["totp"]

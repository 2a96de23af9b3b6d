"""`gate account add`: for scripts, and as a dialogue at a terminal."""

from __future__ import annotations

import codecs
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from gate.core.secret_text import Secret
from gate.core.subject import Account
from gate.factors import password as password_factor, totp
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
        pytest.param(["carol"], GOOD, 2, "no terminal to ask for a password", id="no terminal"),
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


# ---------------------------------------------------------------- at a terminal


class Terminal:
    """A command at a terminal: what it shows, and what is typed."""

    def __init__(self, gate: CommandLine, *words: str) -> None:
        self._fd, theirs = pty.openpty()
        command = [sys.executable, "-m", "gate.cli.main", *words, "--config", str(gate.config)]
        self._child = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self._text = codecs.getincrementaldecoder("utf-8")()
        self.shown = ""

    def until(self, words: str) -> None:
        """Read until some words are shown."""
        deadline = time.monotonic() + 60
        while words not in self.shown.rpartition("\x00")[2]:
            ready, _, _ = select.select([self._fd], [], [], max(deadline - time.monotonic(), 0))
            assert ready, self.shown
            self.shown += self._text.decode(os.read(self._fd, 65_536))

    def type(self, line: str) -> None:
        self.shown += "\x00"
        os.write(self._fd, f"{line}\n".encode())

    def answer(self, asked: str, line: str) -> None:
        self.until(asked)
        self.type(line)

    def end(self) -> int:
        code = self._child.wait(60)
        try:
            while chunk := os.read(self._fd, 65_536):
                self.shown += self._text.decode(chunk)
        except OSError:
            pass
        return code

    def close(self) -> None:
        self._child.kill()
        self._child.wait()
        os.close(self._fd)


@pytest.fixture
def terminal(gate: CommandLine) -> Iterator[Terminal]:
    opened = Terminal(gate, "account", "add", "admin")
    yield opened
    opened.close()


def test_at_a_terminal_a_password_and_a_code_app_are_set_up(
    gate: CommandLine, terminal: Terminal
) -> None:
    terminal.answer("Password: ", "admin")
    terminal.answer("Password: ", GOOD.strip())
    terminal.answer("The same again: ", "something else")
    terminal.answer("Password: ", GOOD.strip())
    terminal.answer("The same again: ", GOOD.strip())
    terminal.until("Code from the app")
    seed = re.search(r"type this key: ([A-Z2-7 ]{39})", terminal.shown)
    assert seed is not None
    assert "\u2580" in terminal.shown
    terminal.type("12345")
    terminal.until("That is not the code of this key")
    code = totp.code_at(Secret(seed[1].replace(" ", "")), datetime.now(UTC))
    terminal.answer("Code from the app", code)
    assert terminal.end() == 0
    assert "That password can't be taken." in terminal.shown
    assert "These were two different ones." in terminal.shown
    assert GOOD.strip() not in terminal.shown
    assert is_password_of(gate, "admin", GOOD.strip())
    with gate.world() as world:
        account = world.accounts.by_name("admin")
        assert isinstance(account, Account)
        (app,) = world.store.accounts.totps(account.id)
    assert app.last_step > 0, "the code that confirmed it must not count again"


def test_at_a_terminal_the_code_app_may_be_left_out(gate: CommandLine, terminal: Terminal) -> None:
    terminal.answer("Password: ", GOOD.strip())
    terminal.answer("The same again: ", GOOD.strip())
    terminal.answer("Code from the app", "")
    assert terminal.end() == 0
    assert "has no code app" in terminal.shown
    assert gate.json("account", "show", "admin")["second_factor"] is False


def test_at_a_terminal_ctrl_d_adds_nothing(gate: CommandLine, terminal: Terminal) -> None:
    terminal.until("Password: ")
    os.write(terminal._fd, b"\x04")
    assert terminal.end() == 1
    assert "Traceback" not in terminal.shown
    assert len(gate.json("account", "list")) == 2


def test_the_settings_name_the_issuer(gate: CommandLine) -> None:
    gate.config.write_text(gate.config.read_text() + "public_url: https://gate.example.com\n")
    added = gate.json("account", "add", "carol", "--password-stdin", "--totp", stdin=GOOD)
    assert "issuer=gate.example.com" in added["totp"]

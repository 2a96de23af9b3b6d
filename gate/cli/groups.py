"""Groups whose commands load only when they are used, and how every command ends.

An expected failure is one line a problem on standard error, `gate: what; what to do`, and an exit
code of `ExitCode`; never a traceback.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, override

import click
from click.shell_completion import CompletionItem

from gate.cli.output import ExitCode, complain, say
from gate.core.errors import GateError, SettingsError

ANYWHERE: Final = ("--config", "--json")  # options of a command that may stand before its last name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a command is (`module:name`), and what it does in a few words."""

    place: str
    help: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, name = self.place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


class LazyGroup(click.Group):
    """A group with a table of commands."""

    def __init__(self, *, name: str, entries: Mapping[str, Entry], help: str) -> None:  # noqa: A002 - click's word
        super().__init__(name=name, help=help, no_args_is_help=True)
        self.entries: Final = entries

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order of the table."""
        return list(self.entries)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of a name."""
        entry = self.entries.get(cmd_name)
        return None if entry is None else entry.load()

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer names that were meant."""
        if args[0] not in self.entries and not args[0].startswith("-"):
            raise click.UsageError(_unknown(args[0], self.entries), ctx=ctx)
        return super().resolve_command(ctx, args)

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move options that every command has behind the command's name."""
        before, behind = _leading_options(args)
        return super().parse_args(ctx, behind[:1] + before + behind[1:])

    @override
    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the names of commands without importing them."""
        named = [
            CompletionItem(name, help=entry.help)
            for name, entry in self.entries.items()
            if name.startswith(incomplete)
        ]
        return named + click.Command.shell_complete(self, ctx, incomplete)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.entries.items()])


class Program(LazyGroup):
    """The outermost group, which knows how a command ends."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a reader that has enough of its result is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _let_nobody_read()
            return ExitCode.OK

    @override
    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command and end the process with its exit code."""
        kwargs["standalone_mode"] = False
        try:
            sys.exit(super().main(*args, **kwargs) or ExitCode.OK)
        except click.Abort:
            sys.exit(ExitCode.FOUND)
        except click.exceptions.NoArgsIsHelpError as error:
            say(error.format_message())
            sys.exit(ExitCode.USAGE)
        except click.ClickException as error:
            complain(usage_problem(error))
            sys.exit(error.exit_code)
        except SettingsError as error:
            complain(str(error))
            sys.exit(ExitCode.CONFIGURATION)
        except GateError as error:
            complain(str(error))
            sys.exit(ExitCode.UNUSABLE)


def usage_problem(error: click.ClickException) -> str:
    """Say what is wrong with a command line, and where to read how it is."""
    said = error.format_message().strip().rstrip(".")
    said = said[:1].lower() + said[1:]
    context = error.ctx if isinstance(error, click.UsageError) else None
    return said if context is None or ";" in said else f"{said}; see: {context.command_path} --help"


def _unknown(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    meant = f"did you mean `{close[0]}`?" if close else "see: gate --help"
    return f"there is no command `{name}`; {meant}"


def _leading_options(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """Cut what stands before the command's name and belongs behind it."""
    taken = 0
    while taken < len(args) and args[taken].partition("=")[0] in ANYWHERE:
        taken += 2 if args[taken] == "--config" else 1
    return list(args[:taken]), list(args[taken:])


def _let_nobody_read() -> None:
    """Keep the interpreter from writing to a pipe whose reader is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

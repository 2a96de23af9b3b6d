"""`gate account import`: many accounts from a file, all of them or none."""

from __future__ import annotations

from typing import Any, TextIO

import click

from gate.cli.compose import open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import ExitCode, complain, printable, result, say
from gate.cli.people import remember_admins
from gate.service.account_file import FileForm, LineProblem, read_accounts
from gate.service.account_import import AccountImport, Imported


@click.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in FileForm]),
    default=FileForm.JSONL.value,
    show_default=True,
    help="JSON lines, or what htpasswd writes.",
)
@click.option("--update", is_flag=True, help="Replace what the file says of existing accounts.")
@settings_options
def import_accounts(*, file: TextIO, form: str, update: bool, **options: Any) -> int:
    """Add the accounts of FILE (`-`: the input), all of them or none.

    A JSON line is {"name", "password" or "password_hash", "totp", "networks", "display_name",
    "email"}; hashes may be of argon2 or bcrypt.
    """
    try:
        lines = list(read_accounts(file.read(), FileForm(form)))
    except UnicodeDecodeError:
        raise click.UsageError(f"{file.name} is no UTF-8 text; save it as UTF-8") from None
    with open_world(settings_from(options)) as world:
        imported = AccountImport(accounts=world.accounts)(lines, update=update)
        if not isinstance(imported, Imported):
            complain("\n".join(_words(file.name, problem) for problem in imported))
            say("gate: nothing was imported")
            return ExitCode.FOUND
        remember_admins(world, imported.added)
    _tell(imported, as_json=options["as_json"])
    return ExitCode.OK


def _words(file: str, problem: LineProblem) -> str:
    place = f"{file}:{problem.line}" if problem.line else file
    return printable(f"{place}: {problem.message}")


def _tell(imported: Imported, *, as_json: bool) -> None:
    added, updated = len(imported.added), len(imported.updated)
    if imported.weak:
        say(f"gate: {imported.weak} of the passwords are easy to guess; have them changed")
    value = {"added": added, "updated": updated, "weak_passwords": imported.weak}
    result(value, [f"{added} added, {updated} updated"], as_json=as_json)

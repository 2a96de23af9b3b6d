"""`gate policy`: the stored versions of the policy, what waits, and which one is in force."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

from gate.cli.compose import World, open_world
from gate.cli.groups import Entry, LazyGroup
from gate.cli.options import settings_from, settings_options
from gate.cli.output import ExitCode, complain, moment, printable, result, say, table
from gate.config.policy_folder import read_folder
from gate.core.errors import SettingsError
from gate.core.located import Problems
from gate.core.ports import HeldPolicy, PolicyVersion
from gate.service.policies import Published, Refused

MESSAGE_SHOWN: Final = 60  # characters of a message in the table

policy = LazyGroup(
    name="policy",
    entries={
        "history": Entry(place="gate.cli.policy:history", help="List the stored versions."),
        "show": Entry(place="gate.cli.policy:show", help="Print a version, and what waits."),
        "publish": Entry(place="gate.cli.policy:publish", help="Bring the folder into force."),
        "rollback": Entry(place="gate.cli.policy:rollback", help="Bring a version back."),
        "unpin": Entry(place="gate.cli.policy:unpin", help="Let the folder rule again."),
    },
    help="Show, publish and take back policies.",
)

reason_option = click.option(
    "--reason", metavar="TEXT", help="Why; kept with the version. Asked for at a terminal."
)


@click.command("history")
@settings_options
def history(**options: Any) -> None:
    """List the stored versions, newest first."""
    with open_world(settings_from(options)) as world:
        versions = world.policies.history()
        active = world.store.policies.active_number()
    rows = [_row(each, active) for each in versions]
    lines = table(("VERSION", "AT", "BY", "WHY", ""), rows) or ["there is no version yet"]
    result([_value(each, active) for each in versions], lines, as_json=options["as_json"])


def _row(version: PolicyVersion, active: int | None) -> tuple[str, ...]:
    state = "" if version.number != active else "in force"
    message = version.message[:MESSAGE_SHOWN]
    pinned = ", pinned" if version.pinned else ""
    return str(version.number), moment(version.at), version.author, message, state + pinned


def _value(version: PolicyVersion, active: int | None) -> dict[str, object]:
    return {
        "version": version.number,
        "at": moment(version.at),
        "author": version.author,
        "message": version.message,
        "in_force": version.number == active,
        "pinned": version.pinned,
    }


@click.command("show")
@click.argument("number", type=int, required=False)
@settings_options
def show(*, number: int | None, **options: Any) -> int:
    """Print a version, by default the one in force, and what of the folder waits."""
    with open_world(settings_from(options)) as world:
        active = world.store.policies.active_number()
        version = world.store.policies.version(number or active or 0)
        held = world.policies.held()
    if version is None:
        complain("there is no such version; see: gate policy history")
        return ExitCode.FOUND
    value = {
        **_value(version, active),
        "files": dict(version.text.files),
        "held": None if held is None else {"at": moment(held.at), "why": list(held.why)},
    }
    result(value, _shown(version), as_json=options["as_json"])
    for line in _waiting(held):
        say(line)
    return ExitCode.OK


def _shown(version: PolicyVersion) -> Iterator[str]:
    yield printable(
        f"# version {version.number}, {moment(version.at)}, by {version.author}: {version.message}"
    )
    for name, body in version.text.files:
        yield f"# --- {printable(name)}"
        yield from (printable(line) for line in body.splitlines())


def _waiting(held: HeldPolicy | None) -> Iterator[str]:
    if held is not None:
        yield f"the folder's change of {moment(held.at)} is not in force:"
        yield from (printable(f"  {why}") for why in held.why)


@click.command("publish")
@reason_option
@settings_options
def publish(*, reason: str | None, **options: Any) -> int:
    """Bring the policy folder into force, also where it loosens."""
    settings = settings_from(options)
    if settings.policies is None:
        raise SettingsError("no policy folder is set; give --config FILE with `policies`")
    text = read_folder(settings.policies)
    if isinstance(text, Problems):
        complain("\n".join(printable(str(each)) for each in text.items))
        return ExitCode.FOUND
    with open_world(settings) as world:
        lost = world.policies.losses_of(text)
        if isinstance(lost, Problems):
            complain("\n".join(printable(str(each)) for each in lost.items))
            return ExitCode.FOUND
        _say_losses(lost)
        done = world.policies.publish(text, author=_author(), message=_reason(reason))
        return _told(world, done, as_json=options["as_json"])


@click.command("rollback")
@click.argument("number", type=int)
@reason_option
@settings_options
def rollback(*, number: int, reason: str | None, **options: Any) -> int:
    """Bring a stored version back; where the folder can't be written it is pinned."""
    with open_world(settings_from(options)) as world:
        message = _reason(reason, usual=f"back to version {number}")
        done = world.policies.rollback(number, author=_author(), message=message)
        return _told(world, done, as_json=options["as_json"])


@click.command("unpin")
@settings_options
def unpin(**options: Any) -> int:
    """Let the folder rule again after a rollback that pinned a version."""
    with open_world(settings_from(options)) as world:
        unpinned = world.policies.unpin()
        number = world.store.policies.active_number()
    words = "the folder rules again" if unpinned else "nothing was pinned"
    result({"unpinned": unpinned, "version": number}, [words], as_json=options["as_json"])
    return ExitCode.OK if unpinned else ExitCode.FOUND


def _reason(given: str | None, usual: str | None = None) -> str:
    """Give why; a terminal is asked, a script has to say it."""
    if given and given.strip():
        return given.strip()
    if usual is not None:
        return usual
    if not sys.stdin.isatty():
        raise click.UsageError("a publish needs a reason; give --reason TEXT")
    asked: str = click.prompt("Why", err=True)
    return asked.strip()


def _author() -> str:
    try:
        return f"{getpass.getuser()} at the terminal"
    except OSError:
        return "the terminal"


def _say_losses(lost: Sequence[str]) -> None:
    if lost:
        say("this loosens the policy in force:")
    for each in lost:
        say(printable(f"  {each}"))


def _told(world: World, done: Published | Refused, *, as_json: bool) -> int:
    if isinstance(done, Refused):
        complain("\n".join(map(printable, done.why)))
        return ExitCode.FOUND
    pinned = ", pinned until `gate policy unpin`" if done.pinned else ""
    value = {"version": done.number, "pinned": done.pinned, "lost": list(done.lost)}
    result(value, [f"version {done.number} is in force{pinned}"], as_json=as_json)
    world.events.note_from_terminal(
        "policy_changed", "", {"version": done.number, "pinned": done.pinned, "author": _author()}
    )
    return ExitCode.OK

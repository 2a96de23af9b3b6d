"""`gate session`: who is signed in, and an end to it on the next request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from gate.cli.compose import World, open_world
from gate.cli.groups import Entry, LazyGroup
from gate.cli.options import settings_from, settings_options
from gate.cli.output import moment, result, span, table
from gate.cli.people import No, account_named
from gate.core.subject import Session, SessionId

session = LazyGroup(
    name="session",
    entries={
        "list": Entry(place="gate.cli.session:list_sessions", help="List who is signed in."),
        "revoke": Entry(place="gate.cli.session:revoke", help="End one session, or all of one."),
    },
    help="See who is signed in, and end it.",
)

account_option = click.option("--account", metavar="NAME", help="Those of this account.")


@click.command("list")
@account_option
@settings_options
def list_sessions(*, account: str | None, **options: Any) -> None:
    """List the sessions that are alive, the newest first."""
    with open_world(settings_from(options)) as world:
        wanted = account_named(world, account).id if account else None
        sessions = [
            each for each in world.accounts.all_sessions() if wanted in {None, each.account.id}
        ]
        now = world.clock.now()
    sessions.sort(key=lambda each: each.created_at, reverse=True)
    headers = ("ID", "ACCOUNT", "HOST", "FROM", "PROOFS", "SIGNED IN", "LAST SEEN", "BROWSER")
    lines = table(headers, [_row(each, now) for each in sessions]) or ["nobody is signed in"]
    result([_value(each) for each in sessions], lines, as_json=options["as_json"])


def _row(session: Session, now: datetime) -> tuple[str, ...]:
    return (
        session.id,
        session.account.name,
        session.host,
        str(session.address),
        "+".join(proof.method.value for proof in session.proofs),
        f"{span(now - session.created_at)} ago",
        f"{span(now - session.last_seen)} ago",
        session.browser,
    )


def _value(session: Session) -> dict[str, object]:
    return {
        "id": session.id,
        "account": session.account.name,
        "host": session.host,
        "address": str(session.address),
        "proofs": {proof.method.value: moment(proof.at) for proof in session.proofs},
        "created": moment(session.created_at),
        "last_seen": moment(session.last_seen),
        "ends": moment(session.ends_at),
        "browser": session.browser,
    }


@click.command("revoke")
@click.argument("session_id", metavar="[ID]", required=False)
@account_option
@click.option("--all", "every", is_flag=True, help="All sessions; of the account, if one is named.")
@settings_options
def revoke(*, session_id: str | None, account: str | None, every: bool, **options: Any) -> None:
    """End the session ID, all sessions of an account, or all there are."""
    if (session_id is None) == (account is None and not every):
        raise click.UsageError("say which: an ID of `gate session list`, --account NAME or --all")
    with open_world(settings_from(options)) as world:
        if session_id is not None:
            ended = _end_one(world, SessionId(session_id))
        elif account is not None:
            ended = world.accounts.end_sessions(account_named(world, account))
        else:
            ended = sum(map(world.accounts.end_sessions, world.store.accounts.all()))
    words = "1 session ended" if ended == 1 else f"{ended} sessions ended"
    result({"ended": ended}, [words], as_json=options["as_json"])


def _end_one(world: World, session_id: SessionId) -> int:
    found = [each for each in world.accounts.all_sessions() if each.id == session_id]
    if not found:
        raise No(f"there is no session `{session_id}`; see: gate session list")
    return sum(world.accounts.end_session(each.account, each.id) for each in found)

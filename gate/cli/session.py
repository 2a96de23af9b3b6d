"""`gate session`: which browsers are signed in, and an end to it on the next request."""

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
from gate.service.sessions import hosts_by_browser, one_a_browser

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
    """List the browsers that are signed in, the newest sign-in first, each with its hosts."""
    with open_world(settings_from(options)) as world:
        wanted = account_named(world, account).id if account else None
        found = [
            each for each in world.accounts.all_sessions() if wanted in {None, each.account.id}
        ]
        now = world.clock.now()
    hosts = hosts_by_browser(found)
    sessions = sorted(one_a_browser(found), key=lambda each: each.created_at, reverse=True)
    headers = ("ID", "ACCOUNT", "HOSTS", "FROM", "PROOFS", "SIGNED IN", "LAST SEEN", "BROWSER")
    rows = [_row(each, hosts[each.id], now) for each in sessions]
    lines = table(headers, rows) or ["nobody is signed in"]
    values = [_value(each, hosts[each.id]) for each in sessions]
    result(values, lines, as_json=options["as_json"])


def _row(session: Session, hosts: tuple[str, ...], now: datetime) -> tuple[str, ...]:
    return (
        session.id,
        session.account.name,
        ",".join(hosts),
        str(session.address),
        "+".join(proof.method.value for proof in session.proofs),
        f"{span(now - session.created_at)} ago",
        f"{span(now - session.last_seen)} ago",
        session.browser,
    )


def _value(session: Session, hosts: tuple[str, ...]) -> dict[str, object]:
    return {
        "id": session.id,
        "account": session.account.name,
        "host": session.host,
        "hosts": list(hosts),
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
    return sum(world.accounts.end_session(each.account, each.family) for each in found)

"""`gate demo`: a small old site, the gate in front of it, two accounts and their phone.

It is `gate serve` with files of its own making, in a private temporary folder that goes away with
it. INT, TERM and HUP end everything; the children are in sessions of their own, so that a Ctrl-C
reaches this process alone. When it is killed they end with their pipe, and the next demo tidies up.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from gate.cli.demo_children import demo_site, gate_serve
from gate.cli.demo_files import PASSWORDS, add_accounts, write_files
from gate.cli.demo_folder import demo_folder
from gate.cli.demo_phone import Phone, running
from gate.cli.listening import free_endpoints
from gate.cli.options import json_option
from gate.cli.output import ExitCode, complain, print_json, say
from gate.config.setting_types import Endpoint
from gate.core.errors import PortTaken
from gate.store.clock import SystemClock

PORT: Final = 8080
HIGHEST: Final = 65535
LOOPBACKS: Final = ("127.0.0.1", "::1")
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command("demo")
@click.option("--port", type=click.IntRange(1, HIGHEST), default=PORT, show_default=True)
@click.option("--phone-port", type=click.IntRange(0, HIGHEST), default=0, help="0: a free one.")
@json_option
def demo(*, port: int, phone_port: int, as_json: bool) -> int:
    """Show the gate in front of a small old site; Ctrl-C ends it and leaves nothing."""
    try:
        with _ended_by_signals():
            return _run(port, phone_port, as_json=as_json)
    except PortTaken as error:
        complain(f"{error}; choose another port: make demo PORT={_other(port)}")
        return ExitCode.UNUSABLE


def _other(port: int) -> int:
    return port + 1 if port < HIGHEST else PORT


def _run(port: int, phone_port: int, *, as_json: bool) -> int:
    endpoints = free_endpoints([Endpoint(host=host, port=port) for host in LOOPBACKS])
    say("starting an old site and the gate in front of it ...")
    with ExitStack() as stack:
        folder = stack.enter_context(demo_folder())
        upstream = stack.enter_context(demo_site())
        config = write_files(folder, listen=endpoints, upstream=upstream)
        seeds = add_accounts(config)
        phone = stack.enter_context(running(_phone(phone_port, seeds)))
        gate = stack.enter_context(gate_serve(config))
        _say_ready(port, phone, config, as_json=as_json)
        return gate.wait()


def _phone(port: int, seeds: Mapping[str, Any]) -> Phone:
    try:
        return Phone(port, seeds, SystemClock())
    except OSError as error:
        complain(f"the phone can't listen on port {port}: {error.strerror}; leave out --phone-port")
        raise SystemExit(ExitCode.UNUSABLE) from None


def _say_ready(port: int, phone: Phone, config: Path, *, as_json: bool) -> None:
    """Print what to try; a program reads one object instead."""
    url = f"http://localhost:{port}"
    if as_json:
        accounts = {name: password.reveal() for name, password in PASSWORDS.items()}
        print_json({"url": url, "phone": phone.url, "config": str(config), "accounts": accounts})
        return
    alice, bob = (PASSWORDS[name].reveal() for name in ("alice", "bob"))
    policy = config.parent / "policies" / "intranet.yaml"
    for line in (
        f"1. Open {url}/orders and sign in as alice ({alice}) or bob ({bob}).",
        f"2. The codes are on the phone: {phone.url}",
        f"3. {url}/admin opens for alice and not for bob; the page says why.",
        f"4. {url}/-/gate/account/security is your own account: password, addresses, sessions.",
        f"5. Edit {policy}, save, and reload the page. Ctrl-C ends it all.",
    ):
        click.echo(line)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a signal end the block as Ctrl-C does, and let no second one disturb the tidying up."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    heeded = [number for number, usual in before.items() if usual is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, _end)
    try:
        yield
    except _Ended:
        pass
    finally:
        for number in heeded:
            signal.signal(number, before[number])


class _Ended(BaseException):
    """Somebody ended the demo."""


def _end(*_: object) -> NoReturn:
    for each in ENDINGS:
        signal.signal(each, signal.SIG_IGN)
    raise _Ended

"""`gate init`: settings and a policy to start from, which pass `gate check` and `gate test`."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final

import click

from gate.cli.options import settings_options
from gate.cli.output import complain, result, say
from gate.cli.people import No
from gate.config.policy_hosts import parse_authority, parse_upstream
from gate.config.policy_yaml import load_policy
from gate.config.setting_sources import SettingsProblems, load_settings
from gate.config.setting_types import is_loopback
from gate.core.located import Problems
from gate.core.ports import PolicyText

UPSTREAM: Final = "http://127.0.0.1:8000"
HOST: Final = "localhost"
PORT: Final = 8080
SETTINGS_FILE: Final = "gate.yaml"
POLICY_FILE: Final = "policies/site.yaml"

type Texts = dict[str, str]  # by the path in the folder


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--upstream", metavar="URL", help=f"Where the site is; usually {UPSTREAM}.")
@click.option("--host", metavar="NAME", help=f"By which name people open it; usually {HOST}.")
@settings_options
def init(*, folder: Path, upstream: str | None, host: str | None, **options: Any) -> None:
    """Write gate.yaml and policies/site.yaml into FOLDER; nothing is overwritten."""
    _refuse_overwriting(folder)
    texts = starting_files(
        upstream=_upstream(upstream or _asked("Where is the site", UPSTREAM)),
        host=_host(host or _asked("By which name do people open it", HOST)),
    )
    _refuse_bad(texts)
    _write(folder, texts)
    _tell(folder, as_json=options["as_json"])


def starting_files(*, upstream: str, host: str) -> Texts:
    """Give the files of a new installation."""
    local = is_loopback(host)
    values = {
        "upstream": upstream,
        "host": host,
        "authority": f"{host}:{PORT}" if local else host,
        "scheme": "http" if local else "https",
        "port": str(PORT),
    }
    return {
        SETTINGS_FILE: _filled("init_settings.yaml", values),
        POLICY_FILE: _filled("init_policy.yaml", values),
    }


def _filled(name: str, values: dict[str, str]) -> str:
    return Template(files("gate.cli").joinpath(name).read_text()).substitute(values)


def _asked(question: str, usual: str) -> str:
    """Ask at a terminal; a script gets what is usual."""
    if not sys.stdin.isatty():
        return usual
    answer: str = click.prompt(question, default=usual, err=True)
    return answer


def _upstream(text: str) -> str:
    parsed = parse_upstream(text.removesuffix("/"))
    if isinstance(parsed, str):
        raise click.UsageError(f"--upstream `{text}` {parsed}")
    return text.removesuffix("/")


def _host(text: str) -> str:
    parsed = parse_authority(text.lower())
    if parsed is None or parsed.port is not None:
        raise click.UsageError(f"--host `{text}` is no name of a host; write wiki.example.com")
    return parsed.name


def _refuse_overwriting(folder: Path) -> None:
    for name in (SETTINGS_FILE, POLICY_FILE):
        if (folder / name).exists():
            raise No(f"{folder / name} exists, and nothing is overwritten; name another folder")


def _refuse_bad(texts: Texts) -> None:
    """Look whether a host or upstream of an odd form makes a policy that does not load."""
    policy = load_policy(PolicyText(files=(("site.yaml", texts[POLICY_FILE]),)))
    if isinstance(policy, Problems):
        complain(str(policy))
        raise No("these values make no policy; give others")


def _write(folder: Path, texts: Texts) -> None:
    try:
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise No(f"{error.filename} can't be written: {error.strerror}; check the folder") from None


def _tell(folder: Path, *, as_json: bool) -> None:
    written = [str(folder / name) for name in (SETTINGS_FILE, POLICY_FILE)]
    config, policy = written
    result({"written": written}, [f"wrote {path}" for path in written], as_json=as_json)
    if as_json:
        return
    steps = [
        (f"gate check {policy}", "after each change"),
        (
            f"gate serve --config {config}",
            f"shows a link for admin; people open {_address(folder / SETTINGS_FILE)}",
        ),
    ]
    say("Next:")
    for command, why in steps:
        say(f"  {command:{max(len(each) for each, _ in steps)}}  # {why}")


def _address(config: Path) -> str:
    settings = load_settings(config, {}, {})
    return "it" if isinstance(settings, SettingsProblems) else str(settings.public_url)

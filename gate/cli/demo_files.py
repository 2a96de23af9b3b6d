"""What the demo writes: settings, a policy, and two accounts with fixed passwords."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from gate.cli.compose import open_world
from gate.cli.people import remember_admins
from gate.config.setting_sources import SettingsProblems, load_settings
from gate.config.setting_types import Endpoint
from gate.config.settings import Settings
from gate.core.errors import SettingsError, StoreError
from gate.core.secret_text import Secret
from gate.factors import totp
from gate.service.account_file import AccountLine
from gate.service.account_import import AccountImport, Imported
from gate.service.accounts import NewAccount

PASSWORDS: Final = {"alice": Secret("wonderland-1865"), "bob": Secret("yes-we-can-build")}
NAMES: Final = {"alice": "Alice Hollowell", "bob": "Bob Marsh"}
SETTINGS: Final = Template(
    """\
listen: [$listen]
public_url: http://localhost:$port
state: sqlite:///state/gate.db
policies: policies
contact: Alice in the office
workers: 1
new_key_wait: 0s
log: {level: warning}
"""
)


def write_files(folder: Path, *, listen: Sequence[Endpoint], upstream: str) -> Path:
    """Write settings and policy into a private folder; give the settings file."""
    port = listen[0].port
    addresses = ", ".join(json.dumps(str(each)) for each in listen)
    policies = folder / "policies"
    policies.mkdir(mode=0o700)
    policy = Template(files("gate.cli").joinpath("demo_policy.yaml").read_text())
    text = policy.substitute(hosts="localhost", host=f"localhost:{port}", upstream=upstream)
    (policies / "intranet.yaml").write_text(text)
    config = folder / "gate.yaml"
    config.write_text(SETTINGS.substitute(listen=addresses, port=port))
    return config


def add_accounts(config: Path) -> Mapping[str, Secret]:
    """Add the accounts to the demo's store; give the seeds of their code apps."""
    seeds = {name: totp.new_secret() for name in PASSWORDS}
    lines = [
        AccountLine(
            line=number,
            account=NewAccount(
                name=name, password=password, totp=seeds[name], display_name=NAMES[name]
            ),
        )
        for number, (name, password) in enumerate(PASSWORDS.items(), start=1)
    ]
    with open_world(_settings(config)) as world:
        imported = AccountImport(accounts=world.accounts)(lines, update=False)
        if not isinstance(imported, Imported):
            raise StoreError(f"the demo's accounts were not taken: {imported[0].message}")
        remember_admins(world, imported.added)
    return seeds


def _settings(config: Path) -> Settings:
    """Give the demo's own settings, whatever the environment says about another gate."""
    settings = load_settings(config, {}, {})
    if isinstance(settings, SettingsProblems):
        raise SettingsError("\n".join(settings.lines))
    return settings

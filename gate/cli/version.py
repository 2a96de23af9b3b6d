"""`gate version`: the version, and those of what stands under it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version as version_of
from typing import Any, Final

import click

from gate.cli.options import settings_options
from gate.cli.output import result

PACKAGE: Final = "gate-access"
UNDER_IT: Final = ("mitmproxy", "granian", "SQLAlchemy", "cryptography")  # worth a bug report


@click.command("version")
@settings_options
def version(*, as_json: bool, **_: Any) -> None:
    """Print the version."""
    value = {"gate": installed(PACKAGE), "python": platform.python_version()}
    value |= {name.lower(): installed(name) for name in UNDER_IT}
    result(value, (f"{name} {number}" for name, number in value.items()), as_json=as_json)


def installed(package: str) -> str:
    """Give the version of an installed package."""
    try:
        return version_of(package)
    except PackageNotFoundError:
        return "not installed"

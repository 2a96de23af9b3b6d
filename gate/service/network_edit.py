"""A list of networks with some more and some less; what else was typed in it stays."""

from __future__ import annotations

from collections.abc import Sequence

from gate.core.located import Problems
from gate.core.network import Allowlist, Network, parse_allowlist


def edited_networks(
    current: Allowlist | None, *, add: Sequence[Network], remove: Sequence[Network]
) -> Allowlist:
    """Give the list that people find after an edit, with its comments and notes."""
    listed = _as_written(current)
    dropped = {entry.line for entry in listed.entries if entry.network in remove}
    lines = listed.text.rstrip("\n").split("\n") if listed.text else []
    kept = [line for number, line in enumerate(lines, start=1) if number not in dropped]
    known = {entry.network for entry in listed.entries if entry.line not in dropped}
    fresh = [str(network) for network in dict.fromkeys(add) if network not in known]
    return _parsed("".join(f"{line}\n" for line in [*kept, *fresh]))


def _as_written(current: Allowlist | None) -> Allowlist:
    """Give the list with a text that says it."""
    if current is None or parse_allowlist(current.text) == current:
        return current or Allowlist()
    return _parsed("".join(f"{network}\n" for network in current.networks))


def _parsed(text: str) -> Allowlist:
    parsed = parse_allowlist(text)
    if isinstance(parsed, Problems):
        raise ValueError(f"a list that was read is no list when written: {parsed}")  # noqa: TRY004 - a bug
    return parsed

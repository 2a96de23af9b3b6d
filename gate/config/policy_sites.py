"""The section `sites` of a policy: hosts, upstream, options and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from gate.config.policy_hosts import Hosts, read_upstream
from gate.config.policy_options import OPTION_KEYS, read_options
from gate.config.policy_people import NAME, Pairs
from gate.config.policy_rules import Around, read_rules
from gate.config.shapes import Findings, fields_of, need, shown, text_of
from gate.core.conditions import Names
from gate.core.located import Node, Text
from gate.core.policy import Site, Upstream

TLS_KEYS: Final = ("upstream_ca", "upstream_name")
KEYS: Final = ("hosts", "upstream", "rules", *OPTION_KEYS, *TLS_KEYS)


def read_sites(pairs: Pairs, names: Names, findings: Findings) -> tuple[Site, ...]:
    """Give the sites that are whole; every other one has left a problem."""
    hosts = Hosts()
    found = [_site(key, node, (names, hosts), findings) for key, node in pairs]
    return tuple(site for site in found if site is not None)


def _site(key: Text, node: Node, known: tuple[Names, Hosts], findings: Findings) -> Site | None:
    names, hosts = known
    if not NAME.fullmatch(key.value):
        findings.add(
            key.at,
            f"{shown(key.value)} is no name of a site; use lower-case letters, digits, dots,"
            " dashes and underscores",
        )
    fields = fields_of(node, key.value, KEYS, findings)
    entries = need(fields, "hosts", node, findings)
    url = need(fields, "upstream", node, findings)
    rules = need(fields, "rules", node, findings)
    claimed = hosts.claim(key.value, entries, findings) if entries else ()
    upstream = read_upstream(url, findings) if url else None
    options = read_options(fields, findings)
    around = Around(names=names, options=options)
    read = read_rules(rules, around, findings) if rules else ()
    if not claimed or upstream is None or not read:
        return None
    return Site(
        name=key.value,
        at=key.at,
        hosts=claimed,
        upstream=_with_tls(upstream, fields, findings),
        rules=read,
        options=options,
    )


def _with_tls(upstream: Upstream, fields: Mapping[str, Node], findings: Findings) -> Upstream:
    """Add how the upstream's certificate is verified."""
    for key in TLS_KEYS:
        if key in fields and upstream.scheme == "http":
            findings.add(
                fields[key].at, f"`{key}` is for https upstreams; write https:// or delete it"
            )
    ca, name = (text_of(fields[key], key, findings) if key in fields else None for key in TLS_KEYS)
    return replace(upstream, ca=ca, name=name)

"""Hosts and upstreams of a site: `wiki.example.com`, `[2001:db8::1]:8443`, `http://host:port`.

A host is a name or an address, folded to lower case, and an optional port; without a port it
matches every port, so no other site may name it with one.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from typing import Final

from gate.config.shapes import Findings, items_of, shown, text_of
from gate.core.host import Host, read_host
from gate.core.located import Location, Node, Text
from gate.core.network import canonical
from gate.core.policy import Upstream
from gate.core.refusal import Refusal

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def parse_authority(text: str) -> Host | None:
    """Give host and port of `host` or `host:port`, as a Host header is read; None: it is none.

    A name whose last label is digits alone is an address to a browser, so it has to be one.
    """
    host = read_host((text.encode("utf-8", "replace"),))
    if isinstance(host, Refusal):
        return None
    if host.name.rpartition(".")[2].isdigit():
        return host if isinstance(canonical(host.name), IPv4Address) else None
    return host


class Hosts:
    """All hosts of a policy: none may be reached in two sites."""

    def __init__(self) -> None:
        self._places: dict[str, dict[int | None, tuple[str, Location]]] = {}

    def claim(self, site: str, node: Node, findings: Findings) -> tuple[str, ...]:
        """Give the hosts of a site in canonical spelling, and note them as taken."""
        hosts: list[str] = []
        for text in items_of(node, "hosts", findings):
            parsed = parse_authority(text.value)
            if parsed is None:
                findings.add(text.at, f"{shown(text.value)} is no host; {_host_advice(text)}")
            elif self._free(site, parsed, text, findings):
                hosts.append(parsed.name if parsed.port is None else f"{parsed.name}:{parsed.port}")
        return tuple(hosts)

    def _free(self, site: str, host: Host, text: Text, findings: Findings) -> bool:
        taken = self._places.setdefault(host.name, {})
        clash = taken.get(host.port) or self._wider(taken, host.port)
        if clash is not None:
            other, at = clash
            findings.add(
                text.at,
                f"{shown(text.value)} is already a host of site `{other}` at {at}; keep one of"
                " them, or give each a port",
            )
            return False
        taken[host.port] = (site, text.at)
        return True

    @staticmethod
    def _wider(
        taken: dict[int | None, tuple[str, Location]], port: int | None
    ) -> tuple[str, Location] | None:
        """Give the entry that reaches the same port: one side has none and so means every one."""
        if port is None:
            return next(iter(taken.values()), None)
        return taken.get(None)


def _host_advice(text: Text) -> str:
    value = text.value
    if "*" in value:
        return "write each host out, there are no patterns here"
    if "/" in value:
        return "leave out the scheme and the path"
    if not value.isascii():
        return "write its ASCII form, which begins with `xn--`"
    if value.endswith("."):
        return "leave out the last dot"
    return "write a name or an address, with a port if need be, such as wiki.example.com:8443"


# --- upstream ------------------------------------------------------------------------------

_URL: Final = re.compile(r"(?P<scheme>[^:/]*)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)


def read_upstream(node: Node, findings: Findings) -> Upstream | None:
    """Give where a site lives, from `http://host:port` or `https://host`."""
    text = text_of(node, "upstream", findings)
    if text is None:
        return None
    parsed = parse_upstream(text)
    if isinstance(parsed, str):
        findings.add(node.at, f"`upstream` {shown(text)} {parsed}")
        return None
    return parsed


def parse_upstream(text: str) -> Upstream | str:
    """Give the upstream of a URL, or what is wrong with it as half a sentence."""
    match = _URL.fullmatch(text)
    if match is None:
        return "is no URL; write such as http://127.0.0.1:8000"
    scheme = match["scheme"].lower()
    if scheme not in DEFAULT_PORTS:
        return "has an unknown scheme; write http:// or https://"
    if "@" in match["authority"]:
        return "holds a name or password; leave it out, the application's own sign-in is its own"
    authority = parse_authority(match["authority"])
    if authority is None:
        return "has no usable host and port; write such as http://127.0.0.1:8000"
    if match["rest"]:
        return f"has a path; did you mean `{scheme}://{match['authority']}`?"
    plain = authority.name.removeprefix("[").removesuffix("]")
    return Upstream(scheme=scheme, host=plain, port=authority.port or DEFAULT_PORTS[scheme])

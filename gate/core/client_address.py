"""Which address asks: the peer, or what trusted proxies say about whom they speak for.

Rules: only X-Forwarded-For is read, only from a trusted peer, from the right, to the first
address that is not a trusted proxy. What can't be read on that way, or a walk that ends on a
proxy, makes the client unknown: unknown matches no network and is denied. Nobody is trusted by
default, and trusting everybody is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gate.core.network import (
    Address,
    Allowlist,
    Network,
    NetworkProblem,
    Unusable,
    canonical,
    parse_network,
)

NOBODY: Final = Allowlist()  # the default: forwarding headers are never read
MOST_HOPS: Final = 16  # trusted proxies in a row, far above any real chain

# RFC 7239 section 6 spells an address with a port this way, and some proxies do so here too.
_NODE: Final = re.compile(
    r"\[(?P<v6>[0-9A-Fa-f:.%a-z]+)\](?::[0-9]{1,5})?|(?P<v4>[0-9.]+)(?::[0-9]{1,5})?|(?P<bare>.+)",
    re.ASCII,
)


def client_address(
    peer: Address, forwarded_for: Sequence[bytes], trusted: Allowlist
) -> Address | Unusable:
    """Give the right-most address that is not a trusted proxy, beginning with the peer.

    `forwarded_for` holds the values of all X-Forwarded-For lines in the order they came.
    """
    if not trusted.admits(peer):
        return peer
    for hop, element in enumerate(_from_the_right(forwarded_for)):
        if hop == MOST_HOPS:
            return Unusable(detail="too many proxies in X-Forwarded-For")
        address = _node_address(element)
        if isinstance(address, Unusable) or not trusted.admits(address):
            return address
    return Unusable(detail="no client in X-Forwarded-For of a trusted proxy")


def _from_the_right(values: Sequence[bytes]) -> Iterator[bytes]:
    for value in reversed(values):
        rest = value
        while True:
            rest, comma, element = rest.rpartition(b",")
            yield element
            if not comma:
                break


def _node_address(element: bytes) -> Address | Unusable:
    text = element.strip(b" \t").decode("latin-1")
    match = _NODE.fullmatch(text)
    if match is None:
        return Unusable(detail="empty element in X-Forwarded-For")
    return canonical(match["v6"] or match["v4"] or match["bare"])


def trusted_proxies(texts: Iterable[str]) -> Allowlist | NetworkProblem:
    """Give the list of proxies that may speak for others; everybody is never such a list."""
    networks: list[Network] = []
    for text in texts:
        network = parse_network(text)
        if isinstance(network, NetworkProblem):
            return network
        networks.append(network)
    proxies = Allowlist.of(networks)
    if proxies.covers_everything:
        return NetworkProblem(
            message="trusted proxies cover every address; name the proxies' own addresses"
        )
    return proxies

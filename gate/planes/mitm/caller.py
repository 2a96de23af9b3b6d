"""Who calls: the other end of a client connection, and what is known of how it came about."""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.network import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The client's address as the connection tells it, and the server name of its handshake.

    `peer` is the end of the socket, or whom a trusted proxy names; a text that is no address
    stands for a client that nobody knows.
    """

    peer: Address | str
    secure: bool = False
    sni: str | None = None

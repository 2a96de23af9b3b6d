"""Certificates as their files hold them: whose they are, until when, and whether the key fits.

A pair is taken whole or not at all. Names are those of the subject alternative names alone, in the
form of a Host header; a wildcard stands for exactly one label (RFC 9525 section 6.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gate.config.tls_files import ANY_LABEL, CertificateFiles
from gate.core.network import Address

SHORTEST_RSA: Final = 2048  # bits; NIST SP 800-57 part 1, 112 bits of security
LARGEST: Final = 1 << 20  # bytes of a file
UNREADABLE: Final = (  # what cryptography raises for what is no certificate
    ValueError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
SOON: Final = (timedelta(days=30), timedelta(days=14), timedelta(days=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate that can be served: its files, the names it answers for, and its end."""

    files: CertificateFiles
    names: tuple[str, ...]
    ends: datetime

    def serves(self, host: str) -> bool:
        """Say whether it answers for a host."""
        return any(covers(name, host) for name in self.names)

    def left(self, now: datetime) -> timedelta:
        """Give the time until it ends."""
        return self.ends - now

    def ends_soon(self, now: datetime) -> bool:
        """Say whether somebody should renew it."""
        return self.left(now) <= SOON[0]


def read_certificate(files: CertificateFiles, now: datetime) -> Certificate | str:
    """Give the certificate of two files, or what is wrong with which of them."""
    cert, key = _read(files.cert), _read(files.key)
    if isinstance(cert, str) or isinstance(key, str):
        return cert if isinstance(cert, str) else str(key)
    try:
        leaf = x509.load_pem_x509_certificates(cert)[0]
        names = _names(leaf)
    except UNREADABLE:
        return f"`{files.cert}` holds no certificate; put one there as PEM, its chain behind it"
    wrong = _key_problem(files, leaf, key) or _time_problem(files, leaf, now)
    if wrong or not names:
        return wrong or f"`{files.cert}` names no host; make one with subject alternative names"
    for host in files.hosts:
        if not any(covers(name, host) for name in names):
            return f"`{files.cert}` does not cover `{host}`; take it out of `hosts`"
    return Certificate(files=files, names=files.hosts or names, ends=leaf.not_valid_after_utc)


def _read(path: Path) -> bytes | str:
    try:
        with path.open("rb") as opened:
            return opened.read(LARGEST)
    except OSError as error:
        return f"`{path}` can't be read: {error.strerror}; check `tls`"


def _names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    domains = extension.value.get_values_for_type(x509.DNSName)
    addresses = extension.value.get_values_for_type(x509.IPAddress)
    plain = [each for each in addresses if isinstance(each, IPv4Address | IPv6Address)]
    return (*(name.lower() for name in domains), *map(_host_of, plain))


def _host_of(address: Address) -> str:
    """Give an address as a Host header names it."""
    return f"[{address}]" if isinstance(address, IPv6Address) else str(address)


def _key_problem(files: CertificateFiles, leaf: x509.Certificate, pem: bytes) -> str | None:
    try:
        key = load_pem_private_key(pem, None)
        fits = key.public_key() == leaf.public_key()
    except TypeError:
        return f"`{files.key}` is locked by a passphrase; write the key without one"
    except (ValueError, UnsupportedAlgorithm):
        return f"`{files.key}` holds no private key; put one there as PEM"
    if not fits:
        return f"`{files.key}` is not the key of `{files.cert}`; put the two of one pair there"
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= SHORTEST_RSA:
        return None
    return f"`{files.key}` is too weak or unusual; make one of P-256, or RSA with 2048 bits"


def _time_problem(files: CertificateFiles, leaf: x509.Certificate, now: datetime) -> str | None:
    if leaf.not_valid_after_utc <= now:
        return f"`{files.cert}` ended on {leaf.not_valid_after_utc:%Y-%m-%d}; renew it"
    if leaf.not_valid_before_utc > now:
        begins = leaf.not_valid_before_utc
        return f"`{files.cert}` begins on {begins:%Y-%m-%d %H:%M} UTC; check the clock"
    return None


def covers(name: str, host: str) -> bool:
    """Say whether a name of a certificate stands for a host."""
    if not name.startswith(ANY_LABEL):
        return name == host
    label, dot, rest = host.partition(".")
    return bool(label and dot) and rest == name.removeprefix(ANY_LABEL)


def serving(certificates: Iterable[Certificate], host: str) -> Certificate | None:
    """Give the certificate that answers for a host; a name goes before a wildcard."""
    found = [each for each in certificates if each.serves(host)]
    exact = (each for each in found if host in each.names)
    return next(exact, found[0] if found else None)


def coverage_problems(certificates: Sequence[Certificate], hosts: Iterable[str]) -> tuple[str, ...]:
    """Give what keeps certificates from serving these hosts, one line each."""
    claimed = Counter(name for each in certificates for name in each.names)
    twice = (
        f"two certificates of `tls` name `{name}`; give each its `hosts`"
        for name, count in claimed.items()
        if count > 1
    )
    bare = (
        f"no certificate of `tls` covers `{host}`; add one, or take the host out of its site"
        for host in hosts
        if serving(certificates, host) is None
    )
    return (*twice, *bare)


def unnamed_host(hosts: Iterable[str]) -> str | None:
    """Give the host of a handshake that names none: the only address among the hosts.

    Clients send no server name for an address (RFC 6066 section 3).
    """
    addresses = {host for host in hosts if _is_address(host)}
    return addresses.pop() if len(addresses) == 1 else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True

"""Certificates of an authority of the tests' own, written as an operator has them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


@dataclass
class Authority:
    """An authority, and the folder in which its certificates lie."""

    folder: Path
    ca: trustme.CA = field(default_factory=trustme.CA)

    def write(
        self,
        stem: str,
        *hosts: str,
        lasts: timedelta = timedelta(days=90),
        age: timedelta = timedelta(days=1),
        kind: trustme.KeyType = trustme.KeyType.ECDSA,
    ) -> dict[str, str]:
        """Write `STEM.pem` and `STEM.key` for these hosts, and give their setting."""
        now = datetime.now(UTC)
        issued = self.ca.issue_cert(
            *hosts, not_before=now - age, not_after=now + lasts, key_type=kind
        )
        cert, key = self.paths(stem)
        key.write_bytes(issued.private_key_pem.bytes())
        key.chmod(0o600)
        cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        return {"cert": str(cert), "key": str(key)}

    def paths(self, stem: str) -> tuple[Path, Path]:
        """Give the files of a pair."""
        return self.folder / f"{stem}.pem", self.folder / f"{stem}.key"

    def trusting(self) -> ssl.SSLContext:
        """Give a client's context that trusts this authority and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.ca.configure_trust(context)
        return context

"""TLS towards clients: a context a certificate, chosen by the server name, read again on change.

Rules: no name, or a name that no certificate covers, gets no handshake, and there is no default.
The name is the one that Host has to equal. A pair of files is taken whole: while it does not fit,
the former one serves on. Tickets are sealed under keys of this process, new every few hours.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, override

from gate.config.certificates import Certificate, covers, read_certificate
from gate.config.tls_files import ANY_LABEL, CertificateFiles
from gate.core.errors import PlaneError

logger: Final = logging.getLogger(__name__)

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"  # of TLS 1.2; all of 1.3 have both properties
PROTOCOLS: Final = ("http/1.1",)  # RFC 7301
LOOKED: Final = timedelta(seconds=1)  # between looks at the files
TICKET_KEYS: Final = timedelta(hours=8)  # that one set of keys lives
NO_TLS: Final = frozenset({"HTTP_REQUEST", "HTTPS_PROXY_REQUEST"})  # who would read no alert
REFUSED: Final = ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME  # RFC 6066 section 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """Which pairs of files serve; `unnamed` is the host of a handshake without a server name."""

    pairs: tuple[CertificateFiles, ...]
    now: Callable[[], datetime]
    unnamed: str | None = None


class NamedServer(ssl.SSLObject):
    """One connection's TLS; `host` is whom the client asked for, once it is known.

    A resumed session of TLS 1.2 stays with the name it began with: OpenSSL tells no other one.

    An event loop drops what is unsent when a handshake fails. So that the client hears why, the
    first failure looks like a wait, which sends the alert; the client's end, its next word or the
    time-out then ends the connection.
    """

    host: str | None = None
    _failed: ssl.SSLError | None = None

    @override
    def do_handshake(self) -> None:
        if self._failed is not None:
            raise self._failed
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            if error.reason in NO_TLS:
                raise
            self._failed = error
            raise ssl.SSLWantReadError from error


type _Marks = tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class _Pair:
    """One pair of files: what was last read of it, and what serves."""

    files: CertificateFiles
    now: Callable[[], datetime]
    marks: _Marks | None = None  # of nothing yet
    serving: tuple[Certificate, ssl.SSLContext] | None = None
    wrong: str = field(default="", compare=False)

    def look(self) -> bool:
        """Read the files when they changed; say whether something else serves now.

        What was wrong is read again each time: a file may change without its marks.
        """
        marks = self._marks()
        if marks == self.marks and not self.wrong:
            return False
        read = self._read()
        if self._marks() != marks:
            return False  # it is being written
        self.marks = marks
        if isinstance(read, str):
            self._complain(read)
            return False
        self.serving, self.wrong = read, ""
        return True

    def _marks(self) -> _Marks:
        try:
            stats = [path.stat() for path in (self.files.cert, self.files.key)]
        except OSError:
            return ()
        return tuple((each.st_mtime_ns, each.st_ino, each.st_size) for each in stats)

    def _read(self) -> tuple[Certificate, ssl.SSLContext] | str:
        certificate = read_certificate(self.files, self.now())
        if isinstance(certificate, str):
            return certificate
        context = strict_context()
        try:
            context.load_cert_chain(self.files.cert, self.files.key, password=_no_passphrase)
        except (OSError, ValueError) as error:
            return f"`{self.files.cert}` can't be served: {error}; write both files anew"
        return certificate, context

    def _complain(self, wrong: str) -> None:
        if wrong != self.wrong:
            self.wrong = wrong
            former = "the former certificate serves on" if self.serving else "nothing serves"
            logger.error("%s (%s)", wrong, former)


class ServerNames:
    """All certificates of a process; `context` is what a handshake begins with."""

    def __init__(self, settings: TlsSettings) -> None:
        """Read every certificate; raises PlaneError when one can't be served."""
        self._unnamed = settings.unnamed
        self._pairs = [_Pair(files, settings.now) for files in settings.pairs]
        self._by_name: Mapping[str, ssl.SSLContext] = {}
        self.context = self._first_context()
        self.look()
        wrong = [pair.wrong or "a certificate changes" for pair in self._pairs if not pair.serving]
        if wrong:
            raise PlaneError(wrong[0])

    def look(self) -> None:
        """Take what changed on disk; whoever is in the midst of a handshake ends it as begun."""
        changed = [pair.look() for pair in self._pairs]
        if any(changed):
            self._by_name = _by_name(self._pairs)

    async def watch(self) -> None:
        """Look at the files for as long as the process lives."""
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        while True:
            await asyncio.sleep(LOOKED.total_seconds())
            await asyncio.to_thread(self.look)
            if loop.time() - renewed > TICKET_KEYS.total_seconds():
                renewed, self.context = loop.time(), self._first_context()

    def _first_context(self) -> ssl.SSLContext:
        context = strict_context()
        context.sslobject_class = NamedServer
        context.sni_callback = self._choose
        return context

    def _choose(
        self, server: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext
    ) -> int | None:
        """Choose by the server name; an alert where there is nothing to choose."""
        host = self._unnamed if name is None else name.lower()
        context = None if host is None else self._context_of(host)
        if context is None or not isinstance(server, NamedServer):
            return REFUSED
        server.host = host
        server.context = context
        return None

    def _context_of(self, host: str) -> ssl.SSLContext | None:
        exact = self._by_name.get(host)
        if exact is not None:
            return exact
        _, dot, rest = host.partition(".")
        name = f"{ANY_LABEL}{rest}"
        return self._by_name.get(name) if dot and covers(name, host) else None


def strict_context() -> ssl.SSLContext:
    """Give a server's context with the one set of versions, ciphers and options."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(PROTOCOLS)
    return context


def _by_name(pairs: Sequence[_Pair]) -> Mapping[str, ssl.SSLContext]:
    """Give the contexts by name; the first pair that has a name serves it."""
    return {
        name: context
        for pair in reversed(pairs)
        if pair.serving is not None
        for certificate, context in [pair.serving]
        for name in certificate.names
    }


def _no_passphrase() -> bytes:
    """Give nothing where OpenSSL would ask at the terminal."""
    return b""

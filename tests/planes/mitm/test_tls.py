"""TLS of the mitm plane: versions, ciphers, server names, and certificates that change."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

import pytest
import trustme

from gate.config.tls_files import CertificateFiles
from gate.core.errors import PlaneError
from gate.planes.mitm.tls import ServerNames, TlsSettings, strict_context
from tests.support.certificates import Authority
from tests.support.gate_process import until
from tests.support.plane_process import PlaneProcess, read_all, running_plane
from tests.support.raw_upstream import ok, raw_upstream, says, status_of

HOST = "wiki.test"
ASKED = b"GET /x HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def plane(authority: Authority) -> Iterator[PlaneProcess]:
    pairs = [
        authority.write("wiki", HOST, "*.wide.test", "127.0.0.1"),
        authority.write("rsa", "rsa.test", "unknown.test", kind=trustme.KeyType.RSA),
    ]
    with running_plane("Telling", tls=pairs, unnamed="127.0.0.1") as running:
        yield running


@contextmanager
def secure(
    plane: PlaneProcess, context: ssl.SSLContext, name: str | None = HOST
) -> Iterator[ssl.SSLSocket]:
    """Give a connection behind its handshake; the client checks the certificate."""
    with plane.connect() as bare, context.wrap_socket(bare, server_hostname=name) as wrapped:
        yield wrapped


def asked(client: ssl.SSLSocket, host: str = HOST) -> bytes:
    client.sendall(ASKED % host.encode())
    return read_all(client)


def refused(plane: PlaneProcess, context: ssl.SSLContext, name: str | None = HOST) -> str:
    """Give why a handshake failed."""
    with (
        pytest.raises((ssl.SSLError, ConnectionResetError)) as caught,
        secure(plane, context, name),
    ):
        pass
    return str(getattr(caught.value, "reason", "") or "reset")


# --- versions and ciphers ------------------------------------------------------------------------


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", [HOST, "rsa.test"])
def test_tls_1_2_and_1_3_are_spoken(
    plane: PlaneProcess, authority: Authority, version: ssl.TLSVersion, name: str
) -> None:
    context = authority.trusting()
    context.minimum_version = context.maximum_version = version
    with secure(plane, context, name) as client:
        assert client.version() == version.name.replace("v1_", "v1.")
        assert client.compression() is None
        answer = asked(client, name)
    assert status_of(answer) == 200
    assert answer.endswith(f"127.0.0.1|True|{name}".encode())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_nothing_older_is_spoken(
    plane: PlaneProcess, authority: Authority, version: ssl.TLSVersion
) -> None:
    context = authority.trusting()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    assert refused(plane, context) == "TLSV1_ALERT_PROTOCOL_VERSION"


@pytest.mark.parametrize(
    "ciphers",
    ["ECDHE+AES256:!AESGCM:!AESCCM", "ECDHE+AES128+SHA1", "kRSA", "DHE:!ECDHE", "ECDHE+AESCCM"],
)
@pytest.mark.parametrize("name", [HOST, "rsa.test"])
def test_a_cipher_without_forward_secrecy_or_aead_is_refused(
    plane: PlaneProcess, authority: Authority, ciphers: str, name: str
) -> None:
    context = authority.trusting()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    assert "HANDSHAKE_FAILURE" in refused(plane, context, name)


def test_every_cipher_that_is_offered_has_both() -> None:
    offered = {cipher["name"] for cipher in strict_context().get_ciphers()}
    assert all(
        name.startswith(("TLS_", "ECDHE-")) and ("GCM" in name or "CHACHA20" in name)
        for name in offered
    )


def test_http_1_1_is_the_only_protocol(plane: PlaneProcess, authority: Authority) -> None:
    for offered, chosen in (["h2", "http/1.1"], "http/1.1"), (["h2"], None), (["h3"], None):
        context = authority.trusting()
        context.set_alpn_protocols(offered)
        with secure(plane, context) as client:
            assert client.selected_alpn_protocol() == chosen
            if chosen is None:
                client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                assert status_of(read_all(client)) in {400, 405, 505}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", [HOST, "rsa.test"])
def test_t24_r1_a_resumed_session_opens_no_other_host(
    plane: PlaneProcess, authority: Authority, version: ssl.TLSVersion, name: str
) -> None:
    context = authority.trusting()
    context.minimum_version = context.maximum_version = version
    context.check_hostname = False
    with secure(plane, context) as client:
        assert status_of(asked(client)) == 200
        session = client.session
    served = HOST if version is ssl.TLSVersion.TLSv1_2 else name
    for host in (HOST, "rsa.test", "a.wide.test"):
        with (
            plane.connect() as bare,
            context.wrap_socket(bare, server_hostname=name, session=session) as client,
        ):
            assert client.session_reused
            assert status_of(asked(client, host)) == (200 if host == served else 421)


# --- server names --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["WIKI.test", "a.wide.test", "A.Wide.Test"])
def test_t24_a_name_is_found_in_any_case_and_by_wildcard(
    plane: PlaneProcess, authority: Authority, name: str
) -> None:
    context = authority.trusting()
    context.check_hostname = False
    with secure(plane, context, name) as client:
        assert asked(client, name).endswith(f"|True|{name.lower()}".encode())


@pytest.mark.parametrize(
    "name", ["other.test", "wide.test", "a.b.wide.test", "test", "wiki.test.x"]
)
def test_t24_a_name_that_no_certificate_covers_gets_no_handshake(
    plane: PlaneProcess, authority: Authority, name: str
) -> None:
    context = authority.trusting()
    context.check_hostname = False
    assert refused(plane, context, name) == "TLSV1_UNRECOGNIZED_NAME"


def test_t24_without_a_name_the_only_address_is_meant(
    plane: PlaneProcess, authority: Authority
) -> None:
    context = authority.trusting()
    with secure(plane, context, "127.0.0.1") as client:  # an address is sent by no client
        assert asked(client, "127.0.0.1").endswith(b"|True|127.0.0.1")
    with secure(plane, context, "127.0.0.1") as client:
        assert status_of(asked(client, HOST)) == 421


def test_t24_without_a_name_and_an_address_there_is_no_handshake(authority: Authority) -> None:
    pair = authority.write("alone", HOST, "127.0.0.1")
    context = authority.trusting()
    context.check_hostname = False
    with running_plane("Telling", tls=[pair]) as plane:
        assert refused(plane, context, None) == "TLSV1_UNRECOGNIZED_NAME"
        assert refused(plane, context, "127.0.0.1") == "TLSV1_UNRECOGNIZED_NAME"


@pytest.mark.parametrize("host", ["rsa.test", "a.wide.test", "127.0.0.1", "unknown.test"])
def test_t24_r1_a_host_that_is_not_the_server_of_the_handshake_is_421(
    plane: PlaneProcess, authority: Authority, host: str
) -> None:
    with secure(plane, authority.trusting()) as client:
        assert status_of(asked(client, host)) == 421


# --- on the wire ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", [b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n", b"\x16\x03\x01\x00"]
)
def test_t25_plain_http_on_a_tls_port_gets_nothing(plane: PlaneProcess, said: bytes) -> None:
    with plane.connect() as client:
        client.sendall(said)
        client.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1" not in read_all(client)


def test_a_large_body_passes_both_ways_and_the_end_is_told(authority: Authority) -> None:
    body = os.urandom(1 << 20)
    pair = authority.write("large", HOST)
    with (
        raw_upstream(says(ok(body))) as upstream,
        running_plane(upstream=upstream.port, tls=[pair]) as plane,
        secure(plane, authority.trusting()) as client,
    ):
        head = f"POST /x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n"
        client.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)
        answer = read_all(client)
        assert client.unwrap() is not None  # it ended with close_notify, so nothing was cut
    assert answer.endswith(body)
    assert upstream.asked[0].body == body


@pytest.mark.parametrize(
    "said",
    [
        b"GET /x HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n",
        b"GET /x HTTP/1.0\r\nHost: wiki.test\r\n\r\n",
        b"GET /a//b HTTP/1.1\r\nHost: wiki.test\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_an_answer_that_is_the_last_ends_with_a_word_of_tls(
    plane: PlaneProcess, authority: Authority, said: bytes
) -> None:
    context = authority.trusting()
    with plane.connect() as bare:
        client = context.wrap_socket(bare, server_hostname=HOST, suppress_ragged_eofs=False)
        with client:
            client.sendall(said)
            answer = b"".join(iter(lambda: client.recv(65_536), b""))  # a bare end would raise
    assert answer.startswith(b"HTTP/1.1 ")


def test_t105_a_refusal_arrives_though_a_body_still_comes(authority: Authority) -> None:
    pair = authority.write("early", HOST)
    head = f"POST /x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 2000000\r\n\r\n".encode()
    with (
        running_plane("Refusing", tls=[pair]) as plane,
        secure(plane, authority.trusting()) as client,
    ):
        client.sendall(head + bytes(100_000))
        with contextlib.suppress(OSError):
            client.sendall(bytes(100_000))
        assert status_of(read_all(client)) == 403


# --- certificates that change --------------------------------------------------------------------


def served(plane: PlaneProcess, authority: Authority) -> bytes:
    """Give the certificate of a new handshake."""
    with secure(plane, authority.trusting()) as client:
        return client.getpeercert(binary_form=True) or b""


@dataclass
class Clients:
    """Clients that shake hands all the while; what they saw, and what failed."""

    plane: PlaneProcess
    authority: Authority
    failures: list[Exception] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.threads = [threading.Thread(target=self._shake) for _ in range(2)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def _shake(self) -> None:
        while not self.ended.is_set():
            try:
                self.seen.add(served(self.plane, self.authority))
            except OSError as error:
                self.failures.append(error)


def test_f13_fifty_swaps_fail_no_handshake(authority: Authority) -> None:
    """Each swap writes the certificate and the key apart, as an operator's script does."""
    pair = authority.write("live", HOST)
    cert, key = authority.paths("live")
    others = [authority.write(f"next-{turn}", HOST) for turn in range(2)]
    with running_plane("Telling", tls=[pair]) as plane, Clients(plane, authority) as clients:
        for swap in range(50):
            other = others[swap % 2]
            shutil.copy(other["cert"], cert)
            if swap % 10 == 0:
                assert until(lambda: "is not the key of" in plane.log.read_text(), 60)
            shutil.copy(other["key"], key)
            if swap % 10 == 9:
                leaf = ssl.PEM_cert_to_DER_cert(Path(other["cert"]).read_text())
                assert until(partial(serves, plane, authority, leaf), 60)
    assert clients.failures == []
    assert len(clients.seen) >= 2


def serves(plane: PlaneProcess, authority: Authority, leaf: bytes) -> bool:
    return served(plane, authority) == leaf


@pytest.mark.parametrize("broken", ["mismatch", "half", "gone", "ended", "of another host"])
def test_f13_what_can_not_be_served_changes_nothing_and_is_said_once(
    authority: Authority, broken: str
) -> None:
    pair = authority.write("kept", HOST)
    cert, key = authority.paths("kept")
    with running_plane("Telling", tls=[{**pair, "hosts": [HOST]}]) as plane:
        before = served(plane, authority)
        other = authority.write("other", "else.test" if broken.startswith("of") else HOST)
        match broken:
            case "mismatch":
                shutil.copy(other["key"], key)
            case "half":
                cert.write_bytes(cert.read_bytes()[:200])
            case "gone":
                cert.unlink()
            case "ended":
                authority.write("kept", HOST, lasts=-timedelta(hours=1))
            case _:
                shutil.copy(other["cert"], cert)
                shutil.copy(other["key"], key)
        assert until(lambda: "the former certificate serves on" in plane.log.read_text(), 60)
        assert served(plane, authority) == before
        authority.write("kept", HOST)
        assert until(lambda: served(plane, authority) != before, 60)
        lines = [line for line in plane.log.read_text().splitlines() if "serves on" in line]
    assert len(lines) == len(set(lines))


def settings(*pairs: dict[str, str]) -> TlsSettings:
    files = tuple(CertificateFiles.model_validate(pair) for pair in pairs)
    return TlsSettings(pairs=files, now=lambda: datetime.now(UTC))


def test_t101_a_certificate_that_can_not_be_served_refuses_to_start(authority: Authority) -> None:
    good = authority.write("good", HOST)
    bad = {"cert": good["cert"], "key": authority.write("bad", HOST)["key"]}
    ServerNames(settings(good))
    with pytest.raises(PlaneError, match="is not the key of"):
        ServerNames(settings(good, bad))


def test_t101_a_file_that_went_before_the_first_look_is_named(authority: Authority) -> None:
    pair = authority.write("went", HOST)
    for path in authority.paths("went"):
        path.unlink()
    with pytest.raises(PlaneError, match=r"went.pem` can't be read: No such file"):
        ServerNames(settings(pair))


def test_f13_a_file_that_is_being_written_is_left_for_later(authority: Authority) -> None:
    """The clock is asked between two looks at the file, which changes meanwhile."""
    pair = authority.write("slow", HOST)
    cert, _ = authority.paths("slow")
    ticks = itertools.count()

    def now() -> datetime:
        if next(ticks) == 1:
            authority.write("slow", HOST)
        return datetime.now(UTC)

    files = CertificateFiles.model_validate(pair)
    names = ServerNames(TlsSettings(pairs=(files,), now=now))
    os.utime(cert, ns=(1, 1))
    names.look()
    assert next(ticks) == 2
    names.look()
    names.look()
    assert next(ticks) == 4

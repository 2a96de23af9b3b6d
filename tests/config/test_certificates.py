"""Certificates: names, ends, fitting keys, and everything that keeps a pair from being served."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from gate.config.certificates import (
    Certificate,
    coverage_problems,
    covers,
    read_certificate,
    serving,
    unnamed_host,
)
from gate.config.tls_files import CertificateFiles
from tests.support.certificates import Authority

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
P256 = ec.SECP256R1()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def good(files: dict[str, str], *hosts: str) -> Certificate:
    read = read_certificate(CertificateFiles.model_validate({**files, "hosts": hosts}), NOW)
    assert isinstance(read, Certificate), read
    return read


def bad(files: dict[str, str], *hosts: str) -> str:
    """Give what is wrong, with the files by their names alone."""
    read = read_certificate(CertificateFiles.model_validate({**files, "hosts": hosts}), NOW)
    assert isinstance(read, str)
    return read.replace(str(Path(files["cert"]).parent) + "/", "")


def self_signed(folder: Path, key: CertificateIssuerPrivateKeyTypes) -> dict[str, str]:
    """Write a pair without names, as trustme makes none."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a.test")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW - DAY, NOW + DAY)
    odd = isinstance(key, ed25519.Ed25519PrivateKey)
    signed = builder.sign(key, None if odd else hashes.SHA256())
    (folder / "a.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "a.key").write_bytes(pem)
    return {"cert": str(folder / "a.pem"), "key": str(folder / "a.key")}


@pytest.mark.parametrize("kind", list(trustme.KeyType))
def test_a_certificate_serves_all_its_names_in_canonical_form(
    authority: Authority, kind: trustme.KeyType
) -> None:
    files = authority.write("a", "A.test", "*.b.test", "127.0.0.1", "2001:DB8::1", kind=kind)
    read = good(files)
    assert read.names == ("a.test", "*.b.test", "127.0.0.1", "[2001:db8::1]")
    assert read.left(NOW) > 89 * DAY
    assert not read.ends_soon(NOW)
    assert read.ends_soon(NOW + 61 * DAY)


def test_a_network_in_a_certificate_is_no_name(authority: Authority) -> None:
    assert good(authority.write("a", "a.test", "10.0.0.0/8")).names == ("a.test",)


def test_hosts_narrow_what_a_certificate_serves(authority: Authority) -> None:
    files = authority.write("a", "a.test", "*.b.test")
    assert good(files, "x.b.test").names == ("x.b.test",)
    assert good(files, "*.b.test").names == ("*.b.test",)
    assert bad(files, "c.test") == "`a.pem` does not cover `c.test`; take it out of `hosts`"
    assert bad(files, "*.a.test").startswith("`a.pem` does not cover `*.a.test`;")


def test_f13_a_key_of_another_pair_does_not_fit(authority: Authority) -> None:
    one, two = authority.write("a", "a.test"), authority.write("b", "a.test")
    words = "`b.key` is not the key of `a.pem`; put the two of one pair there"
    assert bad({**one, "key": two["key"]}) == words


@pytest.mark.parametrize("half", ["cert", "key"])
@pytest.mark.parametrize("written", [0, 100], ids=["nothing", "a part"])
def test_f13_half_a_file_is_none(authority: Authority, half: str, written: int) -> None:
    files = authority.write("a", "a.test")
    path = Path(files[half])
    path.write_bytes(path.read_bytes()[:written])
    words = {
        "cert": "`a.pem` holds no certificate; put one there as PEM, its chain behind it",
        "key": "`a.key` holds no private key; put one there as PEM",
    }
    assert bad(files) == words[half]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("0603551d0e", "0603551d11"), ("a003020102", "a003020109")],
    ids=["two lists of names", "no such version"],
)
def test_f13_a_certificate_that_no_client_can_read_is_none(
    authority: Authority, was: str, becomes: str
) -> None:
    files = authority.write("a", "a.test")
    der = ssl.PEM_cert_to_DER_cert(Path(files["cert"]).read_text())
    odd = der.replace(bytes.fromhex(was), bytes.fromhex(becomes))
    assert odd != der
    Path(files["cert"]).write_text(ssl.DER_cert_to_PEM_cert(odd))
    words = "`a.pem` holds no certificate; put one there as PEM, its chain behind it"
    assert bad(files) == words


@pytest.mark.parametrize("half", ["cert", "key"])
def test_t101_a_missing_file_is_named(authority: Authority, half: str) -> None:
    files = authority.write("a", "a.test")
    Path(files[half]).unlink()
    name = Path(files[half]).name
    assert bad(files) == f"`{name}` can't be read: No such file or directory; check `tls`"


def test_f13_a_certificate_that_ended_or_has_not_begun_is_not_served(authority: Authority) -> None:
    ended = bad(authority.write("a", "a.test", lasts=-DAY / 24, age=DAY))
    assert ended.startswith("`a.pem` ended on 2")
    assert ended.endswith("; renew it")
    begins = bad(authority.write("a", "a.test", age=-DAY))
    assert begins.startswith("`a.pem` begins on 2")
    assert begins.endswith(" UTC; check the clock")


def test_a_locked_key_is_refused(authority: Authority) -> None:
    files = authority.write("a", "a.test")
    key = ec.generate_private_key(P256)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    Path(files["key"]).write_bytes(locked)
    assert bad(files) == "`a.key` is locked by a passphrase; write the key without one"


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 1024), ed25519.Ed25519PrivateKey.generate()],
    ids=["short RSA", "Ed25519"],
)
def test_a_key_that_clients_do_not_take_is_refused(
    tmp_path: Path, key: CertificateIssuerPrivateKeyTypes
) -> None:
    words = "`a.key` is too weak or unusual; make one of P-256, or RSA with 2048 bits"
    assert bad(self_signed(tmp_path, key)) == words


def test_a_certificate_that_names_no_host_is_refused(tmp_path: Path) -> None:
    words = "`a.pem` names no host; make one with subject alternative names"
    assert bad(self_signed(tmp_path, ec.generate_private_key(P256))) == words


@pytest.mark.parametrize(
    ("name", "host", "is_covered"),
    [
        ("a.test", "a.test", True),
        ("a.test", "b.a.test", False),
        ("*.a.test", "b.a.test", True),
        ("*.a.test", "a.test", False),
        ("*.a.test", "c.b.a.test", False),
        ("*.a.test", ".a.test", False),
        ("*.a.test", "b.a.test.", False),
        ("[::1]", "[::1]", True),
        ("*.a.test", "test", False),
    ],
)
def test_t24_a_wildcard_stands_for_one_label(name: str, host: str, *, is_covered: bool) -> None:
    assert covers(name, host) is is_covered


def test_t24_a_name_goes_before_a_wildcard(authority: Authority) -> None:
    wide = good(authority.write("w", "*.a.test"))
    narrow = good(authority.write("n", "b.a.test"))
    for order in ([wide, narrow], [narrow, wide]):
        assert serving(order, "b.a.test") is narrow
        assert serving(order, "c.a.test") is wide
        assert serving(order, "a.test") is None
        assert coverage_problems(order, ["b.a.test", "c.a.test"]) == ()


def test_every_problem_of_coverage_is_told_at_once(authority: Authority) -> None:
    one, two = good(authority.write("a", "a.test")), good(authority.write("b", "a.test"))
    assert coverage_problems([one, two], ["a.test", "b.test", "c.test"]) == (
        "two certificates of `tls` name `a.test`; give each its `hosts`",
        "no certificate of `tls` covers `b.test`; add one, or take the host out of its site",
        "no certificate of `tls` covers `c.test`; add one, or take the host out of its site",
    )


@pytest.mark.parametrize(
    ("hosts", "unnamed"),
    [
        ((), None),
        (("a.test",), None),
        (("a.test", "127.0.0.1"), "127.0.0.1"),
        (("[::1]", "a.test", "[::1]"), "[::1]"),
        (("127.0.0.1", "[::1]"), None),
    ],
)
def test_t24_a_handshake_without_a_name_means_the_only_address(
    hosts: tuple[str, ...], unnamed: str | None
) -> None:
    assert unnamed_host(hosts) == unnamed

"""TLS at the gate, from outside: names, redirects, certificates, and the PROXY protocol (F13)."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import override

import pytest

from tests.contracts.plane.conftest import PLANES
from tests.support.browser_client import SIGN_IN, Browser, Lines
from tests.support.certificates import Authority
from tests.support.gate_process import (
    Answer,
    GateProcess,
    free_port,
    gate_process,
    parsed,
    read_answer,
    until,
)
from tests.support.raw_upstream import RawUpstream, raw_upstream
from tests.support.sites import echo

HSTS = "strict-transport-security"
TWO_YEARS = "max-age=63072000"
PROXY = "127.0.0.9"
MOST = 8  # redirects on one way
POLICY = """\
groups: {staff: [alice]}
sites:
  wiki:
    hosts: [wiki.test, 127.0.0.1]
    upstream: http://127.0.0.1:%(ECHO)d
    rules:
      - {name: public, when: {path: /public/**}, then: public}
      - {name: near, when: {path: /near/**, network: 203.0.113.0/24}, then: public}
      - {name: staff, when: {group: staff}, then: {require: second_factor}}
  shop:
    hosts: [shop.test]
    upstream: http://127.0.0.1:%(ECHO)d
    rules:
      - {name: public, when: any, then: public}
"""


@dataclass
class TlsGate:
    """A running gate that ends TLS, with a plain address and a proxied one beside it."""

    gate: GateProcess
    authority: Authority
    upstream: RawUpstream
    port: int

    @contextmanager
    def secure(self, name: str = "wiki.test") -> Iterator[ssl.SSLSocket]:
        """Give a connection behind its handshake."""
        context = self.authority.trusting()
        with (
            socket.create_connection(("127.0.0.1", self.port), 60) as bare,
            context.wrap_socket(bare, server_hostname=name) as client,
        ):
            yield client

    def ask(self, path: str, host: str = "wiki.test", name: str | None = None) -> Answer:
        """Send one request over TLS."""
        with self.secure(name or host) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{self.port}\r\n\r\n".encode())
            return parsed(read_answer(client))

    def served(self) -> bytes:
        """Give the certificate of a new handshake."""
        with self.secure() as client:
            return client.getpeercert(binary_form=True) or b""


@pytest.fixture(scope="module", params=PLANES)
def tls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TlsGate]:
    folder = tmp_path_factory.mktemp(f"tls-{request.param}")
    authority = Authority(tmp_path_factory.mktemp("certificates"))
    pairs = [
        authority.write("wiki", "wiki.test", "127.0.0.1", lasts=timedelta(days=20)),
        authority.write("shop", "shop.test", "id.test"),
    ]
    port = free_port()
    with raw_upstream(echo) as upstream:
        settings = {
            "plane": request.param,
            "public_url": f"https://id.test:{port}",
            "tls": pairs,
            "workers": "2",
            "proxy_protocol": [PROXY],
            "admin_listen": f"127.0.0.1:{free_port()}",
        }
        texts = {"sites.yaml": POLICY % {"ECHO": upstream.port}}
        with gate_process(folder, texts, settings) as gate:
            gate.settings["listen"] = [f"https://127.0.0.1:{port}", f"127.0.0.1:{gate.port}"]
            gate.config.write_text(json.dumps(gate.settings))
            gate.add_accounts({"name": "alice"})
            gate.start()
            yield TlsGate(gate, authority, upstream, port)


# --- over TLS ------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["wiki.test", "shop.test", "127.0.0.1"])
def test_each_site_is_served_under_its_own_certificate(tls: TlsGate, host: str) -> None:
    answer = tls.ask("/public/x", host)
    assert answer.status == 200
    told = dict(answer.json()["headers"])
    assert told["X-Forwarded-Proto"] == "https"
    assert told["X-Forwarded-Port"] == str(tls.port)
    assert told["X-Forwarded-For"] == "127.0.0.1"


def test_hsts_is_on_the_gates_own_answers_and_the_site_speaks_for_itself(tls: TlsGate) -> None:
    for path in ("/closed/x", SIGN_IN, "/-/gate/nothing", "/a//b"):
        answer = tls.ask(path)
        assert answer.status != 200 or path == SIGN_IN
        assert answer.header(HSTS) == TWO_YEARS, path
    assert tls.ask("/public/x").header(HSTS) == ""


def test_t24_r1_a_host_of_another_certificate_is_421(tls: TlsGate) -> None:
    assert tls.ask("/public/x", "shop.test", name="wiki.test").status == 421
    assert tls.ask("/public/x", "wiki.test", name="127.0.0.1").status == 421
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        tls.ask("/public/x", "other.test")


@dataclass
class Secure(Browser):
    """A browser that comes by TLS."""

    tls: TlsGate = field(kw_only=True)

    @property
    @override
    def authority(self) -> str:
        return f"{self.host}:{self.tls.port}"

    @property
    @override
    def origin(self) -> str:
        return f"https://{self.authority}"

    @override
    def exchange(self, sent: bytes) -> Answer:
        with self.tls.secure(self.host) as client:
            client.sendall(sent)
            return parsed(read_answer(client))


def test_t46_somebody_signs_in_by_password_and_code(tls: TlsGate) -> None:
    home, site = (Secure(tls.gate, host, tls=tls) for host in ("id.test", "wiki.test"))
    home.enter("alice", "/-/gate/account/security")
    assert set(home.cookies) == {"__Host-gate", "__Host-gate-device"}
    answer = followed(home, site, f"{site.origin}/x")
    assert answer.status == 200
    assert dict(answer.json()["headers"])["Remote-User"] == "alice"
    assert set(site.cookies) == {"__Host-gate"}


def followed(home: Secure, site: Secure, url: str) -> Answer:
    """Go where the gate leads, from host to host, until it leads nowhere."""
    for _ in range(MOST):
        at = site if url.startswith(site.origin) else home
        answer = at.open(url.removeprefix(at.origin))
        led = answer.header("location")
        if not led:
            return answer
        url = led if "://" in led else at.origin + led
    raise AssertionError(url)


# --- in the clear --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("path", ["/public/x?a=%20b", "/x", SIGN_IN])
def test_t25_plain_http_is_sent_to_the_same_url(tls: TlsGate, method: str, path: str) -> None:
    before = len(tls.upstream.asked)
    answer = tls.gate.ask(path, "wiki.test", method=method, page=True)
    assert answer.status == 308
    assert answer.header("location") == f"https://wiki.test:{tls.port}{path}"
    assert (answer.header(HSTS), answer.header("set-cookie"), answer.body) == ("", "", b"")
    assert len(tls.upstream.asked) == before


@pytest.mark.parametrize(
    ("path", "host", "status"), [("/", "x.test", 421), ("/a//b", "wiki.test", 400)]
)
def test_t25_nothing_odd_is_sent_on(tls: TlsGate, path: str, host: str, status: int) -> None:
    answer = tls.gate.ask(path, host)
    assert (answer.status, answer.header("location"), answer.header(HSTS)) == (status, "", "")


# --- the PROXY protocol --------------------------------------------------------------------------


def behind_proxy(tls: TlsGate, line: bytes, path: str, more: Lines = ()) -> bytes:
    """Ask through the proxy, over TLS behind its header; give all that comes."""
    context = tls.authority.trusting()
    address = ("127.0.0.1", tls.port)
    with socket.create_connection(address, 60, (PROXY, 0)) as bare:
        bare.sendall(line)
        with context.wrap_socket(bare, server_hostname="wiki.test") as client:
            extra = "".join(f"{name}: {value}\r\n" for name, value in more)
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: wiki.test\r\n{extra}\r\n".encode())
            return read_answer(client)


def test_r7_a_rule_sees_the_address_that_the_proxy_names(tls: TlsGate) -> None:
    near = b"PROXY TCP4 203.0.113.7 192.0.2.1 1 2\r\n"
    far = b"PROXY TCP4 198.51.100.7 192.0.2.1 1 2\r\n"
    answer = parsed(behind_proxy(tls, near, "/near/x"))
    assert answer.status == 200
    assert dict(answer.json()["headers"])["X-Forwarded-For"] == "203.0.113.7"
    forged = [("X-Forwarded-For", "203.0.113.7")]
    assert parsed(behind_proxy(tls, far, "/near/x", forged)).status == 401
    assert parsed(behind_proxy(tls, b"PROXY UNKNOWN\r\n", "/public/x")).status == 403


def test_r7_without_a_header_the_proxy_is_closed_and_with_one_nobody_else_passes(
    tls: TlsGate,
) -> None:
    with pytest.raises(OSError, match=r"EOF|reset"):
        behind_proxy(tls, b"", "/public/x")
    assert tls.gate.raw(b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n", source=PROXY) == b""
    forged = b"PROXY TCP4 203.0.113.7 192.0.2.1 1 2\r\nGET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n"
    assert parsed(tls.gate.raw(forged)).status == 400


def test_r7_the_record_names_the_client(tls: TlsGate) -> None:
    behind_proxy(tls, b"PROXY TCP6 2001:db8::7 ::1 1 2\r\n", "/by-whom")

    def recorded() -> bool:
        lines = tls.gate.command("audit", "search", "--json")
        return any(
            (each.get("path"), each.get("client")) == ("/by-whom", "2001:db8::7")
            for each in json.loads(lines)
        )

    assert until(recorded, 60)


# --- certificates --------------------------------------------------------------------------------


def test_f13_a_certificate_that_ends_soon_is_in_log_doctor_and_metrics(tls: TlsGate) -> None:
    assert until(lambda: "wiki.pem` ends on" in tls.gate.log, 60)
    assert "shop.pem` ends on" not in tls.gate.log
    said = json.loads(tls.gate.command("doctor", "--json", check=False))
    marks = {(each["about"], each["mark"]) for each in said["findings"]}
    assert {("tls", "warn"), ("tls", "ok"), ("port", "ok")} <= marks
    assert ("port", "fail") not in marks
    host, port = tls.gate.settings["admin_listen"].split(":")
    with socket.create_connection((host, int(port)), 60) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        text = parsed(read_answer(client)).text
    assert text.count("gate_certificate_ends_timestamp_seconds{") == 2


def test_f13_a_new_pair_is_taken_by_every_worker_without_a_restart(tls: TlsGate) -> None:
    cert, key = tls.authority.paths("wiki")
    before, children = tls.served(), tls.gate.children()
    fresh = tls.authority.write("fresh", "wiki.test", "127.0.0.1")
    shutil.copy(fresh["cert"], cert)
    assert until(lambda: "is not the key of" in tls.gate.log, 60)
    assert tls.served() == before
    shutil.copy(fresh["key"], key)
    assert until(lambda: all(tls.served() != before for _ in range(8)), 60)
    assert tls.gate.children() == children


@pytest.fixture
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GateProcess]:
    folder = tmp_path_factory.mktemp("refusing") / "gate"
    port = free_port()
    with gate_process(folder, {"sites.yaml": POLICY % {"ECHO": 9}}, {}) as gate:
        gate.settings |= {
            "listen": [f"https://127.0.0.1:{port}"],
            "public_url": f"https://wiki.test:{port}",
        }
        yield gate


def ends_with_78(gate: GateProcess, *pairs: Mapping[str, object]) -> str:
    gate.settings["tls"] = list(pairs)
    gate.config.write_text(json.dumps(gate.settings))
    done = gate.run("serve")
    assert done.returncode == 78, done.stderr
    return done.stderr


def test_t101_a_pair_that_can_not_be_served_refuses_to_start(
    refusing: GateProcess, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority = Authority(tmp_path_factory.mktemp("refused"))
    names = ("wiki.test", "shop.test", "127.0.0.1")
    good, other = authority.write("good", *names), authority.write("other", *names)
    ended = authority.write("ended", *names, lasts=-timedelta(hours=1))
    mixed = {"cert": good["cert"], "key": other["key"]}
    assert "other.key` is not the key of" in ends_with_78(refusing, mixed)
    assert "ended.pem` ended on" in ends_with_78(refusing, ended)
    assert "can't be read" in ends_with_78(refusing, {**good, "key": "/nowhere.key"})
    words = ends_with_78(refusing, {**good, "hosts": ["wiki.test", "127.0.0.1"]})
    assert "no certificate of `tls` covers `shop.test`; add one" in words
    assert "`tls` is missing" in ends_with_78(refusing)

"""The gate in front of servers that read requests in their own ways (T01, T02, T20, T30)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.contracts.plane.conftest import PLANES
from tests.support.gate_process import GateProcess, gate_process
from tests.support.real_upstreams import SERVERS, needed, real_upstream
from tests.support.sites import PUBLIC_BODY, SECRET_BODY
from tests.support.vectors import cases

PATHS: Final = cases("path_confusion_cases")["cases"]
SPOOFING: Final[dict[str, Any]] = cases("header_spoofing_cases")
SITE: Final = """\
  %(name)s:
    hosts: [%(name)s.test]
    upstream: http://127.0.0.1:%(port)d
%(options)s    rules:
      - {name: public, when: {path: /public/**}, then: public}
      - name: administration
        when: {path: /admin/**, group: admins}
        then: {require: second_factor}
      - {name: no administration, when: {path: /admin/**}, then: {deny: for admins}}
      - {name: staff, when: {group: staff}, then: {require: second_factor}}
"""
PEOPLE: Final = "groups:\n  admins: [alice]\n  staff: [alice, bob]\nsites:\n"


@dataclass
class Street:
    """A gate in front of all the servers, each strict and lenient about paths."""

    gate: GateProcess
    ports: Mapping[str, int | None]
    bobs: dict[str, str]

    def site(self, server: str, *, lenient: bool = False) -> str:
        needed(self.ports[server], server)
        return f"lenient-{server}.test" if lenient else f"{server}.test"

    def bob(self, host: str) -> str:
        if host not in self.bobs:
            self.bobs[host] = self.gate.session("bob", host=host)
        return self.bobs[host]


@pytest.fixture(scope="module", params=PLANES)
def street(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Street]:
    with ExitStack() as stack:
        ports = {server: stack.enter_context(real_upstream(server)) for server in SERVERS}
        sites = [
            SITE % {"name": prefix + server, "port": port, "options": options}
            for server, port in ports.items()
            if port is not None
            for prefix, options in (("", ""), ("lenient-", "    paths: lenient\n"))
        ]
        folder = tmp_path_factory.mktemp(f"street-{request.param}")
        settings = {"plane": request.param}
        texts = {"sites.yaml": PEOPLE + "".join(sites)}
        gate = stack.enter_context(gate_process(folder, texts, settings))
        gate.add_accounts({"name": "alice"}, {"name": "bob"})
        gate.start()
        yield Street(gate, ports, {})


@pytest.mark.parametrize("server", SERVERS)
def test_each_server_serves_what_is_permitted(street: Street, server: str) -> None:
    host = street.site(server)
    assert street.gate.ask("/public/", host).body == PUBLIC_BODY
    assert street.gate.ask("/admin/", host).status == 401
    alice = street.gate.session("alice", host=host)
    assert street.gate.ask("/admin/", host, token=alice).body == SECRET_BODY


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
@pytest.mark.parametrize("server", SERVERS)
def test_t20_g12_no_path_shows_a_server_as_public_what_is_protected(
    street: Street, server: str, lenient: bool
) -> None:
    host = street.site(server, lenient=lenient)
    for who in (None, street.bob(host)):
        for case in PATHS:
            raw = case["raw"].encode("utf-8", "surrogateescape")
            answer = street.gate.ask(raw, host, token=who)
            assert SECRET_BODY not in answer.raw, case
            assert answer.status < 500, case


@pytest.mark.parametrize("server", SERVERS)
def test_t02_a_server_sees_the_gates_user_in_no_spelling_of_another(
    street: Street, server: str
) -> None:
    host = street.site(server)
    spelled = ("Remote-User", "remote_user", "REMOTE.USER", "Remote-User_", "RemoteUser")
    for name in spelled:
        for values in (["root"], ["root", "root"], ["root,root"]):
            headers = [(name, value) for value in values]
            seen = street.gate.ask("/seen", host, token=street.bob(host), headers=headers)
            assert seen.status == 200
            assert "HTTP_REMOTE_USER=bob" in seen.text.splitlines()
            assert "root" not in seen.text


@pytest.mark.parametrize("group", ["identity", "client_ip", "uri_method_host"])
@pytest.mark.parametrize("server", SERVERS)
def test_t01_a_server_sees_no_header_that_it_could_trust(
    street: Street, server: str, group: str
) -> None:
    host = street.site(server)
    names = [name for name in SPOOFING[group] if name != "Via"]
    for change in (str, str.lower, lambda name: name.replace("-", "_")):
        headers = [(change(name), "spoofed-value") for name in names]
        seen = street.gate.ask("/seen", host, token=street.bob(host), headers=headers)
        assert seen.status == 200
        assert "spoofed-value" not in seen.text


@pytest.mark.parametrize("server", SERVERS)
def test_t30_t82_a_bare_cr_makes_no_header_for_a_server(street: Street, server: str) -> None:
    host = street.site(server)
    cookie = f"Cookie: {street.gate.cookie_name}={street.bob(host)}"
    for end in ("\r", "\n", "\r\n ", "\0"):
        sent = (
            f"GET /seen HTTP/1.1\r\nHost: {host}\r\n{cookie}\r\nX: a{end}Remote-User: root\r\n\r\n"
        )
        answer = street.gate.raw(sent.encode())
        assert b"root" not in answer

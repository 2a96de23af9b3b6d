"""T01-T31 from outside: what two servers may read differently never gets behind the door."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.contracts.plane.conftest import House
from tests.support.gate_process import parsed
from tests.support.vectors import cases

HOST: Final = b"echo.test"

SPOOFING: Final[dict[str, Any]] = cases("header_spoofing_cases")
PATHS: Final = cases("path_confusion_cases")["cases"]


def spelled(name: str) -> list[str]:
    """Give a header name in the spellings that servers fold together."""
    return [
        name,
        name.lower(),
        name.upper(),
        name.replace("-", "_"),
        name.replace("-", "."),
        name + "_",
        name.replace("-", ""),
    ]


def arrived(house: House, path: str, headers: list[tuple[str, str]], who: str | None) -> str:
    """Give the headers that the upstream saw, as one text."""
    token = house.token(who) if who else None
    answer = house.gate.ask(path, "echo.test", token=token, headers=headers)
    assert answer.status == 200, answer
    return json.dumps(answer.json()["headers"])


@pytest.mark.parametrize("group", ["identity", "client_ip", "uri_method_host"])
@pytest.mark.parametrize("who", [None, "bob"])
def test_t01_t02_headers_that_upstreams_trust_never_arrive(
    house: House, group: str, who: str | None
) -> None:
    path = "/public/x" if who is None else "/x"
    names = [name for name in SPOOFING[group] if name != "Via"]
    every = [spelling for name in names for spelling in spelled(name)]
    for start in range(0, len(every), 60):
        batch = [(name, "spoofed-value") for name in every[start : start + 60]]
        assert "spoofed-value" not in arrived(house, path, batch, who)


def test_t02_the_gates_own_value_arrives_once(house: House) -> None:
    spoofed = [("Remote-User", "root"), ("remote-user", "root"), ("Remote_User", "root")]
    headers = json.loads(arrived(house, "/x", spoofed, "bob"))
    users = [value for name, value in headers if "user" in name.lower() and "agent" not in name]
    assert users == ["bob"]


@pytest.mark.parametrize("listed", SPOOFING["hop_by_hop_lists"])
def test_t03_a_connection_list_removes_nothing_of_the_gates(house: House, listed: str) -> None:
    name, _, value = listed.partition(": ")
    headers = json.loads(arrived(house, "/x", [(name, value)], "alice"))
    found = {key.lower() for key, _ in headers}
    assert {"remote-user", "x-forwarded-for", "host"} <= found
    assert value not in [text for key, text in headers if key.lower() == "connection"]


def test_t04_an_absent_attribute_is_not_taken_from_the_client(house: House) -> None:
    seen = arrived(house, "/x", [("Remote-Groups", "admins"), ("Remote-Email", "a@b")], "bob")
    groups = [value for name, value in json.loads(seen) if name.lower() == "remote-groups"]
    assert groups == ["staff"]
    assert "a@b" not in seen


@pytest.mark.parametrize("name", SPOOFING["client_ip"])
def test_t05_t07_an_untrusted_peer_names_no_address(house: House, name: str) -> None:
    token = house.token("carol")  # may come from 10.9.9.0/24 alone
    answer = house.gate.ask("/", "echo.test", token=token, headers=[(name, "10.9.9.9")])
    assert (answer.status, answer.reason) == (403, "ip_not_allowed")


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "echo.test.evil.test",
        "ECHO.test.",
        "user@echo.test",
        "echo.test/x",
        "echo.test:1",
    ],
)
def test_t09_t24_a_host_that_is_not_exactly_a_sites_is_refused(house: House, host: str) -> None:
    answer = house.gate.ask("/public/x", host)
    assert answer.status in {400, 421}
    assert host.encode() not in answer.raw


@pytest.mark.parametrize("host", ["ECHO.TEST", "Echo.Test"])
def test_t24_hosts_compare_without_case(house: House, host: str) -> None:
    assert house.gate.ask("/public/x", host).status == 200
    assert house.gate.ask("/x", host, page=True).reason == "needs_sign_in"


@pytest.mark.parametrize("case", PATHS, ids=lambda case: case["raw"][:40])
def test_t20_no_odd_path_passes_for_a_stranger(house: House, case: dict[str, str]) -> None:
    raw = case["raw"].encode("utf-8", "surrogateescape")
    before = len(house.upstream.asked)
    answer = house.gate.ask(raw, "echo.test")
    if answer.status == 200:
        path = house.upstream.asked[-1].path.decode("latin-1")
        assert path.startswith(("/public", "/open"))
        assert not any(sign in path.partition("?")[0] for sign in ("..", "%", ";", "\\", "//"))
    else:
        assert answer.status in {400, 401, 403, 404, 405, 414}
        assert len(house.upstream.asked) == before


@pytest.mark.parametrize("case", PATHS, ids=lambda case: case["raw"][:40])
def test_g12_a_lenient_site_takes_the_strictest_reading(house: House, case: dict[str, str]) -> None:
    answer = house.gate.ask(case["raw"].encode("utf-8", "surrogateescape"), "lenient.test")
    if "admin" in case["a_lenient_upstream_serves"] and "?" not in case["raw"]:
        assert answer.status != 200


@pytest.mark.parametrize(
    "path",
    ["/x?/public/y", "/x#/public/y", "/x%23/public/y", "/x%2523/public/y", "/x%3F/public/y"],
)
def test_t21_a_public_path_in_query_or_fragment_selects_no_rule(house: House, path: str) -> None:
    assert house.gate.ask(path, "echo.test").status in {400, 401}


@pytest.mark.parametrize("path", ["/public/..;x/admin", "/admin;a=b", "/;/admin", "/admin;/"])
def test_t22_path_parameters_are_refused(house: House, path: str) -> None:
    assert house.gate.ask(path, "echo.test").status == 400


@pytest.mark.parametrize(
    ("method", "status"),
    [("get", 405), ("GeT", 405), ("TRACE", 405), ("CONNECT", 405), ("FROB", 405), ("M" * 99, 405)],
)
def test_t23_only_methods_that_are_known_pass(house: House, method: str, status: int) -> None:
    assert house.gate.ask("/public/x", "echo.test", method=method).status in {status, 400}


@pytest.mark.parametrize("method", ["OPTIONS", "PROPFIND", "POST", "DELETE"])
def test_t23_a_rule_for_get_opens_nothing_else(house: House, method: str) -> None:
    headers = [("X-HTTP-Method-Override", "GET")]
    answer = house.gate.ask("/public/x", "echo.test", method=method, headers=headers)
    assert answer.status in {401, 403}


@pytest.mark.parametrize("query", ["_method=DELETE", "a=1&_method=PUT", "%5Fmethod=PUT"])
def test_g11_a_query_that_asks_for_another_method_is_400(house: House, query: str) -> None:
    assert house.gate.ask(f"/public/x?{query}", "echo.test").status == 400


@pytest.mark.parametrize(
    "query",
    ["key=open-sesame&key=x", "key[]=open-sesame", "a=1;key=open-sesame", "%6bey=open-sesame"],
)
def test_g13_an_odd_spelling_of_a_query_name_of_a_rule_is_400(house: House, query: str) -> None:
    answer = house.gate.ask(f"/asked/x?{query}", "echo.test", token=house.token("alice"))
    assert answer.status == 400


def line(text: bytes, *headers: bytes) -> bytes:
    """Give a request with these raw lines."""
    return text + b"\r\n" + b"".join(each + b"\r\n" for each in headers) + b"\r\n"


H1: Final = {
    "absolute-form": line(b"GET http://admin.example/abs HTTP/1.1", b"Host: echo.test"),
    "no slash": line(b"GET admin HTTP/1.1", b"Host: echo.test"),
    "fragment": line(b"GET /a#/b HTTP/1.1", b"Host: echo.test"),
    "two hosts": line(b"GET /public/x HTTP/1.1", b"Host: echo.test", b"Host: echo.test"),
    "no host": line(b"GET /public/x HTTP/1.1", b"X: y"),
    "folded host": line(b"GET /public/x HTTP/1.1", b"Host: echo.test", b" evil"),
    "NUL in path": line(b"GET /public/\x00 HTTP/1.1", b"Host: echo.test"),
    "host with path": line(b"GET /public/x HTTP/1.1", b"Host: echo.test/admin?x="),
    "connect": line(b"CONNECT 127.0.0.1:22 HTTP/1.1", b"Host: echo.test"),
    "trace": line(b"TRACE /public/x HTTP/1.1", b"Host: echo.test"),
    "http/9.9": line(b"GET /public/x HTTP/9.9", b"Host: echo.test"),
    "http/2.0": line(b"GET /public/x HTTP/2.0", b"Host: echo.test"),
    "http/0.9": b"GET /public/x\r\n\r\n",
    "tab": line(b"GET\t/public/x HTTP/1.1", b"Host: echo.test"),
    "plus length": line(b"POST /public/x HTTP/1.1", b"Host: echo.test", b"Content-Length: +5"),
    "two lengths": line(b"POST /public/x HTTP/1.1", b"Host: echo.test", b"Content-Length: 5, 5"),
    "bare CR": line(b"GET /public/x HTTP/1.1", b"Host: echo.test", b"X: a\rb"),
    "control": line(b"GET /public/x HTTP/1.1", b"Host: echo.test", b"X: a\x01b"),
    "delete": line(b"GET /public/x HTTP/1.1", b"Host: echo.test", b"X: a\x7fb"),
    "LF alone": b"GET /public/x HTTP/1.1\nHost: echo.test\n\n",
    "space before colon": line(b"GET /public/x HTTP/1.1", b"Host: echo.test", b"X : y"),
    "te in 1.0": line(
        b"POST /public/x HTTP/1.0", b"Host: echo.test", b"Transfer-Encoding: chunked"
    ),
}


@pytest.mark.parametrize("name", H1)
def test_t30_what_no_honest_client_sends_is_refused(house: House, name: str) -> None:
    before = len(house.upstream.asked)
    answer = parsed(house.gate.raw(H1[name]))
    assert answer.status in {0, 400, 405, 421, 431, 505}
    assert len(house.upstream.asked) == before


def test_t31_t93_http_2_by_prior_knowledge_is_refused(house: House) -> None:
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
    before = len(house.upstream.asked)
    answer = house.gate.raw(preface)
    assert not answer.startswith(bytes([0, 0]))
    assert parsed(answer).status in {0, 400, 405, 505}
    assert len(house.upstream.asked) == before


def test_t29_h2c_is_taken_out_and_not_tunnelled(house: House) -> None:
    headers = [
        ("Connection", "Upgrade, HTTP2-Settings"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "A"),
    ]
    answer = house.gate.ask("/public/x", "echo.test", headers=headers)
    assert answer.status == 200
    assert "h2c" not in answer.text
    assert "http2-settings" not in answer.text.lower()


def test_t91_too_many_and_too_long_headers_are_431(house: House) -> None:
    many = [(f"X-{number}", "y") for number in range(101)]
    assert house.gate.ask("/public/x", "echo.test", headers=many).status == 431
    long = [("X-Long", "y" * 70_000)]
    assert house.gate.ask("/public/x", "echo.test", headers=long).status == 431
    assert house.gate.ask("/public/" + "x" * 9000, "echo.test").status == 414


def test_t11_the_health_page_is_not_on_the_public_port(house: House) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/-/gate/healthz"):
        assert house.gate.ask(path, "echo.test").status in {401, 404}


def test_t84_no_header_of_the_client_chooses_the_upstream(house: House) -> None:
    headers = [("X-Forwarded-Host", "127.0.0.1:1"), ("Forwarded", "host=127.0.0.1:1")]
    answer = house.gate.ask("/public/x", "echo.test", headers=headers)
    assert answer.status == 200
    hosts = [v for n, v in answer.json()["headers"] if n.lower() in {"host", "x-forwarded-host"}]
    assert hosts == ["echo.test", "echo.test"]

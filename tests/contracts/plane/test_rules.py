"""Which rule decides: order, whole patterns, hosts, schemes, and what never goes upstream."""

from __future__ import annotations

import json

import pytest

from tests.contracts.plane.conftest import House
from tests.support.gate_process import parsed, until


def test_t28_the_first_rule_that_matches_decides(house: House) -> None:
    alice = house.token("alice")  # the rule for staff comes after the ones that deny
    assert house.gate.ask("/never/x", "echo.test", token=alice).reason == "rule_denies"
    assert house.gate.ask("/admin/x", "echo.test", token=house.token("bob")).status == 403
    assert house.gate.ask("/admin/x", "echo.test", token=house.fresh("alice")).status == 200


def test_t28_what_no_rule_names_is_denied(house: House) -> None:
    for path in ("/", "/x", "/publicity"):
        answer = house.gate.ask(path, "echo.test", token=house.token("erin"), page=True)
        assert (answer.status, answer.reason) == (403, "no_rule_matched")


@pytest.mark.parametrize(
    "path",
    [
        "/publicx",
        "/x/public/y",
        "/favicon.icox",
        "/faviconxico",
        "/favicon.ico/x",
        "/xfavicon.ico",
        "/favicon.ico%0a",
        "/favicon.ico%20",
        "/PUBLIC/x",
        "/public%",
        "/public/%ff",
        "/public/%c0%ae",
        "/-/public/x",
    ],
)
def test_t26_a_pattern_matches_whole_and_a_dot_is_a_dot(house: House, path: str) -> None:
    assert house.gate.ask(path, "echo.test").status in {400, 401}


@pytest.mark.parametrize("path", ["/NEVER/x", "/Never", "/never/", "/never"])
def test_t26_a_rule_that_denies_is_not_missed_by_spelling(house: House, path: str) -> None:
    answer = house.gate.ask(path, "echo.test", token=house.token("bob"))
    assert (answer.status, answer.reason) == (403, "rule_denies")


def test_t26_bytes_outside_ascii_miss_no_rule(house: House) -> None:
    for raw in (b"/never/\xff", b"/n\xc3\xa9ver", b"/public/\xe2\x80\xae"):
        assert house.gate.ask(raw, "echo.test", token=house.token("bob")).status == 400


@pytest.mark.parametrize(
    "host", ["echoxtest", "xecho.test", "echo.testx", "echo.test.", "a.echo.test"]
)
def test_t26_a_host_matches_whole(house: House, host: str) -> None:
    assert house.gate.ask("/public/x", host).status in {400, 421}


@pytest.mark.parametrize("target", ["HTTPS://echo.test/public/x", "https://echo.test/public/x"])
def test_t25_a_scheme_in_the_target_is_refused(house: House, target: str) -> None:
    assert house.gate.ask(target, "echo.test").status == 400


def test_t25_the_scheme_is_no_headers(house: House) -> None:
    lies = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Ssl", "on"), ("X-Url-Scheme", "https")]
    answer = house.gate.ask("/public/x", "echo.test", headers=lies)
    told = dict(answer.json()["headers"])
    assert told["X-Forwarded-Proto"] == "http"
    assert "https" not in json.dumps(told)
    page = house.gate.ask("/-/gate/sign-in", "localhost", headers=lies, page=True)
    assert b"__Host-" not in page.raw
    assert "strict-transport-security" not in dict(page.headers)


# --- T01, T105: paths besides the plain one ------------------------------------------------------

SPOOFED = [
    ("Remote-User", "spoofed"),
    ("X_Remote.User", "spoofed"),
    ("X-Gate-Assertion", "spoofed"),
]
HANDSHAKE = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]


@pytest.mark.parametrize(
    ("host", "path", "method", "more"),
    [
        ("watched.test", "/x", "GET", []),
        ("lenient.test", "/public/x", "GET", []),
        ("echo.test", "/open/x", "OPTIONS", []),
        ("echo.test", "/open/x", "POST", []),
        ("echo.test", "/x", "GET", HANDSHAKE),
        ("echo.test", "/x", "HEAD", []),
    ],
)
def test_t01_no_identity_of_the_client_arrives_on_any_way(
    house: House, host: str, path: str, method: str, more: list[tuple[str, str]]
) -> None:
    token = house.token("bob", host) if path == "/x" and host == "echo.test" else None
    before = len(house.upstream.asked)
    house.gate.ask(path, host, method=method, token=token, headers=[*SPOOFED, *more])
    (asked,) = house.upstream.asked[before:]
    assert b"spoofed" not in asked.head


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize(
    ("path", "who"), [("/never/x", "bob"), ("/x", None), ("/x", "erin"), ("/x", "carol")]
)
def test_t105_what_is_not_permitted_is_not_carried_out(
    house: House, method: str, path: str, who: str | None
) -> None:
    token = house.token(who) if who else None
    before = len(house.upstream.asked)
    answer = house.gate.ask(path, "echo.test", method=method, token=token, body=b"delete=all")
    assert answer.status in {401, 403}
    assert len(house.upstream.asked) == before


def test_t105_g30_a_preflight_without_credentials_is_denied(house: House) -> None:
    headers = [("Origin", "https://evil.test"), ("Access-Control-Request-Method", "PUT")]
    before = len(house.upstream.asked)
    for path in ("/x", "/public/x", "/open/x"):
        answer = house.gate.ask(path, "echo.test", method="OPTIONS", headers=headers)
        assert answer.status in {401, 403}
    assert len(house.upstream.asked) == before


def test_t11_no_header_or_ending_makes_a_request_a_health_check(house: House) -> None:
    headers = [("User-Agent", "kube-probe/1.30"), ("X-Health-Check", "1"), ("Purpose", "health")]
    for path in ("/x", "/x/ping", "/x/healthz", "/ping", "/x?health=1"):
        assert house.gate.ask(path, "echo.test", headers=headers).status == 401


def test_t84_the_admin_listener_is_no_site(house: House) -> None:
    admin = str(house.gate.settings["admin_listen"])
    for host in (admin, admin.partition(":")[0] + ":9", f"localhost:{admin.partition(':')[2]}"):
        answer = house.gate.ask("/healthz", host)
        assert answer.status in {400, 401, 421}
    target = f"http://{admin}/metrics"
    assert house.gate.ask(target, "echo.test").status == 400


# --- T90: slow clients ---------------------------------------------------------------------------


def is_ended(house: House, sent: bytes) -> bool:
    """Send bytes and nothing more; say whether the other side ends it."""
    with house.gate.connect() as connection:
        connection.sendall(sent)
        try:
            while connection.recv(65_536):
                continue
        except TimeoutError:
            return False
    return True


def test_t90_a_slow_body_is_cut(house: House) -> None:
    cookie = f"{house.gate.cookie_name}={house.token('bob')}".encode()
    head = (
        b"POST /x HTTP/1.1\r\nHost: echo.test\r\nCookie: %s\r\nContent-Length: 9\r\n\r\na" % cookie
    )
    assert is_ended(house, head)


def test_t90_an_idle_connection_is_closed(house: House) -> None:
    assert is_ended(house, b"GET /public/x HTTP/1.1\r\nHost: echo.test\r\n\r\n")
    assert is_ended(house, b"")


def test_t90_slow_clients_keep_nobody_waiting(house: House) -> None:
    waiting = [house.gate.connect() for _ in range(200)]
    try:
        for connection in waiting:
            connection.sendall(b"GET /public/x HTTP/1.1\r\nHost: ec")
        assert house.gate.ask("/public/x", "echo.test").status == 200
    finally:
        for connection in waiting:
            connection.close()
    assert until(lambda: house.gate.ask("/public/x", "echo.test").status == 200)


def test_t91_a_huge_body_for_a_page_is_refused_before_it_arrives(house: House) -> None:
    head = b"POST /-/gate/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n"
    answer = parsed(house.gate.raw(head + b"a=" + b"x" * 200_000))
    assert answer.status in {401, 403, 413}


# --- bytes that no header holds (T30, T82) -----------------------------------------------------


@pytest.mark.parametrize("byte", [*range(9), *range(10, 32), 127])
def test_t30_a_control_character_in_a_header_is_refused(house: House, byte: int) -> None:
    before = len(house.upstream.asked)
    for value in (b"a%cb" % byte, b"%c" % byte, b"a%c" % byte):
        sent = b"GET /public/x HTTP/1.1\r\nHost: echo.test\r\nX-Odd: " + value + b"\r\n\r\n"
        answer = parsed(house.gate.raw(sent))
        assert answer.status in {0, 400}
    assert len(house.upstream.asked) == before

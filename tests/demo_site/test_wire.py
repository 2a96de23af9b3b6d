"""What the old server says on the wire: keep-alive, ranges, streams, a WebSocket, its process."""

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from gate.demo_site import history
from gate.demo_site.live import send_at_once
from gate.demo_site.wire import MAX_BODY, DemoServer

MOVEMENTS = "/downloads/movements.csv"
COMMAND = [sys.executable, "-m", "gate.demo_site", "--port"]


def exchange(site: DemoServer, raw: bytes) -> bytes:
    """Send bytes and give everything that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", site.server_port), timeout=60) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_it_listens_on_loopback_alone(site: DemoServer) -> None:
    assert site.server_address[0] == "127.0.0.1"


def test_requests_share_a_connection(site: DemoServer) -> None:
    one = b"GET /static/style.css HTTP/1.1\r\nHost: x\r\n\r\n"
    assert exchange(site, one * 3).count(b"HTTP/1.1 200 OK") == 3


def test_a_browser_keeps_one_session(browser: httpx.Client) -> None:
    first = browser.get("/")
    assert first.headers["Set-Cookie"].startswith("HPSESSID=")
    assert first.headers["Set-Cookie"].endswith("; Path=/; HttpOnly")
    assert "Set-Cookie" not in browser.get("/").headers


@pytest.mark.parametrize("cookie", ["HPSESSID=x", "HPSESSID=" + "a" * 32, "a=b; HPSESSID", ";;="])
def test_a_cookie_that_names_no_session_gets_a_new_one(browser: httpx.Client, cookie: str) -> None:
    answer = browser.get("/", headers={"Cookie": cookie})
    made = re.match("HPSESSID=([0-9a-f]{32});", answer.headers["Set-Cookie"])
    assert made is not None
    assert made[1] not in cookie


def test_sessions_do_not_pile_up(site: DemoServer) -> None:
    first = site.sessions.of("")
    for _ in range(1000):
        site.sessions.of("")
    assert site.sessions.of(f"HPSESSID={first.id}").id != first.id


@pytest.mark.parametrize(
    ("head", "status"),
    [
        pytest.param(f"Content-Length: {MAX_BODY + 1}", b"413", id="too long"),
        pytest.param("Content-Length: -1", b"400", id="negative"),
        pytest.param("Content-Length: \u0661", b"400", id="other digits"),
        pytest.param("Transfer-Encoding: chunked", b"411", id="chunked"),
    ],
)
def test_a_body_that_it_can_not_read_ends_the_connection(
    site: DemoServer, head: str, status: bytes
) -> None:
    answer = exchange(site, f"POST /pad HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\nx".encode())
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert answer.count(b"HTTP/1.1") == 1


def test_a_form_with_too_many_fields_is_no_form(browser: httpx.Client) -> None:
    fields = {f"f{number}": "x" for number in range(60)} | {"part": "HP-1004", "pieces": "1"}
    assert browser.post("/pad", data=fields).status_code == 400


def test_a_body_of_another_kind_is_no_form(browser: httpx.Client) -> None:
    answer = browser.post("/pad", content=b'{"part": "HP-1004"}', headers={"Content-Type": "a/b"})
    assert answer.status_code == 400


def test_a_header_can_not_break_out_of_a_redirect(site: DemoServer) -> None:
    raw = b"GET /intranet HTTP/1.1\r\nHost: x\r\n Set-Cookie: a=b\r\nConnection: close\r\n\r\n"
    head = exchange(site, raw).split(b"\r\n\r\n")[0]
    assert head.endswith(b"\r\nLocation: http://x Set-Cookie: a=b/stock")
    assert b"\r\nSet-Cookie: a=b" not in head


# ------------------------------------------------------------------ the long file


def test_the_long_file_has_five_mebibytes(browser: httpx.Client) -> None:
    answer = browser.get(MOVEMENTS)
    assert answer.headers["Content-Length"] == str(5 * 1024 * 1024)
    assert len(answer.content) == history.SIZE
    assert {len(line) for line in answer.content.splitlines()} == {62}


@pytest.mark.parametrize(
    ("asked", "first", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-63", 0, 64),
        ("bytes=100-299", 100, 300),
        ("bytes=32767-32769", 32767, 32770),
        ("bytes=5242879-", history.SIZE - 1, history.SIZE),
        ("bytes=5242000-9999999", 5_242_000, history.SIZE),
        ("bytes=-100", history.SIZE - 100, history.SIZE),
        ("bytes=-9999999", 0, history.SIZE),
        ("bytes=1-", 1, history.SIZE),
    ],
)
def test_a_range_is_that_part_of_the_file(
    browser: httpx.Client, asked: str, first: int, stop: int
) -> None:
    whole = b"".join(history.content(history.WHOLE))
    answer = browser.get(MOVEMENTS, headers={"Range": asked})
    assert answer.content == whole[first:stop]
    if (first, stop) != (0, history.SIZE):
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{history.SIZE}"


@pytest.mark.parametrize("asked", ["bytes=5242880-", "bytes=9999999-99999999", "bytes=-0"])
def test_a_range_behind_the_end_is_416(browser: httpx.Client, asked: str) -> None:
    answer = browser.get(MOVEMENTS, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{history.SIZE}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=9-1", "x"])
def test_what_is_no_single_range_gives_the_whole_file(browser: httpx.Client, asked: str) -> None:
    answer = browser.head(MOVEMENTS, headers={"Range": asked})
    assert (answer.status_code, answer.headers["Content-Length"]) == (200, str(history.SIZE))


def test_a_range_of_another_version_gives_the_whole_file(browser: httpx.Client) -> None:
    other = browser.head(MOVEMENTS, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    same = browser.head(MOVEMENTS, headers={"Range": "bytes=0-9", "If-Range": history.ETAG})
    assert (other.status_code, same.status_code) == (200, 206)


def test_a_file_that_a_browser_has_is_not_sent_again(browser: httpx.Client) -> None:
    assert browser.get(MOVEMENTS, headers={"If-None-Match": history.ETAG}).status_code == 304


# ------------------------------------------------------------------ live


def test_movements_come_as_an_event_stream(browser: httpx.Client) -> None:
    with browser.stream("GET", "/live/events") as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        lines = (line for line in answer.iter_lines() if line.startswith("data: "))
        events = [json.loads(line[6:]) for line in itertools.islice(lines, 2)]
    assert [event["part"] for event in events] == ["HP-1004", "HP-1105"]
    assert {event["kind"] for event in events} == {"movement"}


def test_the_head_of_a_stream_ends(browser: httpx.Client) -> None:
    assert browser.head("/live/events").status_code == 200


def talk(site: DemoServer) -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{site.server_port}/ws",
        additional_headers={"Remote-User": "alice"},
        max_size=None,
        proxy=None,
    )


def message_of(connection: ClientConnection) -> dict[str, str]:
    while True:
        heard: dict[str, str] = json.loads(connection.recv(timeout=60))
        if heard["kind"] == "message":
            return heard


def test_what_one_counter_says_all_counters_hear(site: DemoServer) -> None:
    with talk(site) as one, talk(site) as other:
        other.send("are you there")
        assert message_of(other)["text"] == "are you there"
        one.send("Is Jim <back>?")
        for connection in (one, other):
            heard = message_of(connection)
            if heard["text"] == "are you there":
                heard = message_of(connection)
            assert (heard["who"], heard["text"]) == ("alice", "Is Jim <back>?")


def test_counters_hear_movements_too(site: DemoServer) -> None:
    with talk(site) as connection:
        assert json.loads(connection.recv(timeout=60))["kind"] == "movement"


def test_a_message_in_pieces_is_one_message(site: DemoServer) -> None:
    with talk(site) as connection:
        connection.send(["one ", "two ", "three"])
        assert message_of(connection)["text"] == "one two three"


@pytest.mark.parametrize("length", [125, 126, 500])
def test_long_messages_are_passed_on(site: DemoServer, length: int) -> None:
    with talk(site) as connection:
        connection.send("a" * length)
        assert message_of(connection)["text"] == "a" * length


def test_a_very_long_message_is_cut(site: DemoServer) -> None:
    with talk(site) as connection:
        connection.send(b"a" * 60_000)
        assert message_of(connection)["text"] == "a" * 500


def test_pings_are_answered_and_pongs_taken(site: DemoServer) -> None:
    with talk(site) as connection:
        connection.pong(b"unasked")
        assert connection.ping(b"x").wait(timeout=60)


def test_closing_is_answered(site: DemoServer) -> None:
    with talk(site) as connection:
        connection.close(1000)
        assert connection.close_code == 1000


@pytest.mark.parametrize(
    "size", [pytest.param(65_537, id="too long"), pytest.param(70_000, id="longer")]
)
def test_a_message_that_is_too_long_ends_the_talk(site: DemoServer, size: int) -> None:
    with talk(site) as connection:
        connection.send("a" * size)
        with pytest.raises(ConnectionClosedError):
            message_of(connection)


HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def test_rfc6455_the_sample_key_gets_the_sample_answer(site: DemoServer) -> None:
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in exchange(site, HANDSHAKE)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"\x81\x01a", id="not masked"),
        pytest.param(b"\xc1\x81\0\0\0\0a", id="a reserved bit"),
        pytest.param(b"\x83\x81\0\0\0\0a", id="no known opcode"),
        pytest.param(b"\x01\x81\0\0\0\0a\x01\x81\0\0\0\0a", id="a second beginning"),
    ],
)
def test_rfc6455_a_broken_frame_is_answered_with_1002(site: DemoServer, frame: bytes) -> None:
    assert exchange(site, HANDSHAKE + frame).endswith(b"\x88\x02\x03\xea")


def test_without_a_handshake_an_upgrade_is_asked_for(browser: httpx.Client) -> None:
    assert browser.get("/ws").status_code == 426
    assert browser.post("/ws", headers={"Upgrade": "websocket"}).status_code == 426


# ------------------------------------------------------------------ the process


def started() -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [*COMMAND, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    word, address = process.stdout.readline().split()
    assert word == "ready"
    return process, address


def test_it_says_where_it_is_ready_and_ends_with_its_input() -> None:
    process, address = started()
    with process, httpx.stream("GET", f"{address}/live/events", trust_env=False):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_a_signal(number: signal.Signals) -> None:
    process, _ = started()
    with process:
        os.kill(process.pid, number)
        assert process.wait(timeout=60) == 0


def test_a_port_that_is_taken_is_exit_3(site: DemoServer) -> None:
    port = str(site.server_port)
    ended = subprocess.run(
        [*COMMAND, port], stdin=subprocess.PIPE, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 3
    assert f"can't listen on 127.0.0.1:{port}" in ended.stderr
    assert ended.stdout == ""


# ------------------------------------------------------------------ clients that misbehave


def test_who_does_not_read_is_cut_off() -> None:
    reader, writer = socket.socketpair()
    with reader, writer:
        assert send_at_once(writer, b"a")
        assert not send_at_once(writer, bytes(8 * 1024 * 1024))
        while reader.recv(1024 * 1024):
            pass
    assert not send_at_once(writer, b"a")


def test_a_counter_that_went_away_is_forgotten(site: DemoServer) -> None:
    gone, other = socket.socketpair()
    site.live.join(gone)
    gone.close()
    other.close()
    with talk(site) as connection:
        connection.send("hello")
        assert message_of(connection)["text"] == "hello"
    assert gone not in site.live._sockets


def test_a_client_that_goes_away_during_a_download_is_no_error(
    site: DemoServer, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", site.server_port), timeout=60) as connection:
        connection.sendall(f"GET {MOVEMENTS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert connection.recv(10)
    assert b"200 OK" in exchange(site, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert capfd.readouterr().err == ""

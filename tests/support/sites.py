"""The sites that the plane's contract is tried on, and what stands behind them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from typing import Final

from tests.support.raw_upstream import Asked, Script, ok

PUBLIC_BODY: Final = b"public content"
SECRET_BODY: Final = b"PROTECTED CONTENT"

CROWD: Final = tuple(f"p{number}" for number in range(1, 161))  # one for each test that wants one
HURT_CROWD: Final = CROWD[-20:]  # of the gate that is hurt

POLICY: Final = """\
groups:
  admins: [alice]
  staff: [alice, bob, carol, dave, %(CROWD)s]
admins: {group: admins}
accounts:
  "*": {require: second_factor}
sites:
  echo:
    hosts: [echo.test, localhost, 127.0.0.1]
    upstream: http://127.0.0.1:%(ECHO)d
    rules:
      - name: public
        when: {path: ["/public/**", /favicon.ico], method: [GET, HEAD]}
        then: public
      - name: who is it
        when: {path: /open/**}
        then: {public: true, identity: optional}
      - name: nobody
        when: {path: /never/**}
        then: {deny: This part is closed for good.}
      - name: key of the query
        when: {path: /asked/**, query: {key: open-sesame}}
        then: {require: signed_in}
      - name: administration
        when: {path: /admin/**, group: admins}
        then: {require: second_factor, within: 15m}
      - name: no administration for others
        when: {path: /admin/**}
        then: {deny: administration is for admins}
      - name: staff
        when: {group: staff}
        then: {require: second_factor}
  lenient:
    hosts: [lenient.test]
    upstream: http://127.0.0.1:%(ECHO)d
    paths: lenient
    rules:
      - name: public
        when: {path: /public/**}
        then: public
      - name: staff
        when: {group: staff}
        then: {require: second_factor}
  watched:
    hosts: [watched.test]
    upstream: http://127.0.0.1:%(ECHO)d
    mode: observe
    observe_until: 2099-01-01
    rules:
      - name: staff
        when: {group: staff}
        then: {require: second_factor}
  down:
    hosts: [down.test]
    upstream: http://127.0.0.1:%(DOWN)d
    rules:
      - {name: all, when: any, then: public}
  silent:
    hosts: [silent.test]
    upstream: http://127.0.0.1:%(SILENT)d
    timeouts: {response: 1s}
    rules:
      - {name: all, when: any, then: public}
"""


def policy(ports: Mapping[str, int]) -> str:
    """Give the policy for upstreams on these ports."""
    return POLICY % {**ports, "CROWD": ", ".join(CROWD)}


def echo(connection: socket.socket, asked: Asked) -> bool:
    """Answer with the request as it arrived, or as the path says."""
    path = asked.path.partition(b"?")[0]
    if path.startswith(b"/ws"):
        return _websocket(connection)
    if path.startswith(b"/stream"):
        return _stream(connection)
    if path.startswith(b"/status-"):
        return _status(connection, path.removeprefix(b"/status-"))
    script = ANSWERS.get(path.rpartition(b"/")[2])
    if script is not None:
        return bool(script(connection, asked))
    seen = {
        "line": asked.line.decode("latin-1"),
        "headers": [
            line.decode("latin-1").split(": ", 1) for line in asked.head.split(b"\r\n")[1:]
        ],
        "body": asked.body.decode("latin-1"),
    }
    body = json.dumps(seen).encode()
    if asked.line.startswith(b"HEAD"):
        connection.sendall(ok(body).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    else:
        connection.sendall(ok(body, b"X-App: echo", b"Cache-Control: public, max-age=60"))
    return True


def _websocket(connection: socket.socket) -> bool:
    """Accept the handshake of RFC 6455's example and send back what comes, unread."""
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"  # RFC 6455 section 1.3
    )
    while data := connection.recv(65_536):
        connection.sendall(data)
    return False


def _stream(connection: socket.socket) -> bool:
    """Send a line every tenth of a second, without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(600):
        connection.sendall(b"5\r\ntick\n\r\n")
        time.sleep(0.1)
    return False


def _status(connection: socket.socket, status: bytes) -> bool:
    """Answer with a status and a page of the site's own."""
    body = b"the site's own"
    head = b"HTTP/1.1 %s Own\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
    connection.sendall(head + body)
    return True


def _breaks_off(connection: socket.socket, _asked: Asked) -> bool:
    """Send less than was announced, and go."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    return False


def _hangs_up(_connection: socket.socket, _asked: Asked) -> bool:
    """Take the request and go without a word."""
    return False


def _slowly(connection: socket.socket, _asked: Asked) -> bool:
    """Take two seconds for an answer."""
    time.sleep(2)
    connection.sendall(ok(b"at last"))
    return True


def _answers(raw: bytes) -> Script:
    def script(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(raw)
        return True

    return script


PLANTED: Final = (
    b"Set-Cookie: app=1; Path=/",
    b"sEt-cOOkie: GATE-%s=evil-own; Path=/",
    b"Set-Cookie:gate-form-%s = evil-own",
    b"Set-Cookie: =gate-%s=evil-own",
    b"Set-Cookie: \tgate-Device-%s\t=evil-own",
    b'Alt-Svc: h3="evil-own:443"',
    b'NEL: {"report_to": "evil-own"}',
    b'Report-To: {"group": "evil-own"}',
    b'Reporting-Endpoints: main="https://evil-own"',
    b'Clear-Site-Data: "cookies", "cache"',
    b'clear-site-data: "storage"',
    b'Clear-Site-Data: "*"',
    b"Service-Worker-Allowed: /",
    b"service-worker-allowed: /-/Gate/evil-own/../",
    b"Permissions-Policy: camera=()",
    b"permissions-policy: publickey-credentials-get 'evil-own'",
    b"Cache-Control: public, max-age=60",
    b"X-Accel-Expires: 3600",
    b"CDN-Cache-Control: max-age=3600",
)


def _plants(connection: socket.socket, asked: Asked) -> bool:
    """Try to plant, clear and take over what belongs to the gate, by an answer of any status."""
    (port,) = asked.values(b"x-forwarded-port")
    status = asked.path.partition(b"?")[2] or b"200"
    headers = [line.replace(b"%s", port) for line in PLANTED]
    hints = b"HTTP/1.1 103 Early Hints\r\n" + b"\r\n".join(headers) + b"\r\n\r\n"
    if status == b"304" or asked.line.startswith(b"HEAD"):
        body, framing = b"", b"Content-Length: 1"
    else:
        framing = b"Transfer-Encoding: chunked"
        body = b"1\r\nx\r\n0\r\n" + headers[1] + b"\r\n\r\n"
    head = b"HTTP/1.1 " + status + b" Own\r\n" + b"\r\n".join([*headers, framing])
    connection.sendall(hints + head + b"\r\n\r\n" + body)
    return True


ANSWERS: Final[Mapping[bytes, Script]] = {
    b"plants": _plants,
    b"slow-answer": _slowly,
    b"hangs-up": _hangs_up,
    b"cut": _breaks_off,
    b"interim-flood": _answers(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000 + ok(b"final")),
    b"huge-head": _answers(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"),
    b"not-http": _answers(b"I speak something else\r\n\r\n"),
    b"two-lengths": _answers(
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"
    ),
    b"not-modified-with-body": _answers(
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 15\r\n\r\na body of a 304"
    ),
    b"early-hints": _answers(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok(b"final")),
    b"cl-and-te": _answers(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    b"two-answers": _answers(ok(b"first") + ok(b"SECOND ANSWER")),
    b"unasked-101": _answers(
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
    ),
    b"not-modified": _answers(b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'),
}


def silence(_connection: socket.socket, _asked: Asked) -> bool:
    """Take the request and never answer."""
    time.sleep(20)
    return False

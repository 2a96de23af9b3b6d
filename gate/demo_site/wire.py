"""Bytes in, bytes out: HTTP/1.1 over threads, an event stream, a WebSocket."""

import socket
import sys
import threading
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final, override
from urllib.parse import parse_qsl, unquote

from gate.demo_site.live import Live, send_at_once
from gate.demo_site.messages import HTML, Headers, Reply, Request
from gate.demo_site.routes import respond
from gate.demo_site.sessions import COOKIE, Sessions
from gate.demo_site.stock import load_company
from gate.demo_site.websocket import FrameError, Opcode, accept_key, encode, read_message

HOST: Final = "127.0.0.1"
MAX_BODY: Final = 64 * 1024  # bytes of a form
MAX_FIELDS: Final = 50
FORM: Final = "application/x-www-form-urlencoded"


class DemoServer(ThreadingHTTPServer):
    """The application on one loopback port."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        self.company = load_company()
        self.sessions = Sessions()
        self.live = Live(company=self.company)
        super().__init__((HOST, port), Handler)

    def run(self) -> None:
        """Serve until `stop`."""
        threading.Thread(target=self.live.send_movements, daemon=True).start()
        self.serve_forever(poll_interval=0.02)
        self.server_close()

    def stop(self) -> None:
        """End streams and the server; called from another thread than `run`."""
        self.live.stopping.set()
        self.shutdown()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client went away; everything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server_version = "HollowellIntranet/2.3"
    sys_version = ""
    timeout: ClassVar[float | None] = 75  # seconds that a connection may wait for the next request
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer whatever was asked."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self._answer()

    def do_POST(self) -> None:
        """Answer after reading the form."""
        self._answer()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Keep no log; the terminal belongs to whoever started the site."""

    @property
    def _site(self) -> DemoServer:
        if not isinstance(self.server, DemoServer):
            raise TypeError("this handler belongs to another server")
        return self.server

    def _answer(self) -> None:
        form = self._form()
        if form is None:
            return
        request = self._request(form)
        match request.path:
            case "/ws":
                self._talk(request)
            case "/live/events":
                self._stream(self._site.live.events())
            case _:
                self._send(respond(request), request)

    def _request(self, form: dict[str, str]) -> Request:
        path, _, query = self.path.partition("?")
        return Request(
            method=self.command,
            target=self.path,
            path=unquote(path),
            query=_fields(query),
            headers=tuple(self.headers.items()),
            form=form,
            peer=self.client_address[0],
            session=self._site.sessions.of(self.headers.get("Cookie", "")),
            company=self._site.company,
        )

    def _form(self) -> dict[str, str] | None:
        """Read the body; None when it was refused, which ends the connection."""
        if "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return None
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None
        if int(length) > MAX_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        return _fields(body) if self.headers.get_content_type() == FORM else {}

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self.send_error(status)

    def _send(self, reply: Reply, request: Request) -> None:
        if reply.status is not HTTPStatus.NOT_MODIFIED:
            cookie = f"{COOKIE}={request.session.id}; Path=/; HttpOnly"
            is_first = request.session.is_new and reply.content_type == HTML
            fresh: Headers = (("Set-Cookie", cookie),) if is_first else ()
            kind = (("Content-Type", reply.content_type), ("Content-Length", str(reply.length)))
            self._head(reply.status, (*kind, *fresh, *reply.headers))
        else:
            self._head(reply.status, reply.headers)
        if self.command != "HEAD":
            self._pieces(reply.body)

    def _head(self, status: HTTPStatus, headers: Headers) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value.replace("\r", "").replace("\n", ""))
        self.end_headers()

    def _pieces(self, body: Iterable[bytes]) -> None:
        for piece in body:
            self.wfile.write(piece)

    def _stream(self, events: Iterable[bytes]) -> None:
        """Send events as they come, chunked (RFC 9112 section 7.1)."""
        kind = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"))
        self._head(HTTPStatus.OK, (*kind, ("Transfer-Encoding", "chunked")))
        if self.command == "HEAD":
            return
        self._pieces(b"%x\r\n%b\r\n" % (len(event), event) for event in events)
        self.wfile.write(b"0\r\n\r\n")

    def _talk(self, request: Request) -> None:
        """Shake hands and pass messages on until the other side goes (RFC 6455)."""
        key = request.header("Sec-WebSocket-Key")
        wanted = request.header("Upgrade").lower() == "websocket" and self.command == "GET"
        if not (wanted and key and key.isascii()):
            self._head(
                HTTPStatus.UPGRADE_REQUIRED, (("Upgrade", "websocket"), ("Content-Length", "0"))
            )
            return
        self.close_connection = True
        accept = ("Sec-WebSocket-Accept", accept_key(key))
        hands = (("Upgrade", "websocket"), ("Connection", "Upgrade"), accept)
        self._head(HTTPStatus.SWITCHING_PROTOCOLS, hands)
        self.connection.settimeout(None)
        self._site.live.join(self.connection)
        try:
            self._listen(request.signature)
        except (EOFError, OSError):
            return
        except FrameError:
            send_at_once(self.connection, encode(Opcode.CLOSE, (1002).to_bytes(2, "big")))
        finally:
            self._site.live.leave(self.connection)

    def _listen(self, who: str) -> None:
        while True:
            message = read_message(self.rfile.read)
            match message.opcode:
                case Opcode.TEXT | Opcode.BINARY:
                    self._site.live.say(who, message.payload.decode("utf-8", "replace"))
                case Opcode.PING:
                    send_at_once(self.connection, encode(Opcode.PONG, message.payload))
                case Opcode.CLOSE:
                    send_at_once(self.connection, encode(Opcode.CLOSE, message.payload))
                    self.connection.shutdown(socket.SHUT_WR)
                    return
                case Opcode.PONG | Opcode.CONTINUATION:
                    continue


def _fields(text: str) -> dict[str, str]:
    """Read the fields of a form or a query; of too many, none."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return {}

"""Web servers that read requests each in its own way: PHP's own, werkzeug and nginx.

Each serves a public folder and a protected one, and shows the headers that it makes of a request.
A server that is not installed skips the tests that need it; under CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.support.gate_process import free_port
from tests.support.sites import PUBLIC_BODY, SECRET_BODY

START: Final = 120.0  # seconds
SERVERS: Final = ("php", "werkzeug", "nginx")

# Shows headers as the server names them; everything else is a file of the folder.
PHP: Final = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/seen') { return false; }
header('Content-Type: text/plain');
foreach ($_SERVER as $name => $value) {
    if (str_starts_with($name, 'HTTP_')) { echo $name, '=', $value, "\\n"; }
}
"""
WERKZEUG: Final = """
import sys
from pathlib import Path
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import run_simple
from werkzeug.wrappers import Request, Response

rules = Map([Rule('/seen', endpoint='seen')] + [
    Rule(f'/{name}{end}', endpoint=name)
    for name in ('public', 'admin') for end in ('', '/', '/<path:rest>')
])
bodies = {name: Path(sys.argv[1], name, 'index.html').read_text() for name in ('public', 'admin')}

@Request.application
def application(request):
    try:
        endpoint, _ = rules.bind_to_environ(request.environ).match()
    except HTTPException as error:
        return error
    if endpoint != 'seen':
        return Response(bodies[endpoint])
    named = [f'{k}={v}' for k, v in request.environ.items() if k.startswith('HTTP_')]
    return Response('\\n'.join(named), mimetype='text/plain')

run_simple('127.0.0.1', int(sys.argv[2]), application, threaded=True)
"""
NGINX: Final = """
daemon off;
error_log stderr;
pid {folder}/nginx.pid;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/site;
    location = /seen {{
      default_type text/plain;
      return 200 "HTTP_REMOTE_USER=$http_remote_user\\nFOR=$http_x_forwarded_for\\n";
    }}
  }}
}}
"""


@contextmanager
def real_upstream(server: str) -> Iterator[int | None]:
    """Run a server and give its port; None when it is not installed."""
    program = shutil.which({"werkzeug": sys.executable}.get(server, server)) or _in_sbin(server)
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)  # nginx's workers are another user
        _write_site(folder / "site")
        process = subprocess.Popen(
            _command(server, program, folder, port),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def needed(port: int | None, server: str) -> int:
    """Give the port of a server that a test needs, or leave the test."""
    if port is None and os.environ.get("CI"):
        pytest.fail(f"{server} is not installed")
    if port is None:
        pytest.skip(f"{server} is not installed")
    return port


def _in_sbin(server: str) -> str | None:
    place = Path("/usr/sbin", server)
    return str(place) if place.exists() else None


def _write_site(site: Path) -> None:
    for name, body in (("public", PUBLIC_BODY), ("admin", SECRET_BODY)):
        (site / name).mkdir(parents=True)
        (site / name / "index.html").write_bytes(body)
    (site / "router.php").write_text(PHP)


def _command(server: str, program: str, folder: Path, port: int) -> Sequence[str | Path]:
    site = folder / "site"
    if server == "php":
        return [program, "-S", f"127.0.0.1:{port}", "-t", site, site / "router.php"]
    if server == "werkzeug":
        return [program, "-c", WERKZEUG, site, str(port)]
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port))
    return [program, "-p", folder, "-e", "stderr", "-c", settings]


def _await(port: int) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nobody listens on {port}")

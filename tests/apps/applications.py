"""The applications behind the gate, as their makers ship them; none knows of a gate."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.apps.programs import START, Start, program, serving

HERE: Final = Path(__file__).parent
NAME: Final = "root"  # who may use the applications that have a sign-in of their own
PASSWORD: Final = "toor-of-its-own"
TOKEN: Final = "sesame-open-for-jupyter"
REPOSITORY: Final = "wiki"

# An endless log: the tail of it never ends by itself.
TICKER: Final = """
[supervisord]
nodaemon=true
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
[inet_http_server]
port=127.0.0.1:{port}
username={name}
password={password}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:ticker]
command=/bin/sh -c 'n=0; while :; do n=$((n+1)); echo tick $n; sleep 0.2; done'
stdout_logfile={folder}/ticker.log
startsecs=0
[program:still]
command=/bin/sh -c 'echo ready; exec sleep 3600'
stdout_logfile={folder}/still.log
startsecs=0
stopsignal=KILL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A running application: its port, and the folder with what it keeps."""

    port: int
    folder: Path


@contextmanager
def klaus(folder: Path, port: int) -> Iterator[Application]:
    """Serve an empty git repository."""
    repository = folder / f"{REPOSITORY}.git"
    bare = ["init", "--quiet", "--bare", "--initial-branch=main", str(repository)]
    subprocess.run([program("git"), *bare], check=True, timeout=START)
    digests = folder / "digests"
    digest = hashlib.md5(f"{NAME}::{PASSWORD}".encode()).hexdigest()
    digests.write_text(f"{NAME}::{digest}\n")
    told = {"KLAUS_DIGESTS": str(digests), "KLAUS_REPOSITORY": str(repository)}
    with serving(_gunicorn("klaus_site:application", folder, port, told), port):
        yield Application(port=port, folder=folder)


@contextmanager
def django_admin(folder: Path, port: int) -> Iterator[Application]:
    """Serve Django's admin pages."""
    told = {
        "DJANGO_DATABASE": str(folder / "site.sqlite3"),
        "DJANGO_SETTINGS_MODULE": "django_settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    root = [f"--username={NAME}", "--email=root@example.com", "--no-input"]
    for words in (["migrate", "--verbosity=0"], ["createsuperuser", "--verbosity=0", *root]):
        command = [program("django-admin"), *words, f"--pythonpath={HERE}"]
        subprocess.run(command, env=told, cwd=folder, check=True, timeout=START)
    site = "django.core.wsgi:get_wsgi_application()"
    with serving(_gunicorn(site, folder, port, told), port):
        yield Application(port=port, folder=folder)


def _gunicorn(site: str, folder: Path, port: int, told: Mapping[str, str]) -> Start:
    command = [program("gunicorn"), "--bind", f"127.0.0.1:{port}", "--chdir", str(HERE)]
    options = ["--threads", "4", "--graceful-timeout", "1", site]
    return Start(command=[*command, *options], folder=folder, environment=told)


@contextmanager
def supervisor(folder: Path, port: int) -> Iterator[Application]:
    """Serve Supervisor's pages, with a process that logs without an end and one that is still."""
    told = {"folder": folder, "port": port, "name": NAME, "password": PASSWORD}
    file = folder / "supervisord.conf"
    file.write_text(TICKER.format(**told))
    command = [program("supervisord"), "-c", str(file)]
    with serving(Start(command=command, folder=folder, environment={}), port):
        yield Application(port=port, folder=folder)


@contextmanager
def jupyter(folder: Path, port: int) -> Iterator[Application]:
    """Serve a folder of files, and terminals."""
    files = folder / "files"
    files.mkdir()
    settings = {
        "allow_remote_access": "True",
        "allow_root": "True",
        "ip": "127.0.0.1",
        "open_browser": "False",
        "port": str(port),
        "port_retries": "0",
        "root_dir": str(files),
        "terminado_settings": '{"shell_command": ["/bin/sh"]}',
    }
    options = [f"--ServerApp.{key}={value}" for key, value in settings.items()]
    command = [program("jupyter-server"), *options, f"--IdentityProvider.token={TOKEN}"]
    with serving(Start(command=command, folder=folder, environment={}), port):
        yield Application(port=port, folder=folder)


type Starter = Callable[[Path, int], AbstractContextManager[Application]]
APPLICATIONS: Final[Mapping[str, Starter]] = {
    "klaus": klaus,
    "django": django_admin,
    "supervisor": supervisor,
    "jupyter": jupyter,
}

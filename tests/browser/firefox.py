"""Firefox ESR without a screen, with a profile and a home of its own, told by Marionette.

It keeps to this machine: whatever it would fetch of its own accord is switched off, and what is
left goes to a proxy that is not there. Security keys are the browser's own software tokens.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.support.gate_process import until
from tests.support.marionette import Marionette, MarionetteError, marionette

START: Final = 120.0  # seconds; a machine that has nothing else to do takes three
END: Final = 30.0
NOWHERE: Final = 9  # the port of `discard`, which nobody serves on loopback
TIMEOUTS: Final = {"implicit": 0, "pageLoad": 90_000, "script": 60_000}  # milliseconds

PREFERENCES: Final[Mapping[str, bool | int | str]] = {
    "marionette.port": 0,  # a free one, which is written into the profile
    "security.webauth.webauthn_enable_softtoken": True,
    "security.webauth.webauthn_enable_usbtoken": False,
    # Pages of 127.0.0.1 and localhost are never asked from a proxy.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": NOWHERE,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": NOWHERE,
    "network.proxy.failover_direct": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.blockedURIs.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "geo.provider.testing": True,
    "media.gmp-manager.updateEnabled": False,
    "nimbus.rollouts.enabled": False,
    "services.settings.server": f"http://127.0.0.1:{NOWHERE}",
    "signon.rememberSignons": False,
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": f"http://127.0.0.1:{NOWHERE}",
    "toolkit.telemetry.unified": False,
}


def firefox_path() -> str:
    """Give the browser; without it the test is skipped, which fails under CI."""
    name = os.environ.get("FIREFOX", "firefox-esr")
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not there; apt-get install firefox-esr, or set FIREFOX")
    return path


@contextmanager
def running_firefox(folder: Path) -> Iterator[Marionette]:
    """Run a Firefox that has never been anywhere, and end it and all that it started."""
    profile = folder / "profile"
    profile.mkdir(parents=True)
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    with _process(folder, profile) as process:
        told = marionette(_port(process, profile / "MarionetteActivePort", folder / "log"))
        try:
            told.tells("WebDriver:NewSession", {"timeouts": TIMEOUTS})
            yield told
            with contextlib.suppress(MarionetteError, OSError, EOFError):
                told.tells("Marionette:Quit", {"flags": ["eForceQuit"]})
        finally:
            told.closes()


@contextmanager
def _process(folder: Path, profile: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start the browser as the head of a group of its own, so that none of it outlives this."""
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    arguments = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [firefox_path(), *arguments, "--profile", profile],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
        process.wait(END)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _port(process: subprocess.Popen[bytes], written: Path, log: Path) -> int:
    """Wait until the browser listens, and give where."""
    until(lambda: process.poll() is not None or (written.exists() and written.read_text()), START)
    if not written.exists():
        raise RuntimeError(f"Firefox does not start: {log.read_text()[-2000:]}")
    return int(written.read_text())

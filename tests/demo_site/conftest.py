"""One running site for all tests of a file, on a free port."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from gate.demo_site.wire import DemoServer


@pytest.fixture
def site() -> Iterator[DemoServer]:
    server = DemoServer(0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server
    server.stop()
    thread.join()


@pytest.fixture
def browser(site: DemoServer) -> Iterator[httpx.Client]:
    """Give a client that keeps cookies and does not follow redirects."""
    address = f"http://127.0.0.1:{site.server_port}"
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        yield client

"""The demo's phone: codes for the machine it runs on, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from gate.cli.demo_phone import Phone, running
from gate.core.secret_text import Secret
from gate.factors import totp
from gate.store.clock import AdjustableClock
from tests.support.store_values import NOON, SEED

OTHER = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock(NOON + timedelta(seconds=10))


@pytest.fixture
def phone(clock: AdjustableClock) -> Iterator[Phone]:
    """A phone with two accounts."""
    with running(Phone(0, {"alice": SEED, "bob": OTHER}, clock)) as opened:
        yield opened


def test_it_shows_the_codes_of_now(phone: Phone, clock: AdjustableClock) -> None:
    for _ in range(2):
        said = httpx.get(f"{phone.url}/codes").json()
        assert said["codes"] == {
            "alice": totp.code_at(SEED, clock.now()),
            "bob": totp.code_at(OTHER, clock.now()),
        }
        assert said["seconds"] == 20
        clock.advance(totp.STEP)


def test_the_page_is_whole_without_a_script(phone: Phone, clock: AdjustableClock) -> None:
    answer = httpx.get(phone.url)
    code = totp.code_at(SEED, clock.now())
    assert f">{code[:3]} {code[3:]}</button>" in answer.text
    assert '<meta http-equiv="refresh"' in answer.text
    assert "$" not in re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)


def test_the_page_lets_no_other_in(phone: Phone) -> None:
    headers = httpx.get(phone.url).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_t71_a_seed_is_on_no_page(phone: Phone) -> None:
    said = httpx.get(phone.url).text + httpx.get(f"{phone.url}/codes").text
    assert SEED.reveal() not in said


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1:1", ""])
def test_a_name_that_is_not_this_machine_is_refused(phone: Phone, host: str) -> None:
    answer = httpx.get(f"{phone.url}/codes", headers={"Host": host})
    assert answer.status_code == 421


def test_this_machine_may_be_called_localhost(phone: Phone) -> None:
    answer = httpx.get(f"{phone.url}/codes", headers={"Host": f"localhost:{phone.server_port}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/seeds", "/codes/", "/../etc/passwd"])
def test_there_is_nothing_else(phone: Phone, path: str) -> None:
    assert httpx.get(phone.url + path).status_code == 404

"""The admin listener: what it says, to whom, and when the gate can't decide."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.types import Message

from gate.core.errors import StoreUnavailable
from tests.ui.exchange import Answer, exchange
from ui.operations import Condition, operations_app

READY = Condition(ready=True, degraded=False, policy_version=3)
HELD = Condition(ready=True, degraded=True, policy_version=3, why=("wiki.yaml:12:3: no",))


def asked(
    path: str, condition: Condition = READY, *, host: str = "127.0.0.1:9000", method: str = "GET"
) -> Answer:
    return exchange(operations_app(lambda: condition), method, path, [("host", host)])


def test_t11_health_says_that_the_process_lives() -> None:
    answer = asked("/healthz")
    assert (answer.status, json.loads(answer.text)) == (200, {"status": "ok"})
    assert answer.header("cache-control") == "no-store"


@pytest.mark.parametrize(
    ("condition", "status", "word"),
    [(READY, 200, "ready"), (HELD, 200, "degraded")],
)
def test_readiness_tells_a_policy_that_waits(condition: Condition, status: int, word: str) -> None:
    answer = asked("/readyz", condition)
    said = json.loads(answer.text)
    assert answer.status == status
    assert (said["status"], said["policy_version"]) == (word, 3)
    assert said["why"] == list(condition.why)


def test_f6_a_store_that_is_away_makes_the_gate_not_ready() -> None:
    def broken() -> Condition:
        raise StoreUnavailable("the database is locked")

    answer = exchange(operations_app(broken), "GET", "/readyz", [("host", "localhost")])
    assert answer.status == 503
    assert json.loads(answer.text)["status"] == "unavailable"


def test_metrics_are_in_the_form_of_prometheus() -> None:
    text = asked("/metrics", HELD).text
    assert "gate_ready 1.0" in text
    assert "gate_policy_held 1.0" in text
    assert "gate_policy_version 3.0" in text


def test_f13_the_end_of_each_certificate_is_a_metric() -> None:
    ends = datetime(2027, 1, 2, tzinfo=UTC)
    text = asked("/metrics", replace(READY, certificates={"/etc/a.pem": ends})).text
    (line,) = [each for each in text.splitlines() if each.startswith("gate_certificate_ends_time")]
    name, _, value = line.rpartition(" ")
    assert name == 'gate_certificate_ends_timestamp_seconds{file="/etc/a.pem"}'
    assert float(value) == ends.timestamp()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:9000", "[::1]"])
def test_t102_loopback_names_are_answered(host: str) -> None:
    assert asked("/healthz", host=host).status == 200


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test:80", ""])
def test_t102_another_name_for_the_listener_is_refused(host: str) -> None:
    answer = asked("/metrics", host=host)
    assert answer.status == 421
    assert "gate_" not in answer.text


def test_t102_a_request_without_or_with_two_hosts_is_refused() -> None:
    app = operations_app(lambda: READY)
    assert exchange(app, "GET", "/healthz", []).status == 421
    two = [("host", "localhost"), ("host", "localhost")]
    assert exchange(app, "GET", "/healthz", two).status == 421


def test_what_is_no_http_gets_no_answer() -> None:
    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        raise AssertionError(message)

    async def ask() -> None:
        await operations_app(lambda: READY)({"type": "websocket"}, receive, send)

    asyncio.run(ask())


def test_nothing_is_changed_and_nothing_else_is_there() -> None:
    assert asked("/healthz", method="POST").status == 405
    assert asked("/").status == 404

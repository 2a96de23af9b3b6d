"""A worker and the pages over one store: each works, and knows no more than it may."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gate.cli.compose import open_world
from gate.cli.compose.audit import told_chain
from gate.cli.compose.keys import told_to_pages, told_to_worker
from gate.cli.compose.pages import composed_pages
from gate.cli.compose.worker import Worker, composed_worker, static_pages_told
from gate.config.settings import Settings
from gate.core.decision import Reason
from gate.core.errors import SealedAway
from gate.service.accounts import NewAccount
from gate.service.answer import Respond, ToPages
from gate.service.policies import Published
from gate.store.sql import open_store
from tests.support.enforcing import NAVIGATION, POLICY, sent, wire
from tests.support.policies import policy_text
from tests.support.store_values import SEED
from ui.fallback import static_pages

ORIGIN = {"scheme": "https", "host": "wiki.example.com", "port": 443}
SECRET = "the secret of worker one"


@dataclass(frozen=True)
class Installed:
    settings: Settings
    told: Mapping[str, Any]
    pages: Mapping[str, Any]


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    settings = Settings.from_written(
        {
            "state": f"sqlite:///{tmp_path / 'gate.db'}",
            "public_url": "https://wiki.example.com",
            "workers": "2",
        }
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open_world(settings) as world:
        published = world.policies.publish(policy_text(POLICY), author="test", message="test")
        assert isinstance(published, Published)
        world.accounts.add(NewAccount(name="alice", totp=SEED))
        told = {
            "listen": [("127.0.0.1", port, False)],
            "pages": ("127.0.0.1", 1),
            "static": static_pages_told(static_pages(settings.contact)),
            "secret": SECRET,
            "origin": ORIGIN,
            "chain": told_chain(world.keyring, "worker 1"),
            **told_to_worker(world.keyring),
        }
        pages = {
            "keys": told_to_pages(world.keyring),
            "chain": told_chain(world.keyring, "pages"),
            "secrets": [SECRET],
            "origin": ORIGIN,
        }
    return Installed(settings, json.loads(json.dumps(told)), json.loads(json.dumps(pages)))


@pytest.fixture
def worker(installed: Installed) -> Iterator[Worker]:
    with composed_worker(installed.told, installed.settings) as composed:
        yield composed
        for listener in composed.settings.sockets:
            listener.close()


def test_a_worker_decides_by_the_policy_in_force(worker: Worker) -> None:
    answer = worker.enforcer.answer(wire("/closed/x", None, *NAVIGATION))
    assert isinstance(answer, Respond)
    assert (answer.status, answer.reason) == (403, Reason.RULE_DENIES)
    assert answer.request.encode() in answer.body


def test_g22_a_worker_hands_over_with_its_own_secret(worker: Worker) -> None:
    answer = worker.enforcer.answer(wire("/-/gate/sign-in"))
    assert isinstance(answer, ToPages)
    assert sent(answer.headers, "x-gate-handoff") == [SECRET]
    assert sent(answer.headers, "x-gate-scheme") == ["https"]


def test_a_worker_takes_its_share_of_the_connections(worker: Worker, installed: Installed) -> None:
    limits = installed.settings.limits
    assert worker.settings.limits.connections == limits.connections // 2
    assert worker.settings.pages == ("127.0.0.1", 1)


def test_g26_a_worker_can_not_read_what_is_sealed(installed: Installed) -> None:
    with closing(open_store(installed.settings.state.reveal(), None)) as store:
        account = store.accounts.by_name("alice")
        assert account is not None
        with pytest.raises(SealedAway):
            store.accounts.totps(account.id)


def test_the_pages_know_the_secrets_of_the_workers_and_read_what_is_sealed(
    installed: Installed,
) -> None:
    with composed_pages(installed.pages, installed.settings) as pages:
        account = pages.store.accounts.by_name("alice")
        assert account is not None
        assert pages.store.accounts.totps(account.id)[0].secret == SEED
        condition = pages.condition()
    assert (condition.ready, condition.degraded, condition.policy_version) == (True, False, 1)


def test_a_worker_that_is_started_again_keeps_to_the_origin_it_is_told(
    installed: Installed,
) -> None:
    without = Settings.from_written(
        {name: value for name, value in installed.settings.written.items() if name != "public_url"}
    )
    with composed_worker(installed.told, without) as worker:
        answer = worker.enforcer.answer(wire("/-/gate/sign-in"))
        assert isinstance(answer, ToPages)
        assert sent(answer.headers, "x-gate-scheme") == ["https"]
        for listener in worker.settings.sockets:
            listener.close()

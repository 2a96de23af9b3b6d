"""The layers of the application, and what happens when something inside breaks."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.types import Message, Receive, Scope, Send

from gate.core.errors import StoreUnavailable
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.ui.browser import NAVIGATION, Browser
from tests.ui.exchange import exchange
from tests.ui.house import House
from ui.app import Entrance, LastResort
from ui.fallback import static_pages
from ui.pages import PAGES


def test_t101_a_store_that_is_away_opens_nothing() -> None:
    whole = MemoryStore()
    house = House(store=whole)
    house.add("alice")
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    broken = House(store=BrokenStore(whole, fail_on={"sessions.find"}))
    browser.app = broken.app
    for page in PAGES:
        if page.show is None:
            continue
        answer = browser.get(f"/-/gate/{page.path}")
        assert answer.status == 503
        assert "gate_unavailable" in answer.text
        assert "Traceback" not in answer.text
        assert answer.header("x-frame-options") == "DENY"


def test_t101_a_sign_in_without_a_throttle_is_refused() -> None:
    house = House()
    house.add("carol", has_app=False)
    browser = Browser(house.app)
    page = browser.get("/-/gate/sign-in").hidden
    broken = House(store=BrokenStore(house.store, fail_on={"attempts.reserve"}))
    browser.app = broken.app
    answer = browser.post(
        "/-/gate/sign-in", page | {"account": "carol", "password": "correct horse battery staple"}
    )
    assert answer.status == 503
    assert "__Host-gate" not in browser.cookies


def test_a_script_is_told_of_a_failure_in_json() -> None:
    house = House()
    house.add("alice")
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    token = browser.get("/-/gate/account/security/networks").hidden["csrf"]
    broken = House(store=BrokenStore(house.store, fail_on={"sessions.find"}))
    browser.app = broken.app
    fetched = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "x-gate-csrf": token}
    answer = browser.post("/-/gate/account/security/networks/check", {"networks": ""}, fetched)
    assert answer.status == 503
    assert json.loads(answer.text)["error"] == "gate_unavailable"


def _last_resort(error: Exception, *, begun: bool = False) -> tuple[int, str]:
    async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    house = House()
    guarded = Entrance(
        LastResort(inner, alone=static_pages()), secrets=house.services.handoff_secrets
    )
    handed = Browser(house.app).handed() | NAVIGATION
    answer = exchange(guarded, "GET", "/-/gate/sign-in", [*handed.items()])
    return answer.status, answer.text


def test_a_mistake_of_ours_is_a_page_that_tells_nothing() -> None:
    status, text = _last_resort(RuntimeError("the secret detail"))
    assert status == 500
    assert "gate_unavailable" in text
    assert "secret detail" not in text


def test_an_error_of_the_store_is_told_from_a_mistake() -> None:
    assert _last_resort(StoreUnavailable("locked"))[0] == 503


def test_an_answer_that_has_begun_is_cut_and_not_mended() -> None:
    with pytest.raises(RuntimeError):
        _last_resort(RuntimeError("late"), begun=True)


def test_other_kinds_of_scopes_are_refused_or_passed_on() -> None:
    house = House()
    sent: list[Message] = []
    passed: list[str] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    entrance = Entrance(inner, secrets=house.services.handoff_secrets)
    headers = [(k.encode(), v.encode()) for k, v in Browser(house.app).handed().items()]
    socket = {
        "type": "websocket",
        "headers": headers,
        "extensions": {"websocket.http.response": {}},
    }
    asyncio.run(entrance(socket, receive, send))
    asyncio.run(entrance({"type": "lifespan"}, receive, send))
    assert passed == ["lifespan"]
    assert sent[0]["type"].startswith("websocket.")

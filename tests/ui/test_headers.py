"""Headers of every answer: what a browser may do with it (R20, T52, T81)."""

from __future__ import annotations

import asyncio
import base64
import re
from hashlib import sha256

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.ui.browser import Browser
from tests.ui.exchange import Answer, exchange
from tests.ui.house import House
from ui.fallback import static_pages
from ui.headers import CONTENT_POLICY, SecureHeaders, fallback_policy
from ui.pages import PAGES

WORDS_OF_UX = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@pytest.fixture(scope="module")
def house() -> House:
    house = House()
    house.add("alice")
    return house


def answers(house: House) -> list[Answer]:
    """Give an answer of every kind: pages, redirects, errors, files, JSON, a closed door."""
    stranger, browser = Browser(house.app), Browser(house.app)
    browser.sign_in(house, "alice")
    paths = ["/-/gate/" + page.path for page in PAGES]
    fetched = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
    static = re.search(r"/-/gate/static/gate\.[^\"]+", stranger.get("/-/gate/sign-in").text)
    assert static is not None
    return [
        *(stranger.get(path) for path in paths),
        *(browser.get(path) for path in paths),
        stranger.get("/-/gate/nothing"),
        stranger.get("/-/gate/refusal"),
        stranger.get("/-/gate/jwks.json"),
        stranger.get(static[0]),
        stranger.get("/-/gate/static/nothing.css"),
        stranger.get("/-/gate/sign-in", fetched),
        stranger.post("/-/gate/sign-in", {}),
        stranger.send("DELETE", "/-/gate/sign-in", {}),
        exchange(house.app, "GET", "/-/gate/sign-in", []),
    ]


def test_t52_g3_every_answer_is_guarded(house: House) -> None:
    for answer in answers(house):
        assert answer.header("x-frame-options") == "DENY"
        assert "frame-ancestors 'none'" in answer.header("content-security-policy")
        assert "unsafe-inline" not in answer.header("content-security-policy")
        assert answer.header("cross-origin-opener-policy") == "same-origin"
        assert answer.header("cross-origin-resource-policy") == "same-origin"
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("referrer-policy") == "strict-origin"
        assert "publickey-credentials-get=(self)" in answer.header("permissions-policy")
        assert "camera=()" in answer.header("permissions-policy")
        assert answer.header("server") == answer.header("x-powered-by") == ""


def test_nothing_is_kept_but_files_with_a_hash(house: House) -> None:
    kept = [each for each in answers(house) if each.header("cache-control") != "no-store"]
    assert len(kept) == 1
    assert kept[0].header("content-type").startswith("text/css")
    assert "immutable" in kept[0].header("cache-control")


def test_t81_the_content_policy_is_the_one_of_the_design(house: House) -> None:
    assert CONTENT_POLICY == WORDS_OF_UX
    sent = Browser(house.app).get("/-/gate/sign-in").header("content-security-policy")
    assert sent == WORDS_OF_UX


def test_t81_no_page_has_inline_script_or_style(house: House) -> None:
    for answer in answers(house):
        if not answer.header("content-type").startswith("text/html"):
            continue
        alone = "sha256-" in answer.header("content-security-policy")
        assert not re.search(r"<script(?![^>]* src=)", answer.text)
        assert not re.search(r"\son\w+=|\sstyle=|javascript:", answer.text)
        assert alone or "<style" not in answer.text


def test_https_is_asked_for_on_https_only() -> None:
    secure = Browser(House().app).get("/-/gate/sign-in")
    assert secure.header("strict-transport-security") == "max-age=63072000"
    plain = House(public_url="http://localhost:8080")
    browser = Browser(plain.app, scheme="http", host="localhost:8080")
    assert browser.get("/-/gate/sign-in").header("strict-transport-security") == ""


def test_a_head_has_no_body(house: House) -> None:
    browser = Browser(house.app)
    answer = browser.send("HEAD", "/-/gate/sign-in", {})
    assert answer.status == 200
    assert answer.body == b""
    assert int(answer.header("content-length")) > 500


def test_a_page_that_stands_alone_allows_its_own_style_by_hash() -> None:
    pages = static_pages()
    page = pages.otherwise.decode()
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}'" in pages.content_security_policy.decode()
    assert fallback_policy(style).encode() == pages.content_security_policy


def test_other_kinds_of_connections_pass_untouched() -> None:
    passed: list[str] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is said")

    asyncio.run(SecureHeaders(inner)({"type": "lifespan"}, receive, send))
    assert passed == ["lifespan"]

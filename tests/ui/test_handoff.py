"""Only what a data plane hands over gets in, and only in its exact form (G22)."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from gate.core import handoff
from gate.core.secret_text import Secret
from tests.ui.browser import NAVIGATION, Browser
from tests.ui.exchange import exchange
from tests.ui.house import HANDOFF, House
from ui.handoff import browser_of, is_handed_off, read_handoff
from ui.pages import PAGES
from ui.static import STATIC

SECRET = handoff.SECRET.decode()
PATHS = [
    *(handoff.PREFIX + page.path for page in PAGES),
    handoff.REFUSAL_PATH,
    f"{handoff.PREFIX}jwks.json",
    f"{STATIC}gate.css",
    "/",
    "/nowhere",
]


@pytest.fixture(scope="module")
def house() -> House:
    return House()


def handed(**changed: str) -> list[tuple[str, str]]:
    """Give the headers of a navigation that a plane hands over, some of them changed."""
    headers = Browser(House().app).handed() | NAVIGATION
    names = {name: f"x-gate-{name}" for name in changed}
    return [*(headers | {names[name]: value for name, value in changed.items()}).items()]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_g22_no_route_answers_without_the_secret(house: House, method: str, path: str) -> None:
    headers = [pair for pair in handed() if pair[0] != SECRET]
    assert exchange(house.app, method, path, headers).status == 403


@pytest.mark.parametrize("wrong", ["", "x", HANDOFF.reveal()[:-1], HANDOFF.reveal() + "x", "\xff"])
def test_g22_a_wrong_secret_is_none(house: House, wrong: str) -> None:
    answer = exchange(house.app, "GET", "/-/gate/sign-in", handed(handoff=wrong))
    assert answer.status == 403
    assert answer.text == "forbidden\n"


def test_g22_each_worker_has_its_own_secret(house: House) -> None:
    for secret in house.services.handoff_secrets:
        answer = exchange(house.app, "GET", "/-/gate/sign-in", handed(handoff=secret.reveal()))
        assert answer.status == 200


def test_g22_a_secret_that_comes_twice_is_none(house: House) -> None:
    twice = [*handed(), (SECRET, HANDOFF.reveal())]
    assert exchange(house.app, "GET", "/-/gate/sign-in", twice).status == 403


def test_g22_without_any_secret_nobody_gets_in() -> None:
    headers = Headers({SECRET: ""})
    assert not is_handed_off(headers, ())
    assert not is_handed_off(headers, (Secret(""),))


@pytest.mark.parametrize("part", ["client", "scheme", "host", "site", "request"])
@pytest.mark.parametrize("copies", [0, 2])
def test_g22_each_part_comes_once(house: House, part: str, copies: int) -> None:
    name = f"x-gate-{part}"
    value = dict(handed())[name]
    headers = [pair for pair in handed() if pair[0] != name] + [(name, value)] * copies
    optional = part == "site"  # empty on a host of the gate's own, and then absent is the same
    expected = 200 if optional else 403
    assert exchange(house.app, "GET", "/-/gate/sign-in", headers).status == expected


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("client", "unknown"),
        ("client", "203.0.113.9, 10.0.0.1"),
        ("scheme", "HTTP"),
        ("scheme", "javascript"),
        ("host", "evil.example.com/"),
        ("host", "wiki.example.com@evil.example.com"),
        ("host", "wiki.example.com:0"),
        ("host", "\xe9.example.com"),
        ("site", "a site"),
        ("request", ""),
        ("request", "a\tb"),
    ],
)
def test_t09_a_part_out_of_form_is_refused(house: House, part: str, value: str) -> None:
    answer = exchange(house.app, "GET", "/-/gate/sign-in", handed(**{part: value}))
    assert answer.status == 403


def test_t09_host_and_address_come_from_the_handoff_alone(house: House) -> None:
    lies = [
        ("host", "evil.example.com"),
        ("x-forwarded-host", "evil.example.com"),
        ("forwarded", "for=10.0.0.1;host=evil.example.com"),
        ("x-forwarded-for", "10.0.0.1"),
    ]
    answer = exchange(house.app, "GET", "/-/gate/sign-in", [*handed(), *lies])
    assert answer.status == 200
    assert "evil" not in answer.text
    assert "evil" not in str(answer.headers)


def test_a_mapped_address_is_canonical() -> None:
    found = read_handoff(Headers(dict(handed(client="::ffff:203.0.113.9"))))
    assert found is not None
    assert str(found.client) == "203.0.113.9"


@pytest.mark.parametrize(
    ("scheme", "host", "origin"),
    [
        ("https", "wiki.example.com:443", "https://wiki.example.com"),
        ("http", "localhost:8080", "http://localhost:8080"),
        ("http", "localhost:80", "http://localhost"),
        ("http", "[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(scheme: str, host: str, origin: str) -> None:
    found = read_handoff(Headers(dict(handed(scheme=scheme, host=host))))
    assert found is not None
    assert found.origin == origin


def test_t83_a_browsers_name_is_cut_and_printable() -> None:
    named = browser_of(Headers({"user-agent": "Mozilla\x1b[31m\x7f\xe9" + "x" * 1000}))
    assert named.startswith("Mozilla?[31m??xx")
    assert len(named) == 300


def test_other_kinds_of_connections_are_refused(house: House) -> None:
    browser = Browser(house.app)
    answer = exchange(house.app, "GET", "/-/gate/sign-in", [*browser.handed().items()])
    assert answer.status == 200

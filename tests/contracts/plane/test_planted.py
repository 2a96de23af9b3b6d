"""What an upstream can't make a browser or a cache do, by any of its answers (G4, G5, G30)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.contracts.plane.conftest import House
from tests.support.gate_process import Answer

PRIVATE = "private, max-age=60"
PUBLIC = "public, max-age=60"
NO_KEYS = "publickey-credentials-get=(), publickey-credentials-create=()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """On which an answer passes, and what caches are told there."""

    place: str = ""
    host: str = "echo.test"
    who: str | None = None
    caching: str = PRIVATE

    def planted(self, house: House, status: int = 200, method: str = "GET") -> Answer:
        """Ask for an answer that tries everything."""
        token = house.token(self.who, self.host) if self.who else None
        path = f"{self.place}/plants?{status}"
        return house.gate.ask(path, self.host, token=token, method=method)


PERMIT = Way(who="alice")
WAYS = {
    "permit": PERMIT,
    "public, known": Way(place="/open", who="alice"),
    "public, a stranger": Way(place="/open", caching=PUBLIC),
    "public": Way(place="/public", who="alice", caching=PUBLIC),
    "public, nobody": Way(place="/public", caching=PUBLIC),
    "observed": Way(host="watched.test"),
    "lenient": Way(host="lenient.test", who="bob"),
}


def is_clean(answer: Answer) -> bool:
    """Say whether nothing is left of what was planted but what is the site's own business."""
    assert answer.reason == ""
    assert answer.values("set-cookie") == [b"app=1; Path=/"]
    assert answer.values("clear-site-data") == [b'"cache"']
    assert answer.header("permissions-policy") == f"camera=(), {NO_KEYS}"
    for name in ("alt-svc", "nel", "report-to", "reporting-endpoints", "service-worker-allowed"):
        assert answer.values(name) == []
    assert b"evil-own" not in answer.raw
    return True


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("status", [200, 206, 302, 304, 401, 404, 500, 503])
def test_g4_g5_g30_no_answer_plants_clears_or_takes_over_what_is_the_gates(
    house: House, way: Way, status: int
) -> None:
    answer = way.planted(house, status)
    assert answer.status == status
    assert is_clean(answer)
    assert answer.header("cache-control") == way.caching
    for name in ("x-accel-expires", "cdn-cache-control"):
        assert bool(answer.values(name)) is (way.caching == PUBLIC)


@pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE", "PROPFIND"])
def test_g4_g30_nor_does_an_answer_to_another_method(house: House, method: str) -> None:
    answer = PERMIT.planted(house, method=method)
    assert is_clean(answer)
    assert answer.header("cache-control") == PRIVATE


@pytest.mark.parametrize("host", ["echo.test", "watched.test"])
@pytest.mark.parametrize(
    "said", [("Service-Worker", "script"), ("Sec-Fetch-Dest", "serviceworker")], ids=["old", "new"]
)
def test_g4_a_service_worker_over_the_pages_is_refused(
    house: House, host: str, said: tuple[str, str]
) -> None:
    def status(path: str) -> int:
        token = house.token("alice", host)
        return house.gate.ask(path, host, token=token, headers=[said]).status

    before = len(house.upstream.asked)
    assert [status(path) for path in ("/sw.js", "/public.js", "/-/sw.js", "/?x")] == [403] * 4
    assert len(house.upstream.asked) == before
    assert [status(path) for path in ("/deep/sw.js", "/public/sw.js")] == [200] * 2


def test_g4_nobody_serves_a_worker_from_among_the_pages(house: House) -> None:
    said = [("Service-Worker", "script"), ("Sec-Fetch-Dest", "serviceworker")]
    for path in ("/-/gate/sw.js", "/-/gate/static/sw.js", "/-/gate/account/sw.js"):
        answer = house.gate.ask(path, "localhost", token=house.token("alice"), headers=said)
        assert answer.status in {303, 401, 403, 404}
        assert answer.values("service-worker-allowed") == []

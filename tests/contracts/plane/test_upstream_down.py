"""An upstream that is not there, or goes: one answer, nothing sent twice, the pages work (F8)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from tests.contracts.plane.conftest import House
from tests.support.gate_process import PATIENCE


def test_f8_nothing_has_to_happen_for_the_answer_of_an_upstream_that_is_down(house: House) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = house.gate.ask("/x", "down.test", method=method, page=True)
        assert (answer.status, answer.reason) == (502, "upstream_down")


def test_f8_the_pages_work_while_many_ask_for_an_upstream_that_is_down(
    house: House, person: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(house.gate.ask, "/x", "down.test") for _ in range(200)]
        assert house.gate.ask("/-/gate/sign-in", "localhost", page=True).status == 200
        house.browser().enter(person)
    assert {each.result().status for each in asked} == {502}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_f8_a_request_that_may_have_been_carried_out_is_sent_once(
    house: House, mark: str, method: str
) -> None:
    """The connection to the upstream is a fresh one at first, and one that was used afterwards."""
    token = house.token("alice")
    head = {"Host": "echo.test", "Cookie": f"{house.gate.cookie_name}={token}"}
    client = HTTPConnection("127.0.0.1", house.gate.port, timeout=PATIENCE)
    sent = [(method, f"/{mark}/1/hangs-up"), ("GET", "/x"), (method, f"/{mark}/2/hangs-up")]
    statuses = []
    for verb, path in sent:
        client.request(verb, path, body=b"a=1" if verb == method else None, headers=head)
        answer = client.getresponse()
        answer.read()
        statuses.append(answer.status)
    client.close()
    assert statuses == [502, 200, 502]
    arrived = [each.path.decode() for each in house.upstream.asked if mark.encode() in each.path]
    assert arrived == [path for verb, path in sent if verb == method]

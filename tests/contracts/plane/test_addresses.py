"""From where somebody asks: proxies that are believed, networks, and what a permit depends on."""

from __future__ import annotations

from typing import Final

import pytest

from gate.core.handoff import PREFIX
from gate.core.network import parse_allowlist
from tests.contracts.plane.conftest import PROXY, House
from tests.support.gate_process import Answer, gate_process
from tests.support.vectors import cases

MATCHES: Final = cases("cidr_cases")["match"]
NETWORKS: Final = f"{PREFIX}account/security/networks"
INSIDE: Final = "10.9.9.9"  # carol's network, and nobody's here


def through(house: House, token: str | None, *values: str, source: str = PROXY) -> Answer:
    """Ask with these X-Forwarded-For lines, as a proxy does."""
    lines = [("X-Forwarded-For", value) for value in values]
    return house.gate.ask("/x", "echo.test", token=token, headers=lines, source=source)


def test_t05_a_believed_proxy_names_the_client(house: House) -> None:
    answer = through(house, house.token("carol"), INSIDE)
    assert answer.status == 200
    assert dict(answer.json()["headers"])["X-Forwarded-For"] == INSIDE


def test_t05_nobody_else_does(house: House) -> None:
    for source in ("127.0.0.1", "127.0.0.8", "127.0.0.10"):
        answer = through(house, house.token("carol"), INSIDE, source=source)
        assert (answer.status, answer.reason) == (403, "ip_not_allowed")


@pytest.mark.parametrize(
    "values",
    [
        ("a",),
        ("",),
        (",",),
        (f"{INSIDE},",),
        (f"{INSIDE}, unknown",),
        ("[::1]:9",),
        ("1.2.3.4:80",),
        ("unknown",),
        (f"{INSIDE}:99999999",),
        (f"{INSIDE}/32",),
        ("010.9.9.9",),
        ("168364297",),
        (f"{INSIDE}, 10.9.9.300",),
        (f"{INSIDE}, 198.51.100.7",),
        (INSIDE, "198.51.100.7"),
        (", ".join([PROXY] * 40),),
        (", ".join([INSIDE] + [PROXY] * 40),),
        (PROXY,),
        (),
    ],
)
def test_t06_a_value_that_names_nobody_of_the_network_denies(
    house: House, values: tuple[str, ...]
) -> None:
    answer = through(house, house.token("carol"), *values)
    assert (answer.status, answer.reason) == (403, "ip_not_allowed")


def test_t06_five_thousand_entries_are_read_from_the_right_alone(house: House) -> None:
    many = ", ".join(["1.1.1.1"] * 5000)
    assert through(house, house.token("carol"), f"{many}, {INSIDE}").status == 200
    assert through(house, house.token("carol"), f"{INSIDE}, {many}").status == 403


def test_t06_forwarded_is_never_read(house: House) -> None:
    lines = [("Forwarded", f"for={INSIDE}"), ("X-Forwarded-For", "198.51.100.7")]
    token = house.token("carol")
    answer = house.gate.ask("/x", "echo.test", token=token, headers=lines, source=PROXY)
    assert answer.status == 403


@pytest.mark.parametrize(("network", "address", "inside"), MATCHES)
def test_t10_an_address_is_compared_in_its_one_form(
    house: House, person: str, network: str, address: str, inside: bool
) -> None:
    with house.gate.world() as world:
        account = world.store.accounts.by_name(person)
        allowed = parse_allowlist(network)
        assert account is not None
        assert not hasattr(allowed, "items"), allowed
        world.accounts.set_networks(account, allowed)
    answer = through(house, house.fresh(person), address)
    assert answer.status == (200 if inside else 403)


def test_t10_only_plain_networks_are_taken(house: House, person: str) -> None:
    browser = house.browser()
    browser.enter(person)
    browser.open(NETWORKS)
    for network, taken in cases("cidr_cases")["load"]:
        page = browser.submit(NETWORKS, {"networks": network, "action": "check"})
        assert page.status == 200
        if taken.startswith("error"):
            assert "is-wrong" in page.text, network
        elif taken.startswith("ok"):
            assert "is-wrong" not in page.text, network


@pytest.mark.parametrize("everybody", ["0.0.0.0/0", "::/0"])
def test_t07_trusting_everybody_is_refused(house: House, everybody: str) -> None:
    settings = {"trusted_proxies": everybody.split(",")}
    folder = house.gate.folder / f"trust-{len(everybody)}-{everybody[:1]}".replace(":", "x")
    folder.mkdir()
    with gate_process(folder, {}, settings) as gate:
        assert gate.run("serve").returncode == 78


def test_g1_a_kept_permit_holds_for_its_own_address_only(house: House) -> None:
    token = house.token("carol")
    for _ in range(10):
        assert through(house, token, INSIDE).status == 200
        assert through(house, token, "10.9.8.9").status == 403
        assert through(house, token, "10.9.9.10").status == 200
        assert house.gate.ask("/x", "echo.test", token=token).status == 403


def test_g1_a_kept_permit_holds_for_its_own_path_method_and_query_only(house: House) -> None:
    bob = house.token("bob")
    for _ in range(5):
        assert house.gate.ask("/x", "echo.test", token=bob).status == 200
        assert house.gate.ask("/never/x", "echo.test", token=bob).status == 403
        assert house.gate.ask("/admin/x", "echo.test", token=bob).status == 403
        assert house.gate.ask("/public/x", "echo.test").status == 200
        assert house.gate.ask("/public/x", "echo.test", method="POST", body=b"a").status == 401
        assert house.gate.ask("/asked/x?key=open-sesame", "echo.test", token=bob).status == 200
        assert house.gate.ask("/x", "echo.test").status == 401


def test_g2_what_no_decision_depends_on_leaves_the_epoch_alone(house: House) -> None:
    with house.gate.world() as world:
        before = world.store.epoch()
        house.browser().sign_in("nobody", password="wrong")
        house.browser().sign_in("erin", password="wrong")
        house.gate.ask("/never/x", "echo.test", page=True)
        assert world.store.epoch() == before
        house.fresh("erin")
        assert world.store.epoch() > before


def test_g2_a_burst_of_sessions_is_counted_one_by_one(house: House) -> None:
    for _ in range(20):
        token = house.fresh("dave")
        assert house.gate.ask("/x", "echo.test", token=token).status == 200
        with house.gate.world() as world:
            dave = world.store.accounts.by_name("dave")
            assert dave is not None
            for session in world.store.sessions.of_account(dave.id):
                world.store.sessions.end(session.hash)
        assert house.gate.ask("/x", "echo.test", token=token).status == 401

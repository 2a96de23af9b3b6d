"""The policy keeper of an installation."""

from __future__ import annotations

from pathlib import Path

from gate.cli.compose.policies import policy_keeper
from gate.config.settings import Settings
from gate.service.policies import Held, Published, Refused
from gate.store.clock import FixedClock
from gate.store.memory import MemoryStore
from tests.support.policies import policy_text, site_text
from tests.support.store_values import NOON

ONE = policy_text(site_text().replace("wiki.example.com", "localhost"))
TWO = policy_text(ONE.files[0][1], site_text(name="shop"))


def test_what_the_installation_can_not_serve_does_not_come_into_force(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(ONE.files[0][1])
    keeper = policy_keeper(
        MemoryStore(), FixedClock(NOON), Settings.from_written({"policies": str(tmp_path)})
    )
    assert keeper.take_folder(ONE) == Published(number=1)
    held = keeper.take_folder(TWO)
    assert isinstance(held, Held)
    assert not held.waits
    assert "set `public_url`" in held.why[0]
    refused = keeper.publish(TWO, author="alice", message="a second site")
    assert isinstance(refused, Refused)
    assert keeper.current().number == 1


def test_with_a_public_url_several_sites_are_served() -> None:
    settings = Settings.from_written({"public_url": "https://id.example.com"})
    keeper = policy_keeper(MemoryStore(), FixedClock(NOON), settings)
    assert keeper.take_folder(TWO) == Published(number=1)

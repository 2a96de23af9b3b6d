"""The use cases of factors share one throttle, and try the current key of recovery codes first."""

from __future__ import annotations

from gate.cli.compose.factors import keys_tried
from gate.config.secret import Purpose, new_keyring
from tests.support.use_cases import House


def test_the_current_key_is_tried_first_and_retired_ones_after_it() -> None:
    old = new_keyring()
    keyring = old.with_new_key()
    derived = keyring.derive(Purpose.RECOVERY)
    assert keys_tried(derived) == (derived.current, old.derive(Purpose.RECOVERY).current)
    assert keys_tried(old.derive(Purpose.RECOVERY)) == (old.derive(Purpose.RECOVERY).current,)


def test_an_app_shows_the_host_of_the_pages_and_guesses_are_counted_together() -> None:
    house = House()
    assert house.factors.new_code_apps.issuer == "wiki.example.com"
    assert house.factors.new_code_apps.throttle == house.factors.recovery_codes.throttle
    assert house.factors.code_apps.new == house.factors.new_code_apps

"""The use cases of factors share one throttle, by a link as on the account page."""

from __future__ import annotations

from tests.support.use_cases import House


def test_an_app_shows_the_host_of_the_pages_and_guesses_are_counted_together() -> None:
    house = House()
    assert house.factors.new_code_apps.issuer == "wiki.example.com"
    assert house.factors.new_code_apps.throttle == house.factors.recovery_codes.throttle
    assert house.factors.code_apps.new == house.factors.new_code_apps

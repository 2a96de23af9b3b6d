"""What an enforcer knows of the installation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.front_door import FrontDoor
from gate.core.secret_text import Secret
from gate.service.enforcer_parts import EnforceSettings
from tests.support.decisions import site
from tests.support.enforcing import RECORD_KEY, wire

SETTINGS = EnforceSettings(
    door=FrontDoor(),
    scheme="https",
    port=443,
    session_cookie=b"c",
    secret=Secret("s"),
    record_key=RECORD_KEY,
)


@pytest.mark.parametrize(
    ("ends_tls", "secure", "is_exposed"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_t25_a_request_is_exposed_where_tls_should_have_ended(
    *, ends_tls: bool, secure: bool, is_exposed: bool
) -> None:
    settings = replace(SETTINGS, ends_tls=ends_tls)
    assert settings.is_exposed(replace(wire(), secure=secure)) is is_exposed


@pytest.mark.parametrize(
    ("pages_host", "allowed", "refused"),
    [(None, False, True), (None, True, False), ("login.example.com", False, False)],
    ids=["shared", "shared, allowed", "apart"],
)
def test_g5_scripts_beside_the_pages_get_no_keys_unless_the_site_allows_it(
    pages_host: str | None, allowed: bool, refused: bool
) -> None:
    settings = replace(SETTINGS, door=FrontDoor(pages_host=pages_host))
    assert settings.refuses_keys(site(allow_security_keys=allowed)) is refused

"""What several use cases share is one and the same thing for all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.cli.compose.shared import shared
from tests.support.use_cases import House


def test_guesses_are_counted_once_over_all_pages_and_keys_belong_to_their_origin() -> None:
    ground = replace(House().tools.ground, public_url="http://localhost:8080")
    tools = shared(ground)
    assert tools.proof.throttle is tools.throttle
    assert tools.proof.hashing is ground.hashing
    assert tools.proof.keys is tools.keys.answers
    assert tools.keys.new.ceremonies.relying_party.rp_id == "localhost"
    assert tools.keys.new.wait == ground.new_key_wait


@pytest.mark.parametrize(
    ("public_url", "host"),
    [("https://wiki.example.com", "wiki.example.com"), ("http://localhost:8080", "localhost")],
)
def test_code_apps_name_the_host_of_the_pages(public_url: str, host: str) -> None:
    assert replace(House().tools.ground, public_url=public_url).host == host

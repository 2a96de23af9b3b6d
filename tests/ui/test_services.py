"""What an installation that was told nothing has."""

from __future__ import annotations

import json

from tests.ui.house import House
from ui.services import no_keys


def test_without_keys_the_set_is_empty() -> None:
    assert json.loads(no_keys()) == {"keys": []}


def test_t71_keys_and_secrets_do_not_show() -> None:
    shown = repr(House().services)
    assert "kkkk" not in shown
    assert "secret of worker" not in shown

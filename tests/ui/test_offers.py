"""What a step-up page offers follows from the account and from what the policy asks there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ui.offers import Offer


@pytest.mark.parametrize("method", ["key", "code", "password"])
def test_an_offer_without_any_method_is_empty(method: str) -> None:
    nothing = Offer(
        key=False, code=False, password=False, key_only=False, again=False, recovery_serves=True
    )
    assert nothing.is_empty
    assert not replace(nothing, **{method: True}).is_empty

"""What a step-up page offers follows from the account and from what the policy asks there."""

from __future__ import annotations

import pytest

from ui.offers import Offer


@pytest.mark.parametrize(
    ("key", "code", "empty"),
    [(True, True, False), (True, False, False), (False, True, False), (False, False, True)],
)
def test_an_offer_without_any_method_is_empty(*, key: bool, code: bool, empty: bool) -> None:
    assert Offer(key=key, code=code, key_only=False, again=False).is_empty is empty

"""Derived keys that outlive their master key."""

from __future__ import annotations

import pytest

from gate.config.kept_keys import KEPT, NOTHING_KEPT, kept_keys, kept_text, to_keep, with_kept
from gate.config.secret import Purpose, new_keyring
from gate.core.secret_text import Secret


def test_g26_what_can_not_be_made_anew_is_kept_and_nothing_else() -> None:
    keyring = new_keyring()
    kept = to_keep(keyring, keyring.current_id)
    assert kept == {purpose: keyring.derive(purpose).current for purpose in KEPT}
    assert set(kept) == {Purpose.AUDIT, Purpose.RECOVERY}


def test_g26_a_retired_keys_derived_keys_stand_beside_the_current_one() -> None:
    old = new_keyring()
    both = old.with_new_key()
    new = both.without_old_keys()
    kept = {old.current_id: to_keep(both, old.current_id)}
    found = with_kept(new, kept, Purpose.AUDIT)
    assert found == both.derive(Purpose.AUDIT)
    assert found.current == new.derive(Purpose.AUDIT).current
    assert with_kept(new, kept, Purpose.SEALING) == new.derive(Purpose.SEALING)
    assert with_kept(new, NOTHING_KEPT, Purpose.AUDIT) == new.derive(Purpose.AUDIT)


def test_kept_keys_are_read_as_they_were_written() -> None:
    keyring = new_keyring()
    kept = to_keep(keyring, keyring.current_id)
    assert kept_keys(kept_text(kept)) == kept
    assert kept_text({Purpose.AUDIT: bytes(32)}).reveal() == '{"audit": "' + "00" * 32 + '"}'


@pytest.mark.parametrize(
    "text", ["", "[]", '{"audit": 1}', '{"audit": "00"}', '{"magic": "00"}', '{"audit": "zz"}']
)
def test_a_text_without_keys_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        kept_keys(Secret(text))

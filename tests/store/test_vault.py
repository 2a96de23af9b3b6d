"""Secret columns."""

from __future__ import annotations

import pytest

from gate.config.secret import Purpose, Sealer, new_keyring
from gate.core.errors import SealedAway, StoreCorrupt
from gate.core.secret_text import Secret
from gate.store.sql.vault import Vault
from tests.support.sql_stores import SEALER

PLACE = {"table": "totps", "row": "phone", "account": "alice"}


def test_a_sealed_secret_opens_in_its_place() -> None:
    sealed = Vault(SEALER).seal(Secret("seed"), **PLACE)
    assert b"seed" not in sealed
    assert Vault(SEALER).open(sealed, **PLACE) == Secret("seed")


@pytest.mark.parametrize("part", ["table", "row", "account"])
def test_r30_a_seal_moved_elsewhere_does_not_open(part: str) -> None:
    sealed = Vault(SEALER).seal(Secret("seed"), **PLACE)
    with pytest.raises(StoreCorrupt):
        Vault(SEALER).open(sealed, **{**PLACE, part: "another"})


def test_r30_another_key_does_not_open() -> None:
    sealed = Vault(SEALER).seal(Secret("seed"), **PLACE)
    other = Sealer(keys=new_keyring().derive(Purpose.SEALING))
    with pytest.raises(StoreCorrupt):
        Vault(other).open(sealed, **PLACE)


def test_g26_without_the_key_nothing_is_sealed_or_opened() -> None:
    with pytest.raises(SealedAway):
        Vault(None).seal(Secret("seed"), **PLACE)
    with pytest.raises(SealedAway):
        Vault(None).open(b"sealed", **PLACE)

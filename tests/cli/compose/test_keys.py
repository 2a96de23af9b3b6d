"""Keys on their way: each process gets what it may have and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from gate.cli.compose.keys import (
    KeysAtHand,
    assertion_key,
    keys_tried,
    pages_keys,
    told_sealing,
    told_to_pages,
    told_to_worker,
)
from gate.config.key_file import replace_master_key
from gate.config.secret import Keyring, Purpose, new_keyring, open_master_key


def keyring(folder: Path) -> Keyring:
    return open_master_key(folder / "master.key", store_exists=False)


def test_g28_the_assertion_key_is_the_same_at_every_start(tmp_path: Path) -> None:
    first = assertion_key(keyring(tmp_path))
    again = assertion_key(open_master_key(tmp_path / "master.key", store_exists=True))
    assert first.as_dict(private=True) == again.as_dict(private=True)
    assert first.kid == first.thumbprint()
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    assert assertion_key(keyring(other)).kid != first.kid


def test_g26_a_worker_signs_and_hashes_and_can_not_unseal(tmp_path: Path) -> None:
    keys = keyring(tmp_path)
    told = json.loads(json.dumps(told_to_worker(keys)))
    assert set(told) == {"assertion", "records"}
    sealing = json.dumps(told_to_pages(keys)["sealing"])
    assert told["records"] not in sealing
    assert len(bytes.fromhex(told["records"])) == 32
    signed = jwt.encode({"alg": "ES256"}, {"a": 1}, ECKey.import_key(told["assertion"]))
    public = json.loads(json.dumps(told_to_pages(keys)))["assertion"]
    assert jwt.decode(signed, ECKey.import_key(public), algorithms=["ES256"]).claims == {"a": 1}


def test_g26_the_pages_unseal_and_can_not_sign(tmp_path: Path) -> None:
    keys = keyring(tmp_path)
    told = json.loads(json.dumps(told_to_pages(keys)))
    assert "d" not in told["assertion"]
    found = pages_keys(told)
    assert not found.assertion.is_private
    assert len(found.csrf) == 32
    assert found.csrf.hex() not in json.dumps(told["sealing"])


def test_g21_the_pages_hash_recovery_codes(tmp_path: Path) -> None:
    keys = keyring(tmp_path)
    found = pages_keys(json.loads(json.dumps(told_to_pages(keys))))
    assert found.recovery == keys.derive(Purpose.RECOVERY)


def test_f23_a_process_that_starts_is_told_the_keys_of_now(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    before = keyring(tmp_path)
    at_hand = KeysAtHand(path, before)
    assert at_hand.now() == before
    replace_master_key(path, before.with_new_key())
    after = at_hand.now()
    assert after.holds(before.current_id)
    assert after.current_id != before.current_id
    told = json.loads(json.dumps({**told_to_pages(before), **told_sealing(after)}))
    assert pages_keys(told).sealer.keys == after.derive(Purpose.SEALING)


def test_f23_a_key_file_that_is_gone_leaves_the_keys_at_hand(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    at_hand = KeysAtHand(tmp_path / "master.key", keyring(tmp_path))
    held = at_hand.now()
    (tmp_path / "master.key").unlink()
    assert at_hand.now() == held
    assert "stay in use" in caplog.text


def test_the_current_key_is_tried_first_and_retired_ones_after_it() -> None:
    old = new_keyring()
    keyring = old.with_new_key()
    derived = keyring.derive(Purpose.RECOVERY)
    assert keys_tried(derived) == (derived.current, old.derive(Purpose.RECOVERY).current)
    assert keys_tried(old.derive(Purpose.RECOVERY)) == (old.derive(Purpose.RECOVERY).current,)

"""Keys on their way: each process gets what it may have and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from gate.cli.compose.keys import assertion_key, pages_keys, told_to_pages, told_to_worker
from gate.config.secret import Keyring, open_master_key


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

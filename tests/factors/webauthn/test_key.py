"""A key tells its algorithm by itself, and is read from its stored record."""

from __future__ import annotations

from dataclasses import asdict, replace

from gate.core.ports import SecurityKey
from gate.core.subject import AccountId
from gate.factors.webauthn.cose_key import Algorithm
from gate.factors.webauthn.key import key_of, user_handle_of
from tests.support.ceremonies import NOW, authenticator, enrolled


def test_a_key_tells_its_algorithm() -> None:
    key = enrolled(authenticator(algorithms=(-8,)))
    assert key.algorithm is Algorithm.EDDSA
    assert replace(key, public_key=b"").algorithm is None


def test_a_key_is_read_from_its_record() -> None:
    account = AccountId("a1b2")
    made = enrolled(authenticator(synced=True), user_handle=user_handle_of(account))
    key = replace(made, sign_count=7, origins=(*made.origins, "https://two.example"))
    kept = {name: value for name, value in asdict(key).items() if name != "user_handle"}
    record = SecurityKey(
        id="k1",
        account=account,
        name="blue",
        algorithm=Algorithm.ES256,
        added_at=NOW,
        **kept,
    )
    assert key_of(record) == key


def test_an_account_is_called_by_its_id() -> None:
    assert user_handle_of(AccountId("a1b2")) == b"a1b2"

"""A key's record tells its algorithm from the key itself."""

from __future__ import annotations

from dataclasses import replace

from gate.factors.webauthn.cose_key import Algorithm
from tests.support.ceremonies import authenticator, enrolled


def test_a_key_tells_its_algorithm() -> None:
    key = enrolled(authenticator(algorithms=(-8,)))
    assert key.algorithm is Algorithm.EDDSA
    assert replace(key, public_key=b"").algorithm is None

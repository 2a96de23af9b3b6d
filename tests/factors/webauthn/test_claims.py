"""What an answer claims is read as strictly as what is verified, and proves nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gate.factors.webauthn import challenge_of, credential_id_of
from gate.factors.webauthn.base64url import to_base64url
from tests.support.ceremonies import (
    authenticator,
    creation,
    enrolled,
    registering,
    request,
    stepping_up,
)


def test_an_answer_tells_its_challenge_and_its_key() -> None:
    key = authenticator()
    known = enrolled(key)
    answer = key.get(request(stepping_up(known)))
    assert challenge_of(answer) == stepping_up(known).challenge
    assert credential_id_of(answer) == known.credential_id


def test_a_registration_tells_its_challenge_where_one_is_looked_for() -> None:
    answer = authenticator().create(creation(registering()))
    assert challenge_of(answer, registration=True) == registering().challenge
    assert challenge_of(answer) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"id": 1}', "\x00"])
def test_what_is_no_answer_claims_nothing(text: str) -> None:
    assert challenge_of(text) is None
    assert challenge_of(text, registration=True) is None
    assert credential_id_of(text) is None


@pytest.mark.parametrize("client_data", [b"{}", b"", b'{"type":"a","challenge":"!","origin":"b"}'])
def test_client_data_without_a_challenge_claim_none(client_data: bytes) -> None:
    key = authenticator()
    known = enrolled(key)

    def bend(answer: dict[str, Any]) -> None:
        answer["response"]["clientDataJSON"] = to_base64url(client_data)

    answer = key.get(request(stepping_up(known)), answer=bend)
    assert json.loads(answer)
    assert challenge_of(answer) is None

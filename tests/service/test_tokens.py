"""Tokens: enough of them, kept as hashes, hidden."""

from __future__ import annotations

import base64

from gate.core.secret_text import Secret
from gate.service.tokens import new_id, new_session_id, new_token, token_hash


def test_t47_a_token_has_256_bits_and_is_never_the_same() -> None:
    tokens = {new_token().reveal() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}


def test_t47_a_hash_is_of_the_whole_token() -> None:
    assert token_hash(Secret("a")) != token_hash(Secret("a" * 2))
    assert len(token_hash(Secret("a"))) == 64


def test_t71_a_token_does_not_show() -> None:
    token = new_token()
    assert token.reveal() not in f"{token} {token!r}"


def test_names_of_sessions_are_no_tokens() -> None:
    assert new_session_id() != new_session_id()
    assert len(new_id()) == 12

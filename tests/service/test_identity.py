"""What the upstream is told about who asks."""

from __future__ import annotations

from typing import Any

import pytest

from gate.core.decision import Obligation, Permit, Reason
from gate.core.headers import Headers
from gate.core.subject import Method, Session
from gate.service.assertion import Assertions
from gate.service.identity import Identity
from tests.support.decisions import NOW, account, policy, session
from tests.support.enforcing import KEY, sent

TOLD = Permit(reason=Reason.PERMITTED, obligations=frozenset(Obligation))
IDENTITY = Identity(assertions=Assertions(issuer="https://wiki.example.com", key=KEY))


def told(permit: Permit = TOLD, *, name: str = "alice", **more: Any) -> Headers:
    who = session(account(name, **more), Method.PASSWORD)
    return headers(permit, who)


def headers(permit: Permit, who: Session | None) -> Headers:
    return IDENTITY.headers(policy(), permit, who, ("wiki", 1, NOW))


def test_name_groups_and_assertion_are_told() -> None:
    found = told()
    assert [name for name, _ in found] == [b"Remote-User", b"Remote-Groups", b"X-Gate-Assertion"]
    assert sent(found, "remote-groups") == ["admins,staff"]


def test_t04_an_account_without_groups_has_no_such_header() -> None:
    assert sent(told(name="eve"), "remote-groups") == []


@pytest.mark.parametrize(
    "obligations", [frozenset[Obligation](), frozenset({Obligation.KEEP_PRIVATE})]
)
def test_g7_a_permit_without_the_obligation_tells_nothing(
    obligations: frozenset[Obligation],
) -> None:
    assert told(Permit(reason=Reason.PUBLIC, obligations=obligations)) == ()


def test_g7_nobody_has_no_name() -> None:
    assert headers(TOLD, None) == ()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Alice Liddell", "Alice Liddell"),
        ("Ålice", "%C3%85lice"),
        ("a\r\nRemote-User: root", "a%0D%0ARemote-User%3A root"),
        ("\u560a", "%E5%98%8A"),
    ],
    ids=repr,
)
def test_t82_a_display_name_makes_no_header(name: str, shown: str) -> None:
    assert sent(told(display_name=name), "remote-name") == [shown]


def test_g10_an_address_is_told_when_there_is_one() -> None:
    assert sent(told(email="alice+x@example.com"), "remote-email") == ["alice+x@example.com"]
    assert sent(told(email="a\n@b"), "remote-email") == ["a%0A@b"]
    assert sent(told(), "remote-email") == []


def test_g28_a_public_page_is_told_a_name_and_no_assertion() -> None:
    found = told(Permit(reason=Reason.PUBLIC, obligations=frozenset(Obligation)))
    assert [name for name, _ in found] == [b"Remote-User", b"Remote-Groups"]

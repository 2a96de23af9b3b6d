"""No answer makes a ceremony raise, and no changed answer is taken for the good one."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import given, strategies as st

from gate.factors import Rejected
from gate.factors.webauthn import (
    Asserted,
    Registered,
    authenticate,
    credential_id_of,
    register,
)
from gate.factors.webauthn.base64url import from_base64url, to_base64url
from tests.support.ceremonies import (
    NOW,
    authenticator,
    creation,
    enrolled,
    registering,
    request,
    signing_in,
    stepping_up,
)

DEVICE: Final = authenticator()
KEY: Final = enrolled(DEVICE)
CREATED: Final = authenticator(self_attests=True).create(creation(registering()))
ASKED: Final = stepping_up(KEY)
GOT: Final = DEVICE.get(request(ASKED))

SCALARS: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
NAMES: Final = ("id", "rawId", "type", "response", "clientExtensionResults")
PARTS: Final = (
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
    "transports",
)


def judge(text: str | bytes) -> list[Registered | Asserted | Rejected]:
    """Give the text to every ceremony."""
    credential_id_of(text)
    return [
        register(registering(), text, now=NOW),
        authenticate(ASKED, [KEY], text, now=NOW),
        authenticate(signing_in(), [KEY], text, now=NOW),
    ]


def all_refused(text: str | bytes) -> bool:
    return all(isinstance(judged, Rejected) for judged in judge(text))


def test_the_unchanged_answers_are_good() -> None:
    assert isinstance(judge(CREATED)[0], Registered)
    assert isinstance(judge(GOT)[1], Asserted)


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_t66_no_text_makes_a_ceremony_raise(text: str | bytes) -> None:
    assert all_refused(text)


@given(JSON)
def test_t66_no_json_makes_a_ceremony_raise(value: Any) -> None:
    assert all_refused(json.dumps(value))


@given(st.sampled_from([CREATED, GOT]), st.sampled_from(NAMES), JSON)
def test_t66_no_odd_member_makes_a_ceremony_raise(good: str, name: str, value: Any) -> None:
    answer = json.loads(good)
    unchanged = answer[name] == value or (name == "clientExtensionResults" and value == {})
    answer[name] = value
    harmless = unchanged or (name == "clientExtensionResults" and isinstance(value, dict))
    assert harmless or all_refused(json.dumps(answer))


@given(st.sampled_from([CREATED, GOT]), st.sampled_from(PARTS), JSON)
def test_t66_no_odd_part_makes_a_ceremony_raise(good: str, name: str, value: Any) -> None:
    answer = json.loads(good)
    answer["response"][name] = value
    judge(json.dumps(answer))


@given(
    st.sampled_from([CREATED, GOT]),
    st.sampled_from(["clientDataJSON", "attestationObject", "authenticatorData", "signature"]),
    st.data(),
)
def test_t66_a_changed_byte_is_never_accepted(good: str, name: str, data: st.DataObject) -> None:
    answer = json.loads(good)
    raw = from_base64url(answer["response"].get(name))
    if raw is None or (good is CREATED and name == "authenticatorData"):
        return  # not a part of this answer, or one that is not read
    at = data.draw(st.integers(0, len(raw) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != raw[at]))
    changed = raw[:at] + bytes([other]) + raw[at + 1 :]
    answer["response"][name] = to_base64url(changed)
    assert all_refused(json.dumps(answer))

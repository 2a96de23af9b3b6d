"""The journey's security keys at the level of the use case (G6, W22, T67)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.ports import Full, LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.factors import FactorReason, Rejected
from gate.service.enrol import Enrolled, NotEnrolled
from gate.service.enrol_key import MOST
from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import AlreadyThereError, Authenticator
from tests.support.travelling import Travelling
from tests.support.use_cases import ABROAD, PASSWORD, House, at


@pytest.fixture
def erin() -> Travelling:
    erin = Travelling(House())
    erin.opens()
    erin.gives()
    return erin


def asked(somebody: Travelling) -> Mapping[str, object]:
    options = somebody.enrolment.key.options(somebody.now(), somebody.visitor)
    assert not isinstance(options, Full)
    return options


def register(somebody: Travelling, key: Authenticator, name: str = "") -> Rejected | None:
    taking = somebody.enrolment.key
    answer = Secret(key.create(asked(somebody)))
    return taking.take(somebody.now(), answer, name, somebody.visitor)


def finish(somebody: Travelling) -> Enrolled | NotEnrolled:
    somebody.sees_codes()
    return somebody.finishes()


def test_g6_a_key_by_link_counts_at_once_and_only_after_the_end(erin: Travelling) -> None:
    store = erin.house.store
    assert register(erin, new_key(), "  Blue \n key ") is None
    assert store.keys.of_account(erin.account.id) == ()
    assert not erin.account.has_security_key
    assert isinstance(finish(erin), Enrolled)
    (kept,) = store.keys.of_account(erin.account.id)
    assert kept.name == "Blue key"
    assert kept.counts_from is None
    assert kept.added_with == (Method.PASSWORD,)
    assert erin.account.key_counts


def test_a_key_alone_is_factor_enough_and_is_shown_at_the_first_page(erin: Travelling) -> None:
    register(erin, new_key())
    enrolled = finish(erin)
    assert isinstance(enrolled, Enrolled)
    assert erin.house.methods(enrolled.issued.session.hash) == {Method.PASSWORD}
    assert enrolled.device is None


def test_key_and_app_stand_side_by_side(erin: Travelling) -> None:
    register(erin, new_key())
    erin.sets_up_app()
    enrolled = finish(erin)
    assert isinstance(enrolled, Enrolled)
    assert erin.account.has_totp
    assert erin.account.has_security_key
    assert erin.house.methods(enrolled.issued.session.hash) == {Method.PASSWORD, Method.TOTP}


def test_names_are_told_apart(erin: Travelling) -> None:
    for name in ("", "", "Blue", "Blue", "x" * 70):
        register(erin, new_key(), name)
    assert [each.name for each in erin.now().journey.keys] == [
        "Security key",
        "Security key 2",
        "Blue",
        "Blue 2",
        "x" * 64,
    ]
    assert erin.enrolment.key.free_name(erin.now(), "x" * 64) == "x" * 61 + " 2"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("a\u202eb\x1b[31m\0c\u200b", "ab[31mc"),
        ("\u202e\0\u200d", "Security key"),
        ("Bu\0\u0308ro", "Büro"),
        ("x" * 63 + " y" * 10_000, "x" * 63),
    ],
    ids=["controls", "nothing to see", "composed", "long"],
)
def test_a_name_holds_nothing_that_can_not_be_seen(erin: Travelling, typed: str, name: str) -> None:
    assert register(erin, new_key(), typed) is None
    assert [each.name for each in erin.now().journey.keys] == [name]


def test_names_that_differ_in_case_alone_are_told_apart(erin: Travelling) -> None:
    for name in ("Blue", "BLUE"):
        register(erin, new_key(), name)
    assert [each.name for each in erin.now().journey.keys] == ["Blue", "BLUE 2"]


def test_the_same_key_is_not_registered_twice(erin: Travelling) -> None:
    key = new_key()
    register(erin, key)
    with pytest.raises(AlreadyThereError):
        register(erin, key)
    taking = erin.enrolment.key
    options = dict(asked(erin))
    options["excludeCredentials"] = []
    forced = Secret(key.create(options))
    assert taking.take(erin.now(), forced, "", erin.visitor) is None, "it is another credential"


def test_there_is_an_end_to_how_many(erin: Travelling) -> None:
    for _ in range(MOST):
        assert register(erin, new_key()) is None
    assert register(erin, new_key()) == Rejected(reason=FactorReason.ALREADY_REGISTERED)


def test_t67_an_answer_counts_once_and_for_five_minutes(erin: Travelling) -> None:
    taking = erin.enrolment.key
    answer = Secret(new_key().create(asked(erin)))
    assert taking.take(erin.now(), answer, "", erin.visitor) is None
    expired = Rejected(reason=FactorReason.CEREMONY_EXPIRED)
    assert taking.take(erin.now(), answer, "", erin.visitor) == expired
    late = Secret(new_key().create(asked(erin)))
    erin.house.clock.advance(timedelta(minutes=5))
    assert taking.take(erin.now(), late, "", erin.visitor) == expired
    assert erin.house.records("enrolment_refused")


def test_g16_questions_are_counted_by_address(erin: Travelling) -> None:
    for _ in range(300):
        asked(erin)
    full = erin.enrolment.key.options(erin.now(), erin.visitor)
    assert isinstance(full, Full)
    assert full.wait
    erin.visitor = at(ABROAD)
    asked(erin)


def test_t67_an_answer_of_another_browser_is_none(erin: Travelling) -> None:
    answer = Secret(new_key().create(asked(erin)))
    erin.held = None
    erin.opens()
    erin.gives()
    refused = erin.enrolment.key.take(erin.now(), answer, "", erin.visitor)
    assert refused == Rejected(reason=FactorReason.CEREMONY_EXPIRED)


@pytest.mark.parametrize(
    ("purpose", "is_offered_again"),
    [(LinkPurpose.ADD, False), (LinkPurpose.RESET, True), (LinkPurpose.NEW, True)],
)
def test_a_key_of_the_account_is_registered_anew_where_it_ends(
    purpose: LinkPurpose, *, is_offered_again: bool
) -> None:
    house = House()
    account, key = house.add("frank", has_app=False), new_key()
    old = enrol(house.keys.new, account, key)
    frank = Travelling(house, "frank", purpose)
    frank.opens()
    frank.gives(PASSWORD if purpose is not LinkPurpose.NEW else Secret("nine loud robins swim"))
    if not is_offered_again:
        with pytest.raises(AlreadyThereError):
            register(frank, key, old.name)
        return
    assert register(frank, key, old.name) is None
    assert isinstance(finish(frank), Enrolled)
    (kept,) = house.store.keys.of_account(account.id)
    assert kept.id != old.id
    assert kept.name == old.name


def test_an_added_key_is_named_apart_from_those_there() -> None:
    house = House()
    enrol(house.keys.new, house.add("frank", has_app=False), new_key())
    frank = Travelling(house, "frank", LinkPurpose.ADD)
    frank.opens()
    assert frank.enrolment.key.free_name(frank.now(), "Office") == "Office 2"


def test_w22_a_key_that_another_account_got_meanwhile_takes_everything_back(
    erin: Travelling,
) -> None:
    key = new_key()
    register(erin, key)
    pending = erin.now().journey.keys[0].key
    thief = enrol(erin.house.keys.new, erin.house.add("mallory"), new_key())
    erin.house.store.keys.remove(thief.account, thief.id)
    erin.house.store.keys.add(replace(thief, credential_id=pending.credential_id))
    assert finish(erin) == NotEnrolled(reason=Reason.WRONG_KEY)
    assert erin.now().journey.keys == ()
    assert erin.house.store.accounts.password_hash(erin.account.id) is None
    erin.sets_up_app()
    assert isinstance(finish(erin), Enrolled)

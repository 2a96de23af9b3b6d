"""A copy of the own data: whole, without a secret, and only with the strongest proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import Session
from gate.service.given import Given, Unproved
from gate.service.history import History
from gate.service.own_data import OwnData
from tests.support.decisions import trial
from tests.support.recoveries import codes_of
from tests.support.store_values import SEED
from tests.support.use_cases import HOME, PASSWORD, WRONG_CODE, House, at


def copy(
    house: House, session: Session, proof: Secret | None = None
) -> Mapping[str, object] | Unproved:
    own_data = OwnData(
        store=house.store,
        clock=house.clock,
        policy=house.in_force,
        sessions=house.sessions,
        history=History(log=house.store.audit),
        fresh_proof=house.fresh_proof,
        events=house.events,
    )
    return own_data.copy(session, Given(typed=proof or house.next_code()), at())


def copied(house: House, session: Session) -> dict[str, Any]:
    found = copy(house, session)
    assert not isinstance(found, Unproved), found
    read: dict[str, Any] = json.loads(json.dumps(found))
    return read


def test_it_holds_account_factors_addresses_sessions_and_events() -> None:
    house = House()
    house.add(networks=f"{HOME}/32")
    found = copied(house, house.session())
    assert found["account"]["name"] == "alice"
    assert found["account"]["state"] == "enabled"
    assert [app["name"] for app in found["factors"]["code_apps"]] == ["phone"]
    assert found["factors"]["security_keys"] == []
    assert found["factors"]["password"]["set_at"].endswith("+00:00")
    assert [each["network"] for each in found["addresses"]] == [f"{HOME}/32"]
    (session,) = found["sessions"]
    assert session["address"] == HOME
    assert [proof["method"] for proof in session["proofs"]] == ["password", "totp"]
    kinds = [event["kind"] for event in found["events"]]
    assert kinds == ["own_data_saved", "stepped_up", "signed_in"]
    assert found["has_older_events"] is False


def test_g15_it_holds_a_list_that_is_tried_beside_the_kept_one() -> None:
    house = House()
    account = house.add(networks=f"{HOME}/32")
    session = house.session()
    tried = trial("203.0.113.0/24", until=house.clock.now() + timedelta(minutes=5))
    house.store.accounts.try_networks(account.id, tried)
    found = copied(house, house.found(session))
    assert [each["network"] for each in found["addresses"]] == [f"{HOME}/32"]
    assert [each["network"] for each in found["addresses_tried"]] == ["203.0.113.0/24"]


def test_it_holds_nothing_of_anybody_else() -> None:
    house = House()
    house.add()
    house.add("bob")
    house.session("bob")
    assert "bob" not in json.dumps(copied(house, house.session()))


def test_t71_no_secret_and_no_hash_is_in_it() -> None:
    house = House()
    account = house.add()
    codes = codes_of(house, account)
    session = house.session()
    text = json.dumps(copied(house, session))
    encoded = house.store.accounts.password_hash(account.id)
    assert encoded is not None
    hashes = house.store.recovery_codes.unused(account.id)
    secrets = [SEED, PASSWORD, encoded, *codes]
    for secret in (*(each.reveal() for each in secrets), *hashes, session.hash, account.id):
        assert secret not in text


def test_g3_it_takes_the_strongest_proof_in_the_same_request() -> None:
    house = House()
    house.add()
    session = house.session()
    for proof in (WRONG_CODE, PASSWORD):
        assert copy(house, session, proof) == Unproved(reason=Reason.WRONG_CODE)
    assert len(house.records("own_data_refused")) == 2
    assert house.records("own_data_saved") == []

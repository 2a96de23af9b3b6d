"""The epoch rises with every write that a decision depends on and with no other (G2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import getmembers, isfunction
from typing import Final

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.ports import (
    Accounts,
    Attempts,
    AuditFilter,
    AuditLog,
    AuditRecord,
    ChainPlace,
    FamiliarPlace,
    HeldPolicy,
    Keys,
    Limit,
    Links,
    OneTime,
    Policies,
    PolicyText,
    RecoveryCodes,
    Sessions,
    Store,
)
from gate.core.secret_text import Secret
from gate.core.subject import AccountState, SessionId, Trial
from tests.support.store_values import (
    NOON,
    allowlist,
    hash_of,
    minutes,
    some_account,
    some_chain,
    some_child,
    some_key,
    some_link,
    some_session,
    some_totp,
)

type Call = Callable[[Store], object]

ALICE: Final = some_account("alice")
TRIAL: Final = Trial(
    id="running",
    networks=allowlist("192.0.2.1"),
    until=NOON + minutes(5),
    session=SessionId("id-of-token"),
)
TEXT: Final = PolicyText(files=(("wiki.yaml", "sites: {}\n"),))
PLACE: Final = FamiliarPlace(
    account=ALICE.id, device="device", address_range="192.0.2.0/24", at=NOON
)
LIMITS: Final = (Limit(attempts=5, per=minutes(5)),)

RISES: Final[dict[str, Call]] = {
    "accounts.add": lambda s: s.accounts.add(some_account("new")),
    "accounts.delete": lambda s: s.accounts.delete(ALICE.id),
    "accounts.set_state": lambda s: s.accounts.set_state(ALICE.id, AccountState.LOCKED),
    "accounts.set_profile": lambda s: s.accounts.set_profile(
        ALICE.id, display_name="A", email=None
    ),
    "accounts.set_networks": lambda s: s.accounts.set_networks(ALICE.id, allowlist("192.0.2.1")),
    "accounts.try_networks": lambda s: s.accounts.try_networks(ALICE.id, TRIAL),
    "accounts.keep_trial": lambda s: s.accounts.keep_trial(ALICE.id, "running", NOON),
    "accounts.end_trial": lambda s: s.accounts.end_trial(ALICE.id, "running"),
    "accounts.end_trials": lambda s: s.accounts.end_trials(NOON + minutes(5)),
    "accounts.set_always_second_factor": lambda s: s.accounts.set_always_second_factor(
        ALICE.id, on=True
    ),
    "accounts.add_totp": lambda s: s.accounts.add_totp(some_totp(ALICE, "tablet")),
    "accounts.remove_totp": lambda s: s.accounts.remove_totp(ALICE.id, "phone"),
    "accounts.reset_factors": lambda s: s.accounts.reset_factors(ALICE.id),
    "accounts.set_password_hash": lambda s: s.accounts.set_password_hash(
        ALICE.id, Secret("other"), NOON
    ),
    "keys.add": lambda s: s.keys.add(some_key(ALICE, "spare")),
    "keys.remove": lambda s: s.keys.remove(ALICE.id, "yubi"),
    "keys.count_now": lambda s: s.keys.count_now(ALICE.id, "yubi"),
    "recovery_codes.replace": lambda s: s.recovery_codes.replace(ALICE.id, ["other"], NOON),
    "sessions.begin": lambda s: s.sessions.begin(some_session(ALICE, "new")),
    "sessions.replace": lambda s: s.sessions.replace(
        hash_of("token"), some_session(ALICE, "rotated")
    ),
    "sessions.end": lambda s: s.sessions.end(hash_of("token")),
    "sessions.end_by_id": lambda s: s.sessions.end_by_id(ALICE.id, SessionId("id-of-token")),
    "sessions.end_all": lambda s: s.sessions.end_all(ALICE.id),
    "sessions.end_other_browsers": lambda s: s.sessions.end_other_browsers(
        ALICE.id, SessionId("id-of-another")
    ),
    "policies.publish": lambda s: s.policies.publish(TEXT, author="a", message="m", at=NOON),
    "policies.pin": lambda s: s.policies.pin(1),
}

STAYS: Final[dict[str, Call]] = {
    "accounts.by_id": lambda s: s.accounts.by_id(ALICE.id),
    "accounts.by_name": lambda s: s.accounts.by_name("alice"),
    "accounts.all": lambda s: s.accounts.all(),
    "accounts.password_hash": lambda s: s.accounts.password_hash(ALICE.id),
    "accounts.password_set_at": lambda s: s.accounts.password_set_at(ALICE.id),
    "accounts.upgrade_password_hash": lambda s: s.accounts.upgrade_password_hash(
        ALICE.id, old=Secret("hash"), new=Secret("better")
    ),
    "accounts.totps": lambda s: s.accounts.totps(ALICE.id),
    "accounts.rename_totp": lambda s: s.accounts.rename_totp(ALICE.id, "phone", "tablet"),
    "accounts.accept_totp_step": lambda s: s.accounts.accept_totp_step("phone", 7, NOON),
    "accounts.admin_ever_existed": lambda s: s.accounts.admin_ever_existed(),
    "accounts.remember_admin_existed": lambda s: s.accounts.remember_admin_existed(),
    "keys.of_account": lambda s: s.keys.of_account(ALICE.id),
    "keys.by_credential": lambda s: s.keys.by_credential(some_key(ALICE).credential_id),
    "keys.rename": lambda s: s.keys.rename(ALICE.id, "yubi", "other"),
    "keys.note_use": lambda s: s.keys.note_use("yubi", sign_count=1, backed_up=True, at=NOON),
    "keys.warn_of_clone": lambda s: s.keys.warn_of_clone("yubi", NOON),
    "recovery_codes.use": lambda s: s.recovery_codes.use(ALICE.id, "code", NOON),
    "recovery_codes.unused": lambda s: s.recovery_codes.unused(ALICE.id),
    "recovery_codes.left": lambda s: s.recovery_codes.left(ALICE.id),
    "recovery_codes.made_at": lambda s: s.recovery_codes.made_at(ALICE.id),
    "links.put": lambda s: s.links.put(some_link(ALICE, "other")),
    "links.peek": lambda s: s.links.peek(some_link(ALICE).hash, NOON),
    "links.take": lambda s: s.links.take(some_link(ALICE).hash, NOON),
    "links.void": lambda s: s.links.void(ALICE.id),
    "sessions.find": lambda s: s.sessions.find(hash_of("token")),
    "sessions.of_account": lambda s: s.sessions.of_account(ALICE.id),
    "sessions.all": lambda s: s.sessions.all(),
    "sessions.sweep": lambda s: s.sessions.sweep(NOON + minutes(3000)),
    "sessions.seen": lambda s: s.sessions.seen(hash_of("token")),
    "sessions.touch": lambda s: s.sessions.touch({hash_of("token"): NOON + minutes(1)}),
    "sessions.remember_place": lambda s: s.sessions.remember_place(PLACE),
    "sessions.is_familiar": lambda s: s.sessions.is_familiar(
        ALICE.id, device=None, address_range="192.0.2.0/24", since=NOON
    ),
    "policies.active": lambda s: s.policies.active(),
    "policies.active_number": lambda s: s.policies.active_number(),
    "policies.version": lambda s: s.policies.version(1),
    "policies.history": lambda s: s.policies.history(),
    "policies.unpin": lambda s: s.policies.unpin(),
    "policies.hold": lambda s: s.policies.hold(HeldPolicy(text=TEXT, why=("why",), at=NOON)),
    "policies.held": lambda s: s.policies.held(),
    "attempts.reserve": lambda s: s.attempts.reserve("lane", LIMITS, NOON),
    "attempts.refund": lambda s: s.attempts.refund("ticket"),
    "attempts.clear": lambda s: s.attempts.clear(""),
    "one_time.put": lambda s: s.one_time.put("link", "key", "payload", NOON + minutes(1)),
    "one_time.peek": lambda s: s.one_time.peek("link", "key", NOON),
    "one_time.take": lambda s: s.one_time.take("link", "key", NOON),
    "audit.append": lambda s: s.audit.append([AuditRecord(at=NOON, kind="signed_in")]),
    "audit.in_order": lambda s: s.audit.in_order(after=0, most=1),
    "audit.begin_chain": lambda s: s.audit.begin_chain(some_chain),
    "audit.chains": lambda s: s.audit.chains(),
    "audit.length": lambda s: s.audit.length("boot"),
    "audit.note_head": lambda s: s.audit.note_head(ChainPlace(chain="boot", number=1, code="ab")),
    "audit.heads": lambda s: s.audit.heads(),
    "audit.search": lambda s: s.audit.search(AuditFilter()),
}

WITHOUT_EFFECT: Final[dict[str, Call]] = {
    "no trial is past its end": lambda s: s.accounts.end_trials(NOON),
    "another trial is kept": lambda s: s.accounts.keep_trial(ALICE.id, "another", NOON),
    "another trial is ended": lambda s: s.accounts.end_trial(ALICE.id, "another"),
    "an unknown account tries a list": lambda s: s.accounts.try_networks(
        some_account("unknown").id, TRIAL
    ),
    "a taken name": lambda s: s.accounts.add(some_account("alice")),
    "an unknown session ends": lambda s: s.sessions.end(hash_of("unknown")),
    "an unknown session is replaced": lambda s: s.sessions.replace(
        hash_of("unknown"), some_session(ALICE, "new")
    ),
    "an unknown account is deleted": lambda s: s.accounts.delete(some_account("unknown").id),
    "an unknown account is disabled": lambda s: s.accounts.set_state(
        some_account("unknown").id, AccountState.DISABLED
    ),
    "an unknown code app is removed": lambda s: s.accounts.remove_totp(ALICE.id, "unknown"),
    "an unknown account's factors are reset": lambda s: s.accounts.reset_factors(
        some_account("unknown").id
    ),
    "a registered credential": lambda s: s.keys.add(replace(some_key(ALICE), id="other")),
    "an unknown key is removed": lambda s: s.keys.remove(ALICE.id, "unknown"),
    "another's key is removed": lambda s: s.keys.remove(some_account("bob").id, "yubi"),
    "an unknown key is approved": lambda s: s.keys.count_now(ALICE.id, "unknown"),
    "an unknown version is pinned": lambda s: s.policies.pin(99),
    "there is no other browser": lambda s: s.sessions.end_other_browsers(
        ALICE.id, SessionId("id-of-token")
    ),
    "a child of a parent that is gone": lambda s: s.sessions.begin(
        some_child(some_session(ALICE, "gone"), "child")
    ),
    "no sessions are left to end": lambda s: s.sessions.end_all(some_account("unknown").id),
}


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with one of each thing."""
    taken = some_account("alice")
    store.accounts.add(taken)
    store.accounts.set_password_hash(ALICE.id, Secret("hash"), NOON)
    store.accounts.add_totp(some_totp(ALICE))
    store.accounts.try_networks(ALICE.id, TRIAL)
    store.keys.add(some_key(ALICE, counts_from=NOON + minutes(5)))
    store.recovery_codes.replace(ALICE.id, ["code"], NOON)
    held = store.accounts.by_id(ALICE.id)
    assert held is not None
    store.links.put(some_link(held))
    store.sessions.begin(some_session(ALICE))
    store.policies.publish(TEXT, author="a", message="m", at=NOON)
    store.policies.pin(1)
    return store


def test_g2_the_tables_name_every_method_of_the_ports() -> None:
    ports = {
        "accounts": Accounts,
        "keys": Keys,
        "recovery_codes": RecoveryCodes,
        "links": Links,
        "sessions": Sessions,
        "policies": Policies,
        "attempts": Attempts,
        "one_time": OneTime,
        "audit": AuditLog,
    }
    methods = {
        f"{part}.{name}"
        for part, port in ports.items()
        for name, _ in getmembers(port, isfunction)
        if not name.startswith("_")
    }
    assert {*RISES, *STAYS} == methods
    assert not RISES.keys() & STAYS.keys()


@pytest.mark.parametrize("call", RISES.values(), ids=RISES.keys())
def test_g2_a_write_that_decisions_depend_on_raises_the_epoch(filled: Store, call: Call) -> None:
    before = filled.epoch()
    call(filled)
    assert filled.epoch() > before


@pytest.mark.parametrize("call", STAYS.values(), ids=STAYS.keys())
def test_g2_nothing_else_raises_the_epoch(filled: Store, call: Call) -> None:
    before = filled.epoch()
    call(filled)
    assert filled.epoch() == before


@pytest.mark.parametrize("call", WITHOUT_EFFECT.values(), ids=WITHOUT_EFFECT.keys())
def test_g2_a_write_without_effect_raises_no_epoch(filled: Store, call: Call) -> None:
    before = filled.epoch()
    call(filled)
    assert filled.epoch() == before


def test_g2_the_epoch_stays_while_nothing_is_written(filled: Store) -> None:
    assert {filled.epoch() for _ in range(10)} == {filled.epoch()}


def test_g2_a_write_that_fails_raises_no_epoch(filled: Store) -> None:
    before = filled.epoch()
    with pytest.raises(StoreCorrupt):
        filled.sessions.replace(hash_of("token"), some_session(some_account("nobody")))
    assert filled.epoch() == before

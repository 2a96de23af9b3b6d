"""The audit log, as every store keeps it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address

import pytest

from gate.core.ports import REQUEST_KINDS, AuditFilter, AuditRecord, ChainPlace, Store
from tests.support.store_values import NOON, minutes, some_chain

FIRST = AuditRecord(
    at=NOON,
    kind="decision",
    request="r1",
    site="wiki",
    account="alice",
    client="2001:db8::7",
    outcome="deny",
    reason="ip_not_allowed",
    rule="staff",
    method="GET",
    path="/admin/users",
    version=3,
    repeats=2,
    details={"proofs": [["totp", 12.5]], "note": "✓", "flag": True, "none": None},
)
SECOND = AuditRecord(at=NOON + minutes(1), kind="signed_in", account="bob", path="/adm%n")


def record(place: ChainPlace | None = None) -> AuditRecord:
    return AuditRecord(at=NOON, kind="decision", place=place)


@pytest.fixture
def filled(store: Store) -> Store:
    store.audit.append([FIRST, SECOND])
    return store


def test_records_come_back_whole_and_newest_first(filled: Store) -> None:
    newest, oldest = filled.audit.search(AuditFilter())
    assert newest.id is not None
    assert oldest.id is not None
    assert newest.id > oldest.id
    assert replace(newest, id=None) == SECOND
    assert replace(oldest, id=None) == FIRST


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(AuditFilter(kind="decision"), ["decision"], id="kind"),
        pytest.param(AuditFilter(kinds=frozenset({"signed_in"})), ["signed_in"], id="kinds"),
        pytest.param(AuditFilter(kinds=frozenset()), [], id="no kind at all"),
        pytest.param(AuditFilter(without=REQUEST_KINDS), ["signed_in"], id="events"),
        pytest.param(AuditFilter(account="bob"), ["signed_in"], id="account"),
        pytest.param(AuditFilter(client=IPv6Address("2001:db8::7")), ["decision"], id="client"),
        pytest.param(AuditFilter(client=IPv6Address("2001:db8::8")), [], id="another client"),
        pytest.param(AuditFilter(site="wiki"), ["decision"], id="site"),
        pytest.param(AuditFilter(outcome="deny"), ["decision"], id="outcome"),
        pytest.param(AuditFilter(reason="ip_not_allowed"), ["decision"], id="reason"),
        pytest.param(AuditFilter(request="r1"), ["decision"], id="request"),
        pytest.param(AuditFilter(path_prefix="/admin"), ["decision"], id="path"),
        pytest.param(AuditFilter(path_prefix="/adm%"), ["signed_in"], id="path without wildcards"),
        pytest.param(AuditFilter(since=NOON + minutes(1)), ["signed_in"], id="since"),
        pytest.param(AuditFilter(until=NOON + minutes(1)), ["decision"], id="until"),
        pytest.param(AuditFilter(most=1), ["signed_in"], id="most"),
        pytest.param(AuditFilter(most=0), [], id="none at all"),
        pytest.param(AuditFilter(kind="decision", account="bob"), [], id="both must hold"),
        pytest.param(AuditFilter(), ["signed_in", "decision"], id="everything"),
    ],
)
def test_records_are_found_by_what_they_hold(
    filled: Store, wanted: AuditFilter, found: list[str]
) -> None:
    assert [record.kind for record in filled.audit.search(wanted)] == found


def test_a_follower_gets_only_what_came_after(filled: Store) -> None:
    last = filled.audit.search(AuditFilter(most=1))[0].id
    assert filled.audit.search(AuditFilter(after_id=last)) == ()
    filled.audit.append([FIRST])
    (after,) = filled.audit.search(AuditFilter(after_id=last))
    assert replace(after, id=None) == FIRST


def test_older_records_are_those_before_one(filled: Store) -> None:
    newest, oldest = filled.audit.search(AuditFilter())
    assert filled.audit.search(AuditFilter(before_id=newest.id)) == (oldest,)
    assert filled.audit.search(AuditFilter(before_id=oldest.id)) == ()
    assert filled.audit.search(AuditFilter(after_id=oldest.id, before_id=newest.id)) == ()


def test_nothing_appended_is_nothing_kept(store: Store) -> None:
    store.audit.append([])
    assert store.audit.search(AuditFilter()) == ()


def test_g27_records_keep_their_places_and_come_in_order(store: Store) -> None:
    first = ChainPlace(chain="boot", number=1, code="ab")
    second = ChainPlace(chain="boot", number=2**40, code="cd")
    store.audit.append([record(place=first), record()])
    store.audit.append([record(place=second)])
    assert [each.place for each in store.audit.in_order(after=0, most=9)] == [first, None, second]
    assert [each.id for each in store.audit.in_order(after=1, most=1)] == [2]
    assert store.audit.in_order(after=3, most=9) == ()
    assert store.audit.length("boot") == 2**40
    assert store.audit.length("other") == 0


def test_g27_chains_are_numbered_without_a_gap(store: Store) -> None:
    assert store.audit.chains() == ()
    store.audit.begin_chain(lambda number: some_chain(number, "first"))
    store.audit.begin_chain(lambda number: some_chain(number, "second"))
    assert store.audit.chains() == (some_chain(1, "first"), some_chain(2, "second"))


def test_g27_a_head_never_goes_back(store: Store) -> None:
    head = ChainPlace(chain="boot", number=5, code="ab")
    other = ChainPlace(chain="other", number=1, code="ef")
    for noted in (head, ChainPlace(chain="boot", number=4, code="cd"), other):
        store.audit.note_head(noted)
    assert set(store.audit.heads()) == {head, other}
    further = ChainPlace(chain="boot", number=6, code="cd")
    store.audit.note_head(further)
    assert set(store.audit.heads()) == {further, other}


def test_a_chain_outlives_a_transaction_that_came_to_nothing(store: Store) -> None:
    def write_and_fail() -> None:
        with store.together():
            store.audit.begin_chain(some_chain)
            store.audit.append([record(place=ChainPlace(chain="boot", number=1, code="ab"))])
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    assert store.audit.chains() == (some_chain(1),)
    assert store.audit.length("boot") == 1

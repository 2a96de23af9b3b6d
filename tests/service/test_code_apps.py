"""An account's code apps: added with proof and first code, renamed, removed with proof."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import Method, Session
from gate.factors import totp as totp_factor
from gate.service.code_apps import MOST, FirstCode, Removal
from gate.service.factor_changes import FactorChanged, FactorRefused
from gate.service.factor_names import NameProblem
from gate.service.fresh_proof import Given
from gate.service.new_code_apps import Pending
from tests.support.keys_in_hand import enrol, new_key
from tests.support.recoveries import recovered_session
from tests.support.use_cases import PASSWORD, WRONG, WRONG_CODE, House, at

NOTHING = Given(typed=Secret(""))
NO_PROOF = FactorRefused(reason=Reason.NOT_BY_RECOVERY_CODE)


def begin(house: House, session: Session, given: Given | None = None) -> Pending:
    proof = given or Given(typed=house.next_code())
    pending = house.factors.code_apps.begin(session, proof, at())
    assert isinstance(pending, Pending), pending
    return pending


def code_of(house: House, pending: Pending, off: timedelta = timedelta()) -> Secret:
    return Secret(totp_factor.code_at(pending.seed, house.clock.now() + off))


def add(
    house: House,
    session: Session,
    code: Secret,
    name: str = "Tablet",
    password: Secret = PASSWORD,
) -> FactorChanged | FactorRefused:
    first = FirstCode(name=name, password=password, code=code)
    return house.factors.code_apps.add(session, first, at())


def remove(
    house: House, session: Session, app: str, given: Given, password: Secret = PASSWORD
) -> FactorChanged | FactorRefused:
    removal = Removal(app=app, password=password, given=given)
    return house.factors.code_apps.remove(session, removal, at())


def names(house: House, name: str = "alice") -> list[str]:
    account = house.store.accounts.by_name(name)
    return [app.name for app in house.factors.code_apps.of(account)] if account else []


# --- adding ---------------------------------------------------------------------------------


def test_t64_an_app_is_added_with_password_and_first_code() -> None:
    house = House()
    account = house.add()
    other, session = house.session(), house.session()
    pending = begin(house, session)
    added = add(house, session, code_of(house, pending))
    assert isinstance(added, FactorChanged)
    assert names(house) == ["phone", "Tablet"]
    app = house.store.accounts.totps(account.id)[1]
    assert app.secret == pending.seed
    assert app.added_with == (Method.TOTP,)
    assert app.added_at == app.last_used == house.clock.now()
    assert (house.is_live(other.hash), house.is_live(session.hash)) == (False, False)
    assert house.is_live(added.issued.session.hash)
    assert [each.details["app"] for each in house.records("code_app_added")] == ["Tablet"]


def test_t60_the_first_code_is_used_up() -> None:
    house = House()
    account = house.add()
    session = house.session()
    code = code_of(house, begin(house, session))
    add(house, session, code)
    replayed = house.fresh_proof.code(account.id, code)
    assert replayed is not None
    assert replayed.reason is Reason.TOTP_REPLAYED


def test_g6_the_seed_is_shown_after_the_strongest_proof_alone() -> None:
    house = House()
    account = house.add()
    session, apps = house.session(), house.factors.code_apps
    wrong = apps.begin(session, Given(typed=PASSWORD), at())
    assert wrong == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP)
    assert apps.pending(session) is None
    enrol(house.keys.new, account, new_key())
    keyed = house.sessions.list(account.id)[0]
    by_code = apps.begin(keyed, Given(typed=house.next_code()), at())
    assert by_code == FactorRefused(reason=Reason.NEEDS_SECURITY_KEY, method=Method.SECURITY_KEY)
    assert [each.reason for each in house.records("code_app_refused")] == [
        "needs_security_key",
        "wrong_code",
    ]


def test_t64_a_wrong_password_or_code_keeps_the_seed() -> None:
    house = House()
    house.add()
    session = house.session()
    pending = begin(house, session)
    wrong = add(house, session, code_of(house, pending), password=WRONG)
    assert wrong == FactorRefused(reason=Reason.WRONG_PASSWORD, method=Method.PASSWORD)
    wrong = add(house, session, WRONG_CODE)
    assert wrong == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP)
    assert house.factors.code_apps.pending(session) == pending
    assert isinstance(add(house, session, code_of(house, pending)), FactorChanged)


def test_a_clock_that_is_off_is_told() -> None:
    house = House()
    house.add()
    session = house.session()
    pending = begin(house, session)
    off = timedelta(seconds=90)
    refused = add(house, session, code_of(house, pending, off))
    assert refused == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP, clock_off=off)


def test_t64_without_a_seed_that_waits_nothing_is_added() -> None:
    house = House()
    house.add()
    session = house.session()
    gone = FactorRefused(reason=Reason.NOT_FOUND)
    assert add(house, session, WRONG_CODE) == gone
    pending = begin(house, session)
    house.factors.code_apps.cancel(session)
    assert add(house, session, code_of(house, pending)) == gone
    pending = begin(house, session)
    house.clock.advance(timedelta(minutes=10))
    assert add(house, session, code_of(house, pending)) == gone
    other = house.session()
    pending = begin(house, session)
    assert add(house, other, code_of(house, pending)) == gone
    assert names(house) == ["phone"]


def test_a_name_is_checked_before_anything_is_used_up() -> None:
    house = House()
    house.add()
    session = house.session()
    pending = begin(house, session)
    code = code_of(house, pending)
    assert add(house, session, code, name=" ") == FactorRefused(name=NameProblem.EMPTY)
    assert add(house, session, code, name="PHONE") == FactorRefused(name=NameProblem.TAKEN)
    assert house.records("code_app_refused") == []
    assert isinstance(add(house, session, code), FactorChanged)


def test_f18_of_parallel_confirmations_one_adds_an_app() -> None:
    house = House()
    house.add()
    session = house.session()
    code = code_of(house, begin(house, session))
    with ThreadPoolExecutor(5) as pool:
        answers = list(
            pool.map(lambda number: add(house, session, code, f"app {number}"), range(5))
        )
    assert sum(isinstance(answer, FactorChanged) for answer in answers) == 1
    assert len(names(house)) == 2


def test_there_are_so_many_apps_and_no_more() -> None:
    house = House()
    account = house.add()
    for number in range(MOST - 2):
        house.add_app(account, f"app {number}")
    session = house.session()
    pending = begin(house, session)
    house.add_app(account, "one more")
    full = FactorRefused(reason=Reason.TOO_MANY_FACTORS)
    assert add(house, session, code_of(house, pending)) == full
    assert house.factors.code_apps.begin(session, NOTHING, at()) == full


def test_g21_a_recovery_code_lets_one_app_be_added_with_the_password() -> None:
    house = House()
    account = house.add()
    session = recovered_session(house, account)
    pending = begin(house, session, NOTHING)
    added = add(house, session, code_of(house, pending), password=WRONG)
    assert added == FactorRefused(reason=Reason.WRONG_PASSWORD, method=Method.PASSWORD)
    added = add(house, session, code_of(house, pending))
    assert isinstance(added, FactorChanged)
    assert house.store.accounts.totps(account.id)[1].added_with == (Method.RECOVERY_CODE,)
    after = added.issued.session
    assert house.factors.code_apps.begin(after, NOTHING, at()) == NO_PROOF
    given = Given(typed=house.next_code())
    assert remove(house, after, "phone-of-alice", given) == NO_PROOF


def test_t71_no_seed_code_or_password_is_recorded() -> None:
    house = House()
    house.add()
    session = house.session()
    pending = begin(house, session)
    code = code_of(house, pending)
    add(house, session, WRONG_CODE, password=WRONG)
    add(house, session, code)
    recorded = str(house.records())
    for secret in (pending.seed, code, PASSWORD, WRONG, WRONG_CODE):
        assert secret.reveal() not in recorded


# --- renaming and removing ------------------------------------------------------------------


def test_an_app_is_renamed_to_a_name_that_is_free() -> None:
    house = House()
    account = house.add()
    house.add_app(account, "tablet")
    session, apps = house.session(), house.factors.code_apps
    assert apps.rename(session, "tablet-of-alice", " Old  tablet", at()) == "Old tablet"
    assert apps.rename(session, "tablet-of-alice", "old tablet", at()) == "old tablet"
    taken = apps.rename(session, "tablet-of-alice", "Phone", at())
    assert taken == FactorRefused(name=NameProblem.TAKEN)
    assert set(names(house)) == {"phone", "old tablet"}
    assert len(house.records("code_app_renamed")) == 2


def test_t68_the_app_of_somebody_else_does_not_exist() -> None:
    house = House()
    house.add()
    house.add("bob")
    session, apps = house.session(), house.factors.code_apps
    gone = FactorRefused(reason=Reason.NOT_FOUND)
    assert apps.rename(session, "phone-of-bob", "mine", at()) == gone
    assert remove(house, session, "phone-of-bob", NOTHING) == gone
    assert names(house, "bob") == ["phone"]


def test_g3_an_app_is_removed_with_proof_and_ends_other_sessions() -> None:
    house = House()
    account = house.add()
    house.add_app(account, "tablet")
    other, session = house.session(), house.session()
    wrong = remove(house, session, "tablet-of-alice", Given(typed=PASSWORD))
    assert wrong == FactorRefused(reason=Reason.WRONG_CODE, method=Method.TOTP)
    removed = remove(house, session, "tablet-of-alice", Given(typed=house.next_code()))
    assert isinstance(removed, FactorChanged)
    assert (removed.name, removed.ended) == ("tablet", 1)
    assert names(house) == ["phone"]
    assert not house.is_live(other.hash)
    assert [each.details["app"] for each in house.records("code_app_removed")] == ["tablet"]
    assert [each.reason for each in house.records("code_app_removal_refused")] == ["wrong_code"]


def test_t64_an_app_is_removed_with_password_and_factor() -> None:
    house = House()
    account = house.add()
    house.add_app(account, "tablet")
    session = house.session()
    given = Given(typed=house.next_code())
    wrong = remove(house, session, "tablet-of-alice", given, WRONG)
    assert wrong == FactorRefused(reason=Reason.WRONG_PASSWORD, method=Method.PASSWORD)
    assert len(names(house)) == 2
    assert isinstance(remove(house, session, "tablet-of-alice", given), FactorChanged)


def test_t70_the_last_app_stays_while_the_policy_demands_a_factor() -> None:
    house = House()
    house.add()
    session = house.session()
    given = Given(typed=house.next_code())
    refused = remove(house, session, "phone-of-alice", given)
    assert refused == FactorRefused(reason=Reason.LAST_FACTOR)
    assert names(house) == ["phone"]
    assert house.is_live(session.hash)

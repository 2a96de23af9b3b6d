"""Importing accounts: all of a file or nothing."""

from __future__ import annotations

import pytest

from gate.core.errors import StoreUnavailable
from gate.core.secret_text import Secret
from gate.service.account_file import AccountLine, LineProblem
from gate.service.account_import import AccountImport, Imported
from gate.service.accounts import NewAccount
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.store_values import SEED
from tests.support.use_cases import PASSWORD, House


def lines(*accounts: NewAccount) -> list[AccountLine | LineProblem]:
    return [AccountLine(line=number, account=new) for number, new in enumerate(accounts, start=1)]


def names(house: House) -> list[str]:
    return [account.name for account in house.store.accounts.all()]


def test_every_account_of_a_file_is_added() -> None:
    house = House()
    before = names(house)
    done = AccountImport(accounts=house.accounts)(
        lines(
            NewAccount(name="Yves", password=PASSWORD, totp=SEED),
            NewAccount(name="zoe", password=Secret("zoe")),
        ),
        update=False,
    )
    assert done == Imported(added=("yves", "zoe"), updated=(), weak=1)
    assert names(house) == [*before, "yves", "zoe"]
    noted = [record.account for record in house.records("account_added")]
    assert sorted(noted[:2]) == ["yves", "zoe"]


@pytest.mark.parametrize(
    ("accounts", "problems"),
    [
        pytest.param(
            [NewAccount(name="yves"), NewAccount(name="YVES")],
            {2: "`yves` stands on line 1 already; delete one of them"},
            id="a name twice",
        ),
        pytest.param(
            [NewAccount(name="yves", email="y@x.org"), NewAccount(name="zoe", email="Y@x.org")],
            {2: "`y@x.org` belongs to `yves`; give each account its own"},
            id="g10 an address twice",
        ),
        pytest.param(
            [NewAccount(name="yves", networks="10.0.0.1/8"), NewAccount(name="zoe", email="zoe")],
            {
                1: "networks of `yves`, line 1: `10.0.0.1/8` has bits set behind the prefix;"
                " did you mean 10.0.0.0/8 or the one address 10.0.0.1?",
                2: "`zoe` is no e-mail address; write such as alice@example.com",
            },
            id="every line at once",
        ),
    ],
)
def test_one_problem_keeps_every_account_out(
    accounts: list[NewAccount], problems: dict[int, str]
) -> None:
    house = House()
    before = names(house)
    done = AccountImport(accounts=house.accounts)(lines(*accounts), update=False)
    assert isinstance(done, tuple)
    assert {each.line: each.message for each in done} == problems
    assert names(house) == before
    assert house.records("account_added") == []


def test_problems_of_the_file_and_of_its_accounts_are_told_by_line() -> None:
    house = House()
    broken = LineProblem(line=2, message="this is no JSON; write one object a line")
    done = AccountImport(accounts=house.accounts)(
        [*lines(NewAccount(name="a b")), broken], update=False
    )
    assert isinstance(done, tuple)
    assert [each.line for each in done] == [1, 2]


def test_an_existing_account_is_updated_only_when_asked() -> None:
    house = House()
    put = AccountImport(accounts=house.accounts)
    put(lines(NewAccount(name="yves", email="y@x.org")), update=False)
    again = lines(NewAccount(name="yves", display_name="Yves", email="y@x.org"))
    refused = put(again, update=False)
    assert isinstance(refused, tuple)
    assert refused[0].message.startswith("`yves` exists; give --update")
    assert put(again, update=True) == Imported(added=(), updated=("yves",), weak=0)
    account = house.store.accounts.by_name("yves")
    assert account is not None
    assert (account.display_name, account.email) == ("Yves", "y@x.org")


def test_accounts_of_one_file_may_exchange_their_addresses() -> None:
    house = House()
    put = AccountImport(accounts=house.accounts)
    put(lines(NewAccount(name="yves", email="y@x.org")), update=False)
    moved = lines(
        NewAccount(name="yves", email="new@x.org"), NewAccount(name="zoe", email="y@x.org")
    )
    assert isinstance(put(moved, update=True), Imported)


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_f3_an_import_whose_nth_write_fails_leaves_nothing(call: int) -> None:
    writes = {"accounts.add", "accounts.set_password_hash", "accounts.add_totp"}
    store = BrokenStore(MemoryStore(), fail_on=writes, from_call=call)
    house = House(store=store)
    new = [NewAccount(name=name, password=PASSWORD, totp=SEED) for name in ("yves", "zoe")]
    with pytest.raises(StoreUnavailable):
        AccountImport(accounts=house.accounts)(lines(*new), update=False)
    store.mend()
    assert names(house) == []
    assert house.records("account_added") == []


@pytest.mark.parametrize(
    ("exists", "message"),
    [
        pytest.param(False, "the name `yves` is taken", id="a name"),
        pytest.param(True, "the address `y@x.org` belongs to another account", id="g10 an address"),
    ],
)
def test_what_another_process_takes_meanwhile_keeps_every_account_out(
    message: str, *, exists: bool
) -> None:
    store = BrokenStore(MemoryStore())
    house, rival = House(store=store), House(store=store.store)
    if exists:
        rival.add("yves")
    taken = NewAccount(name="xenia", email="y@x.org") if exists else NewAccount(name="yves")
    store.rivals["together"] = lambda: rival.accounts.add(taken)
    wanted = lines(NewAccount(name="adam"), NewAccount(name="yves", email="y@x.org"))
    done = AccountImport(accounts=house.accounts)(wanted, update=True)
    assert isinstance(done, tuple)
    assert [each.message.startswith(message) for each in done] == [True], done
    assert "adam" not in names(house)
    assert {record.account for record in house.records()} == {taken.name}

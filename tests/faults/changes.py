"""What people and operators change, as one cycle: at its end all is as at its beginning.

Each change finds what it needs in the store alone, so that a cycle can go on in another process.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from gate.core.ports import Link, LinkHash, LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState, Session
from gate.service.accounts import NewAccount
from gate.service.fresh_proof import Given
from gate.service.passwords import PasswordChanged
from gate.service.policies import Published
from gate.service.restrict import Saved
from tests.faults.installation import OTHER, Scene
from tests.support.decisions import address
from tests.support.store_values import hash_of, some_key, some_session, some_totp
from tests.support.use_cases import ABROAD, HOME, PASSWORD, at

type Change = Callable[[Scene], object]

LATER: Final = Secret("another horse battery staple")
LINK: Final = LinkHash(hash_of("link"))
DAY: Final = timedelta(days=1)


class NotDoneError(Exception):
    """The use case said no."""

    def __init__(self, answer: object) -> None:
        super().__init__(repr(answer))


def of(scene: Scene, name: str = "alice") -> Account:
    """Give an account as it is now."""
    account = scene.store.accounts.by_name(name)
    assert account is not None
    return account


def _session(scene: Scene) -> Session:
    """Give alice's session at home."""
    sessions = scene.store.sessions.of_account(of(scene).id)
    return next(each for each in sessions if each.address == address(HOME))


# --- sessions, allowlist, password ---------------------------------------------------------------


def signs_in_at_home(scene: Scene) -> None:
    _begin(scene, HOME)


def signs_in_abroad(scene: Scene) -> None:
    _begin(scene, ABROAD)


def signs_in_abroad_again(scene: Scene) -> None:
    _begin(scene, ABROAD)


def _begin(scene: Scene, client: str) -> None:
    session = some_session(of(scene), secrets.token_hex(8), at=scene.house.clock.now())
    scene.store.sessions.begin(replace(session, address=address(client)))


def narrows_the_allowlist(scene: Scene) -> None:
    """Save a list that ends the session abroad."""
    _save(scene, "203.0.113.0/24\n")


def widens_the_allowlist(scene: Scene) -> None:
    _save(scene, "")


def _save(scene: Scene, text: str) -> None:
    saved = scene.house.restrict.save(
        session=_session(scene),
        text=text,
        proof=Given(typed=scene.house.next_code()),
        visitor=at(HOME),
        confirmed=False,
    )
    if not isinstance(saved, Saved):
        raise NotDoneError(saved)


def takes_another_password(scene: Scene) -> None:
    """Change the password, which ends other sessions and gives this one another token."""
    _change_password(scene, PASSWORD, LATER)


def takes_the_password_back(scene: Scene) -> None:
    _change_password(scene, LATER, PASSWORD)


def _change_password(scene: Scene, current: Secret, new: Secret) -> None:
    changed = scene.house.passwords.change(
        session=_session(scene), current=current, new=new, visitor=at(HOME)
    )
    if not isinstance(changed, PasswordChanged):
        raise NotDoneError(changed)


# --- factors -------------------------------------------------------------------------------------


def adds_a_code_app(scene: Scene) -> None:
    scene.store.accounts.add_totp(some_totp(of(scene), "tablet"))


def adds_a_key(scene: Scene) -> None:
    assert scene.store.keys.add(some_key(of(scene), "yubi")) is None


def replaces_the_recovery_codes(scene: Scene) -> None:
    codes = [secrets.token_hex(16) for _ in range(10)]
    scene.store.recovery_codes.replace(of(scene).id, codes, scene.house.clock.now())


def gets_a_link(scene: Scene) -> None:
    account, expires = of(scene), scene.house.clock.now() + DAY
    scene.store.links.put(
        Link(
            hash=LINK,
            account=account.id,
            purpose=LinkPurpose.ADD,
            factor_version=account.factor_version,
            expires=expires,
        )
    )


def redeems_the_link(scene: Scene) -> None:
    """Spend a link together with all the factors for which it was made."""
    account, now = of(scene), scene.house.clock.now()
    with scene.store.together():
        assert scene.store.links.take(LINK, now) is not None
        scene.store.accounts.add_totp(some_totp(account, "of-the-link"))
        assert scene.store.keys.add(some_key(account, "key-of-the-link")) is None
        scene.store.recovery_codes.replace(account.id, [secrets.token_hex(16)], now)
        scene.store.sessions.end_all(account.id)


def removes_a_key(scene: Scene) -> None:
    assert scene.store.keys.remove(of(scene).id, "yubi")


def removes_the_key_of_the_link(scene: Scene) -> None:
    assert scene.store.keys.remove(of(scene).id, "key-of-the-link")


def removes_a_code_app(scene: Scene) -> None:
    assert scene.store.accounts.remove_totp(of(scene).id, "tablet")


def removes_the_code_app_of_the_link(scene: Scene) -> None:
    assert scene.store.accounts.remove_totp(of(scene).id, "of-the-link")


# --- accounts ------------------------------------------------------------------------------------


def adds_an_account(scene: Scene) -> None:
    """Add an account with everything that came along, under a name that was in use before."""
    new = NewAccount(name="bob", password=PASSWORD, totp=Secret("JBSWY3DPEHPK3PXP" * 2))
    assert isinstance(scene.house.accounts.add(new, reuse=True), Account)


def gives_the_account_what_can_be_taken(scene: Scene) -> None:
    bob, now = of(scene, "bob"), scene.house.clock.now()
    with scene.store.together():
        assert scene.store.keys.add(some_key(bob, "key-of-bob")) is None
        scene.store.recovery_codes.replace(bob.id, ["one", "two"], now)
        scene.store.sessions.begin(some_session(bob, secrets.token_hex(8), at=now))


def resets_the_factors(scene: Scene) -> None:
    assert scene.store.accounts.reset_factors(of(scene, "bob").id)


def disables_the_account(scene: Scene) -> None:
    scene.house.accounts.set_state(of(scene, "bob"), AccountState.DISABLED)


def deletes_the_account(scene: Scene) -> None:
    scene.house.accounts.delete(of(scene, "bob"))


# --- policy --------------------------------------------------------------------------------------


def publishes_a_policy(scene: Scene) -> None:
    published = scene.keeper.publish(OTHER, author="alice", message="another one")
    if not isinstance(published, Published):
        raise NotDoneError(published)


def pins_a_version(scene: Scene) -> None:
    assert scene.store.policies.pin(1)


def unpins_it(scene: Scene) -> None:
    assert scene.keeper.unpin()


def rolls_the_policy_back(scene: Scene) -> None:
    back = scene.keeper.rollback(1, author="alice", message="the first one was better")
    if not isinstance(back, Published):
        raise NotDoneError(back)


CYCLE: Final[tuple[Change, ...]] = (
    signs_in_at_home,
    signs_in_abroad,
    narrows_the_allowlist,
    signs_in_abroad_again,
    takes_another_password,
    publishes_a_policy,
    adds_a_code_app,
    widens_the_allowlist,
    takes_the_password_back,
    adds_a_key,
    replaces_the_recovery_codes,
    gets_a_link,
    redeems_the_link,
    removes_a_key,
    removes_a_code_app,
    removes_the_key_of_the_link,
    removes_the_code_app_of_the_link,
    rolls_the_policy_back,
    pins_a_version,
    unpins_it,
    adds_an_account,
    gives_the_account_what_can_be_taken,
    resets_the_factors,
    disables_the_account,
    deletes_the_account,
)
# What is done instead where a file can't be written, and said so.
INSTEAD: Final[Mapping[Change, Change]] = {rolls_the_policy_back: pins_a_version}

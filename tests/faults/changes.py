"""What people and operators change, as one cycle: at its end all is as at its beginning.

Each change finds what it needs in the store alone, so that a cycle can go on in another process.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final, override

from gate.core.ports import Link, LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState, Session
from gate.factors import totp
from gate.service.accounts import NewAccount
from gate.service.code_apps import FirstCode, Removal
from gate.service.enrol import Enrolled
from gate.service.factor_changes import FactorChanged, FactorRefused
from gate.service.fresh_proof import Given
from gate.service.links import MadeLink, link_hash
from gate.service.network_trials import Kept, TakenBack
from gate.service.new_code_apps import Pending
from gate.service.passwords import PasswordChanged
from gate.service.policies import Published
from gate.service.recovery_set import Renewed
from gate.service.restrict import Saved
from gate.service.security_keys import NewKey
from tests.faults.installation import OTHER, Scene
from tests.support.decisions import address
from tests.support.keys_in_hand import new_key
from tests.support.store_values import some_key, some_session
from tests.support.travelling import Travelling
from tests.support.use_cases import ABROAD, HOME, PASSWORD, at

type Change = Callable[[Scene], object]

LATER: Final = Secret("another horse battery staple")
TOKEN: Final = Secret("the token of a link")
DAY: Final = timedelta(days=1)


class NotDoneError(Exception):
    """The use case said no."""

    def __init__(self, answer: object) -> None:
        super().__init__(repr(answer))


def _done[T](expected: type[T], answer: object) -> T:
    """Give the answer of a use case that said yes."""
    if not isinstance(answer, expected):
        raise NotDoneError(answer)
    return answer


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


def tries_an_allowlist(scene: Scene) -> None:
    """Save a list that suspends the session abroad."""
    _save(scene, "203.0.113.0/24\n")


def takes_it_back(scene: Scene) -> None:
    _done(TakenBack, _decided(scene, scene.house.network_trials.take_back))


def tries_it_again(scene: Scene) -> None:
    tries_an_allowlist(scene)


def keeps_it(scene: Scene) -> None:
    """Keep the list, which ends the session abroad."""
    _done(Kept, _decided(scene, scene.house.network_trials.keep))


def _decided(scene: Scene, decide: Callable[..., object]) -> object:
    trial = of(scene).trial
    assert trial is not None
    nothing = Given(typed=Secret(""))
    return decide(session=_session(scene), trial=trial.id, proof=nothing, visitor=at(HOME))


def widens_the_allowlist(scene: Scene) -> None:
    _save(scene, "")


def _save(scene: Scene, text: str) -> None:
    saved = scene.house.restrict.save(
        session=_session(scene),
        text=text,
        proof=_code(scene),
        visitor=at(HOME),
        confirmed=False,
    )
    _done(Saved, saved)


def takes_another_password(scene: Scene) -> None:
    """Change the password, which ends other sessions and gives this one another token."""
    _change_password(scene, PASSWORD, LATER)


def takes_the_password_back(scene: Scene) -> None:
    _change_password(scene, LATER, PASSWORD)


def _change_password(scene: Scene, current: Secret, new: Secret) -> None:
    changed = scene.house.passwords.change(
        session=_session(scene), current=current, new=new, visitor=at(HOME)
    )
    _done(PasswordChanged, changed)


def signs_out_everywhere(scene: Scene) -> None:
    scene.store.sessions.end_all(of(scene).id)


# --- factors -------------------------------------------------------------------------------------


def adds_a_code_app(scene: Scene) -> None:
    """Prove with a code, see a seed, and give its first code with the password."""
    apps, session = scene.house.factors.code_apps, _session(scene)
    pending = _done(Pending, apps.begin(session, _code(scene), at(HOME)))
    code = Secret(totp.code_at(pending.seed, scene.house.clock.now()))
    first = FirstCode(name="tablet", password=LATER, code=code)
    _done(FactorChanged, apps.add(session, first, at(HOME)))


def removes_a_code_app(scene: Scene) -> None:
    apps = scene.house.factors.code_apps
    tablet = next(app.id for app in apps.of(of(scene)) if app.name == "tablet")
    removal = Removal(app=tablet, password=PASSWORD, given=_code(scene))
    _done(FactorChanged, apps.remove(_session(scene), removal, at(HOME)))


def adds_a_key(scene: Scene) -> None:
    """Register a key; a code proves it."""
    keys, session = scene.house.factors.security_keys, _session(scene)
    options = keys.begin(session, at(HOME))
    if isinstance(options, FactorRefused):
        raise NotDoneError(options)
    new = NewKey(name="yubi", response=new_key().create(options))
    _done(FactorChanged, keys.add(session, new, _code(scene), at(HOME)))


def removes_a_key(scene: Scene) -> None:
    """Remove it with all that goes with that; the key that would prove it is in nobody's hand."""
    changes, account = scene.house.factors.security_keys.changes, of(scene)
    (key,) = scene.store.keys.of_account(account.id)
    write = partial(scene.store.keys.remove, account.id, key.id)
    _done(FactorChanged, changes.commit(_session(scene), key.name, write))


def replaces_the_recovery_codes(scene: Scene) -> None:
    renewed = scene.house.factors.recovery_set.renew(_session(scene), _code(scene), at(HOME))
    _done(Renewed, renewed)


def _code(scene: Scene) -> Given:
    return Given(typed=scene.house.next_code())


# --- links ---------------------------------------------------------------------------------------


def gets_a_link(scene: Scene) -> None:
    bob, expires = of(scene, "bob"), scene.house.clock.now() + DAY
    scene.store.links.put(
        Link(
            hash=link_hash(TOKEN),
            account=bob.id,
            purpose=LinkPurpose.RESET,
            factor_version=bob.factor_version,
            expires=expires,
        )
    )


@dataclass
class _Redeeming(Travelling):
    """Somebody with the link that is there already."""

    @override
    def new_link(self, issuer: str = "") -> MadeLink:
        link = self.house.store.links.peek(link_hash(TOKEN), self.house.clock.now())
        assert link is not None
        return MadeLink(token=TOKEN, link=link)


def redeems_the_link(scene: Scene) -> None:
    """Make all of a journey count at once."""
    _has_set_all_up(scene)()


def _has_set_all_up(scene: Scene) -> Callable[[], object]:
    """Give the password, set up an app, see the codes; give what is left to do."""
    redeeming = _Redeeming(scene.house, "bob", LinkPurpose.RESET, at(HOME))
    redeeming.opens()
    redeeming.gives(PASSWORD)
    redeeming.sets_up_app()
    redeeming.sees_codes()
    return lambda: _done(Enrolled, redeeming.finishes())


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
    _done(Published, published)


def pins_a_version(scene: Scene) -> None:
    assert scene.store.policies.pin(1)


def unpins_it(scene: Scene) -> None:
    assert scene.keeper.unpin()


def rolls_the_policy_back(scene: Scene) -> None:
    back = scene.keeper.rollback(1, author="alice", message="the first one was better")
    _done(Published, back)


CYCLE: Final[tuple[Change, ...]] = (
    signs_in_at_home,
    signs_in_abroad,
    tries_an_allowlist,
    takes_it_back,
    tries_it_again,
    keeps_it,
    signs_in_abroad_again,
    takes_another_password,
    publishes_a_policy,
    adds_a_code_app,
    replaces_the_recovery_codes,
    widens_the_allowlist,
    takes_the_password_back,
    adds_a_key,
    removes_a_key,
    removes_a_code_app,
    signs_out_everywhere,
    rolls_the_policy_back,
    pins_a_version,
    unpins_it,
    adds_an_account,
    gives_the_account_what_can_be_taken,
    gets_a_link,
    redeems_the_link,
    resets_the_factors,
    disables_the_account,
    deletes_the_account,
)
# What is done instead where a file can't be written, and said so.
INSTEAD: Final[Mapping[Change, Change]] = {rolls_the_policy_back: pins_a_version}
# What goes before a change without a trace in what decisions depend on; it gives the change itself.
FIRST_STEPS: Final[Mapping[Change, Callable[[Scene], Callable[[], object]]]] = {
    redeems_the_link: _has_set_all_up
}


def ready(change: Change, scene: Scene) -> Callable[[], object]:
    """Do the first steps of a change, if it has any, and give what is left of it."""
    steps = FIRST_STEPS.get(change)
    return partial(change, scene) if steps is None else steps(scene)

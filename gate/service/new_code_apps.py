"""New code apps: a seed that waits for the first code of the app it was put into (T64).

The seed waits ten minutes, sealed by the store, for whoever it was made for: a session, or the
cookie of an enrolment. A wrong code leaves it; the right one takes it out, so that of two right
answers one counts. What was confirmed is stored by the caller, together with what belongs to it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.core.decision import Reason
from gate.core.ports import Clock, Full, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, Method
from gate.factors import totp as totp_factor
from gate.factors.totp import ClockOff, TotpVerified
from gate.service.throttle import Throttle
from gate.service.tokens import token_hash

KIND: Final = "code app"
WAITS: Final = timedelta(minutes=10)  # UX 1.2: time to fetch a phone and to install an app


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A seed that waits for its first code; `uri` is what a QR code of it holds.

    `added_with` is what proved that the person may add it (G6). Both texts are shown only in the
    answer to the POST that made or failed to confirm them (G3).
    """

    seed: Secret
    uri: Secret
    added_with: tuple[Method, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """An app has the seed; `step` is the time step of the code that showed it, and is used up."""

    seed: Secret
    step: int
    added_with: tuple[Method, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """The code was not accepted and the seed still waits.

    A positive `clock_off` says by how much the clock of the phone is ahead, as far as it can be
    told; `wait` is set when trying again makes sense only later.
    """

    reason: Reason
    clock_off: timedelta | None = None
    wait: timedelta | None = None


class NothingPending:
    """No seed waits: it never did, its time is over, or it was confirmed already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCodeApps:
    """Makes seeds and confirms them; `issuer` is the name that an app shows beside the account."""

    store: Store
    clock: Clock
    throttle: Throttle
    issuer: str

    def begin(
        self, bound_to: Secret, account: Account, *, added_with: tuple[Method, ...] = ()
    ) -> Pending:
        """Give the seed that waits, or a new one; its ten minutes begin anew."""
        waiting = self.pending(bound_to, account)
        seed = waiting.seed if waiting else totp_factor.new_secret()
        kept = {"account": account.id, "seed": seed.reveal(), "with": list(added_with)}
        until = self.clock.now() + WAITS
        self.store.one_time.put(KIND, token_hash(bound_to), json.dumps(kept), until)
        return self._shown(account, seed, added_with)

    def pending(self, bound_to: Secret, account: Account) -> Pending | None:
        """Give the seed that waits for this session or enrolment, and for this account."""
        text = self.store.one_time.peek(KIND, token_hash(bound_to), self.clock.now())
        return None if text is None else self._read(account, text)

    def cancel(self, bound_to: Secret) -> None:
        """Forget the seed that waits."""
        self.store.one_time.take(KIND, token_hash(bound_to), self.clock.now())

    def confirm(
        self, bound_to: Secret, account: Account, code: Secret
    ) -> Confirmed | Unconfirmed | NothingPending:
        """Take the seed out when this is its code; each guess is counted (T62)."""
        waiting = self.pending(bound_to, account)
        if waiting is None:
            return NothingPending()
        reserved = self.throttle.code(account.id)
        if isinstance(reserved, Full):
            return Unconfirmed(reason=Reason.RATE_LIMITED, wait=reserved.wait)
        answer = totp_factor.confirm(waiting.seed, code.reveal(), now=self.clock.now())
        if not isinstance(answer, TotpVerified):
            off = answer.offset if isinstance(answer, ClockOff) else None
            return Unconfirmed(reason=Reason.WRONG_CODE, clock_off=off)
        self.throttle.refund(reserved)
        return self._taken(bound_to, account, answer.step)

    def _taken(self, bound_to: Secret, account: Account, step: int) -> Confirmed | NothingPending:
        text = self.store.one_time.take(KIND, token_hash(bound_to), self.clock.now())
        taken = None if text is None else self._read(account, text)
        if taken is None:
            return NothingPending()
        return Confirmed(seed=taken.seed, step=step, added_with=taken.added_with)

    def _read(self, account: Account, text: str) -> Pending | None:
        kept = json.loads(text)
        if AccountId(kept["account"]) != account.id:
            return None
        methods = tuple(Method(word) for word in kept["with"])
        return self._shown(account, Secret(kept["seed"]), methods)

    def _shown(self, account: Account, seed: Secret, added_with: tuple[Method, ...]) -> Pending:
        uri = totp_factor.provisioning_uri(secret=seed, account=account.name, issuer=self.issuer)
        return Pending(seed=seed, uri=uri, added_with=added_with)

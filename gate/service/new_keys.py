"""New security keys: asked of the browser, verified, and stored with how they came about (G6).

A key counts as `security_key` at once when it was added by a one-time link or with another key that
counts. Any other one counts as `second_factor` until a waiting time is over, so that whoever got
hold of a weaker proof does not make a key of it that opens everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.core.ports import Clock, CredentialTaken, SecurityKey, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method
from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import (
    Key,
    Naming,
    Purpose,
    Registered,
    key_of,
    register,
    registration_options,
    user_handle_of,
)
from gate.service.ceremonies import Ceremonies
from gate.service.tokens import new_id

LONGEST_NAME: Final = 64  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """How a key is added: its name, what was proved for it, and whether that vouches for it.

    `vouched` is for a one-time link, and for another key that counts.
    """

    name: str
    proved: tuple[Method, ...]
    vouched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeys:
    """Registration; who may add a key is for the caller to say."""

    store: Store
    clock: Clock
    ceremonies: Ceremonies
    wait: timedelta

    def begin(
        self, bound_to: Secret, account: Account, *, excluded: Sequence[Key] | None = None
    ) -> Mapping[str, object]:
        """Begin a registration and give the options for the browser's `create()`.

        `excluded` are the keys that can't be added once more; usually those of the account.
        """
        if excluded is None:
            excluded = [key_of(key) for key in self.store.keys.of_account(account.id)]
        ceremony = self.ceremonies.begin(
            Purpose.REGISTER, bound_to=bound_to, account=account, keys=excluded
        )
        naming = Naming(
            site=self.ceremonies.relying_party.name,
            account=account.name,
            display_name=account.display_name,
        )
        return registration_options(ceremony, excluded, naming)

    def verify(self, bound_to: Secret, response: str | bytes) -> Registered | Rejected:
        """Verify the browser's answer; nothing is stored. No account has the key yet (W22)."""
        ceremony = self.ceremonies.take(Purpose.REGISTER, bound_to=bound_to, response=response)
        if ceremony is None:
            return Rejected(reason=FactorReason.CEREMONY_EXPIRED)
        registered = register(ceremony, response, now=self.clock.now())
        if isinstance(registered, Rejected):
            return registered
        if self.store.keys.by_credential(registered.key.credential_id) is not None:
            return Rejected(reason=FactorReason.ALREADY_REGISTERED)
        return registered

    def keep(
        self, account: Account, registered: Registered, addition: Addition
    ) -> SecurityKey | CredentialTaken | Rejected:
        """Store a verified key for the account whose ceremony it was, and for no other (T68)."""
        key, now = registered.key, self.clock.now()
        if key.user_handle != user_handle_of(account.id):
            return Rejected(reason=FactorReason.OTHER_ACCOUNT)
        if key.algorithm is None:
            return Rejected(reason=FactorReason.ALGORITHM_NOT_OFFERED)
        record = SecurityKey(
            id=new_id(),
            account=account.id,
            name=addition.name.strip()[:LONGEST_NAME] or "Security key",
            credential_id=key.credential_id,
            public_key=key.public_key,
            algorithm=key.algorithm.value,
            sign_count=key.sign_count,
            rp_id=key.rp_id,
            origins=key.origins,
            added_at=now,
            added_with=addition.proved,
            transports=key.transports,
            aaguid=key.aaguid,
            backup_eligible=key.backup_eligible,
            backed_up=key.backed_up,
            discoverable=key.discoverable,
            user_verified=key.user_verified,
            counts_from=None if addition.vouched or not self.wait else now + self.wait,
        )
        return self.store.keys.add(record) or record

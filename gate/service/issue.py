"""Making sessions: a fresh token at every gain of privilege, never an old one again (R13, T40)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from gate.core.ports import Clock, FamiliarPlace, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method, Parent, Proof, Session
from gate.service.lifetimes import LimitsInForce
from gate.service.tokens import IssuedSession, new_session_id, new_token, token_hash
from gate.service.visitor import Visitor, address_range

FAMILIAR_FOR: Final = timedelta(days=30)  # how long a place of a full sign-in counts, RULES G16
NO_RANGE: Final = ""  # no address is in it, so that a device alone is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Makes and rotates sessions; they begin with the limits in force."""

    store: Store
    clock: Clock
    limits: LimitsInForce

    def begin(
        self, account: Account, proof: Proof, visitor: Visitor, *, planted: Secret | None
    ) -> IssuedSession:
        """Begin a session; the one in the cookie that came along ends."""
        if planted:
            self.store.sessions.end(token_hash(planted))
        token = new_token()
        now = self.clock.now()
        session = Session(
            hash=token_hash(token),
            id=new_session_id(),
            account=account,
            host=visitor.host_name,
            proofs=(proof,),
            created_at=now,
            last_seen=now,
            limits=self.limits.of(account),
            address=visitor.client,
            browser=visitor.browser,
        )
        self.store.sessions.begin(session)
        return IssuedSession(token=token, session=session)

    def child(
        self, parent: Session, visitor: Visitor, *, planted: Secret | None
    ) -> IssuedSession | None:
        """Begin a session on another host of the same browser; None when the parent is gone.

        It has the parent's proofs, age and limits; the one in the cookie that came along ends.
        """
        token = new_token()
        session = replace(
            parent,
            hash=token_hash(token),
            id=new_session_id(),
            host=visitor.host_name,
            address=visitor.client,
            browser=visitor.browser,
            parent=Parent(id=parent.id, hash=parent.hash),
        )
        if not self.store.sessions.begin(session):
            return None
        if planted:
            self.store.sessions.end(token_hash(planted))
        return IssuedSession(token=token, session=session)

    def rotate(self, session: Session, *proofs: Proof) -> IssuedSession | None:
        """Put a session with a new token in the place of another; None when that one is gone.

        A new proof takes the place of an older one of the same method.
        """
        token = new_token()
        proved = {proof.method for proof in proofs}
        kept = tuple(proof for proof in session.proofs if proof.method not in proved)
        rotated = replace(
            session, hash=token_hash(token), proofs=(*kept, *proofs), last_seen=self.clock.now()
        )
        if not self.store.sessions.replace(session.hash, rotated):
            return None
        return IssuedSession(token=token, session=rotated)

    def remember_place(self, account: Account, visitor: Visitor) -> Secret:
        """Note a full sign-in's browser and address range; give the device cookie.

        The one that came stays only where it is one of this account's: any other may have been
        planted by somebody who knows it, and would make them familiar too (T63).
        """
        device = visitor.device
        if device is None or not self._is_device_of(account, device):
            device = new_token()
        self.store.sessions.remember_place(
            FamiliarPlace(
                account=account.id,
                device=device_hash(device),
                address_range=address_range(visitor.client),
                at=self.clock.now(),
            )
        )
        return device

    def is_familiar(self, account: Account, visitor: Visitor) -> bool:
        """Say whether the account has fully signed in from this browser or place before."""
        return self.store.sessions.is_familiar(
            account.id,
            device=device_hash(visitor.device) if visitor.device else None,
            address_range=address_range(visitor.client),
            since=self.clock.now() - FAMILIAR_FOR,
        )

    def _is_device_of(self, account: Account, device: Secret) -> bool:
        return self.store.sessions.is_familiar(
            account.id,
            device=device_hash(device),
            address_range=NO_RANGE,
            since=self.clock.now(),
        )

    def proof(self, method: Method) -> Proof:
        """Give the proof of something that was verified just now."""
        return Proof(method=method, at=self.clock.now())


def device_hash(device: Secret) -> str:
    """Give the hash under which a device cookie is kept."""
    return hashlib.sha256(b"device:" + device.reveal().encode()).hexdigest()

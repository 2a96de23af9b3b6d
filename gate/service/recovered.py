"""What a session that was proved by a recovery code may do with the account (G21).

It may add one factor, so that the person gets on, and neither remove any nor change addresses.
That holds until the end of the session, whatever else it proves: whoever has the new factor signs
in with it.
"""

from __future__ import annotations

from datetime import datetime

from gate.core.decision import Reason
from gate.core.ports import Store
from gate.core.subject import Method, Session


def is_recovered(session: Session) -> bool:
    """Say whether a recovery code is among a session's proofs."""
    return _recovered_at(session) is not None


def bar_to_change(session: Session) -> Reason | None:
    """Say why a session may not remove factors or change addresses, if so."""
    return Reason.NOT_BY_RECOVERY_CODE if is_recovered(session) else None


def bar_to_addition(session: Session, store: Store) -> Reason | None:
    """Say why a session may not add a factor: a recovery code has let it add one already."""
    recovered_at = _recovered_at(session)
    if recovered_at is None:
        return None
    account = session.account.id
    additions = (
        *((app.added_with, app.added_at) for app in store.accounts.totps(account)),
        *((key.added_with, key.added_at) for key in store.keys.of_account(account)),
    )
    added = any(Method.RECOVERY_CODE in proved and at >= recovered_at for proved, at in additions)
    return Reason.NOT_BY_RECOVERY_CODE if added else None


def _recovered_at(session: Session) -> datetime | None:
    return next(
        (proof.at for proof in session.proofs if proof.method is Method.RECOVERY_CODE), None
    )

"""What the gate keeps of an account, for its owner to take along: no secret and no hash in it.

It says where and when somebody was, so it takes the account's strongest proof (G3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gate.core.network import Allowlist
from gate.core.policy import Policy
from gate.core.ports import AuditRecord, Clock, SecurityKey, Store, Totp
from gate.core.subject import Account, Proof, Session
from gate.service.audit import Events
from gate.service.fresh_proof import Change, FreshProof, Given, Unproved
from gate.service.history import MOST_AT_ONCE, History, Wanted
from gate.service.sessions import Sessions
from gate.service.visitor import Visitor

COPY: Final = Change(name="a copy of the own data", parameters={})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """The use case of the download."""

    store: Store
    clock: Clock
    policy: Callable[[], Policy]
    sessions: Sessions
    history: History
    fresh_proof: FreshProof
    events: Events

    def copy(
        self, session: Session, given: Given, visitor: Visitor
    ) -> Mapping[str, object] | Unproved:
        """Give everything as plain values, after the proof."""
        unproved = self.fresh_proof.strongest(session, given, COPY, visitor)
        if unproved is not None:
            self.events.note("own_data_refused", visitor, session.account, **unproved.noted)
            return unproved
        self.events.note("own_data_saved", visitor, session.account)
        return self._everything(session.account)

    def _everything(self, account: Account) -> Mapping[str, object]:
        history = self.history.part(account, Wanted(kinds=None), most=MOST_AT_ONCE)
        hosts = self.sessions.hosts(account.id)
        now = self.clock.now()
        trial = account.trial_at(now)
        return {
            "made_at": _moment(now),
            "account": self._account(account),
            "factors": self._factors(account),
            "addresses": _addresses(account.networks),
            "addresses_tried": _addresses(None if trial is None else trial.networks),
            "sessions": [
                _session(each, hosts.get(each.id, (each.host,)))
                for each in self.sessions.list(account.id)
            ],
            "events": [_event(event) for event in history.events],
            "has_older_events": history.older is not None,
        }

    def _account(self, account: Account) -> Mapping[str, object]:
        return {
            "name": account.name,
            "display_name": account.display_name,
            "email": account.email,
            "state": account.state.value,
            "groups": list(self.policy().groups_of(account.name)),
            "always_second_factor": account.always_second_factor,
        }

    def _factors(self, account: Account) -> Mapping[str, object]:
        codes = self.store.recovery_codes
        return {
            "password": {"set_at": _moment(self.store.accounts.password_set_at(account.id))},
            "security_keys": [_key(key) for key in self.store.keys.of_account(account.id)],
            "code_apps": [_factor(app) for app in self.store.accounts.totps(account.id)],
            "recovery_codes": {
                "left": codes.left(account.id),
                "made_at": _moment(codes.made_at(account.id)),
            },
        }


def _key(key: SecurityKey) -> Mapping[str, object]:
    return {
        **_factor(key),
        "counts_from": _moment(key.counts_from),
        "transports": list(key.transports),
        "with_pin_or_fingerprint": key.user_verified,
        "synced": key.backed_up,
        "may_be_copied_since": _moment(key.clone_warned_at),
    }


def _factor(factor: SecurityKey | Totp) -> Mapping[str, object]:
    return {
        "name": factor.name,
        "added_at": _moment(factor.added_at),
        "added_with": [method.value for method in factor.added_with],
        "last_used": _moment(factor.last_used),
    }


def _addresses(networks: Allowlist | None) -> list[Mapping[str, object]]:
    entries = networks.entries if networks else ()
    return [{"network": str(entry.network), "note": entry.note} for entry in entries]


def _session(session: Session, hosts: tuple[str, ...]) -> Mapping[str, object]:
    return {
        "signed_in_at": _moment(session.created_at),
        "last_active": _moment(session.last_seen),
        "address": str(session.address),
        "browser": session.browser,
        "hosts": list(hosts),
        "proofs": [_proof(proof) for proof in session.proofs],
    }


def _proof(proof: Proof) -> Mapping[str, object]:
    return {"method": proof.method.value, "at": _moment(proof.at)}


def _event(event: AuditRecord) -> Mapping[str, object]:
    said = {
        "kind": event.kind,
        "address": event.client,
        "site": event.site,
        "reason": event.reason,
        "request": event.request,
        "details": dict(event.details),
    }
    return {"at": _moment(event.at)} | {name: value for name, value in said.items() if value}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()

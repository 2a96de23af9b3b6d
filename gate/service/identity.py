"""What the upstream is told about who is asking, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from gate.core.decision import Obligation, Permit, Reason
from gate.core.headers import Headers
from gate.core.policy import Policy
from gate.core.subject import Session
from gate.service.assertion import Assertions


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Builds the identity headers of a permit; a permit without the obligation gets none."""

    assertions: Assertions

    def headers(
        self,
        policy: Policy,
        permit: Permit,
        session: Session | None,
        when: tuple[str, int, datetime],
    ) -> Headers:
        """Give Remote-* and the assertion, which is for no public page (G28).

        `when` is site, epoch and now.
        """
        if session is None or Obligation.SET_IDENTITY not in permit.obligations:
            return ()
        if permit.reason is Reason.PUBLIC:
            return _names(policy, session)
        site, epoch, now = when
        signed = self.assertions.of(session, site, epoch, now)
        return (*_names(policy, session), (b"X-Gate-Assertion", signed))


def _names(policy: Policy, session: Session) -> Headers:
    account = session.account
    headers = [(b"Remote-User", account.name.encode())]
    if groups := policy.groups_of(account.name):
        headers.append((b"Remote-Groups", ",".join(groups).encode()))
    if account.display_name:
        headers.append((b"Remote-Name", quote(account.display_name, safe=" ").encode()))
    if account.email:
        headers.append((b"Remote-Email", quote(account.email, safe="@+").encode()))
    return tuple(headers)

"""The part of a journey about a code app: its seed is shown, and a code of it confirms it (T64).

The seed waits for the journey's cookie, and stays the same however often a code is wrong, so that
a phone which has scanned it once is right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gate.core.secret_text import Secret
from gate.service.audit import Events
from gate.service.journeys import Enrolling, Journeys
from gate.service.new_code_apps import Confirmed, NewCodeApps, NothingPending, Pending, Unconfirmed
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolCodeApp:
    """Shows and confirms the code app of a journey."""

    journeys: Journeys
    new_code_apps: NewCodeApps
    events: Events

    def show(self, enrolling: Enrolling) -> Pending:
        """Give the app that waits to be confirmed."""
        return self.new_code_apps.begin(enrolling.held, enrolling.account)

    def confirm(
        self, enrolling: Enrolling, code: Secret, visitor: Visitor
    ) -> Unconfirmed | NothingPending | None:
        """Confirm the app by a code that it shows; None when it is part of the journey."""
        answer = self.new_code_apps.confirm(enrolling.held, enrolling.account, code)
        if isinstance(answer, Confirmed):
            now = self.journeys.clock.now()
            self.journeys.keep(enrolling, replace(enrolling.journey, app=answer, app_at=now))
            return None
        if isinstance(answer, Unconfirmed):
            self.events.note("enrolment_refused", visitor, enrolling.account, reason=answer.reason)
        return answer

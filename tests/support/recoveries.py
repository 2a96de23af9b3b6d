"""People who lost their phone and get on with a recovery code."""

from __future__ import annotations

from gate.core.secret_text import Secret
from gate.core.subject import Account, Session
from gate.service.step_up import SteppedUp
from tests.support.use_cases import House, at


def codes_of(house: House, account: Account) -> tuple[Secret, ...]:
    """Give somebody a set of recovery codes."""
    return house.factors.recovery_codes.new_set(account)


def recovered_session(house: House, account: Account) -> Session:
    """Give the session of somebody who signed in with the password and a recovery code."""
    code = codes_of(house, account)[0]
    token = house.entered(account.name).token
    stepped = house.factors.recovery_step_up(token=token, code=code, visitor=at())
    assert isinstance(stepped, SteppedUp), stepped
    return stepped.issued.session

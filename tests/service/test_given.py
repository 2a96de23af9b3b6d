"""What a request brings along as proof, and what the proof is bound to."""

from __future__ import annotations

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.service.given import Change, Given, Unproved


def test_g3_a_change_is_bound_with_all_that_it_would_write() -> None:
    change = Change(name="networks", parameters={"networks": "203.0.113.0/24"})
    assert change.binding != Change(name="networks", parameters={"networks": ""}).binding
    assert change.binding != Change(name="other", parameters=change.parameters).binding


def test_how_a_browser_ends_lines_makes_no_other_change() -> None:
    lines = ["a\r\nb", "a\nb", "a\rb"]
    assert len({Change(name="networks", parameters={"x": each}).binding for each in lines}) == 1


def test_t71_what_was_given_is_not_shown() -> None:
    given = Given(typed=Secret("the password"), key='{"id": "the answer"}')
    change = Change(name="networks", parameters={"networks": "203.0.113.0/24"})
    assert "the" not in repr(given)
    assert "203" not in repr(change)


def test_only_one_reason_ends_a_session() -> None:
    assert Unproved(reason=Reason.SESSION_ENDED).session_ended
    assert not Unproved(reason=Reason.WRONG_KEY).session_ended


def test_the_audit_is_told_which_check_failed_where_there_was_one() -> None:
    plain = Unproved(reason=Reason.WRONG_CODE)
    keyed = Unproved(reason=Reason.WRONG_KEY, detail="wrong_origin")
    assert plain.noted == {"reason": Reason.WRONG_CODE}
    assert keyed.noted == {"reason": Reason.WRONG_KEY, "detail": "wrong_origin"}

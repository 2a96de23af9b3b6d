"""Decision records: what was decided and why, and nothing that is secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Deny, Level, Permit, Reason, Report, StepUp
from gate.core.front_door import WireRequest
from gate.core.refusal import unclean
from gate.core.secret_text import MASK
from gate.core.subject import Method
from gate.service.records import (
    LONGEST_PATH,
    LONGEST_WORD,
    decision_record,
    refusal_record,
    repeats_record,
)
from tests.support.decisions import HOME, NOW, access, account, ref, session, site

DENIED = Deny(reason=Reason.RULE_DENIES, rule=ref("closed", 7))


def wired(method: bytes = b"GET", target: bytes = b"/x") -> WireRequest:
    return WireRequest(
        method=method, target=target, version=b"HTTP/1.1", headers=(), peer="203.0.113.9"
    )


def test_a_decision_is_recorded_with_its_inputs() -> None:
    who = session(account(), Method.PASSWORD)
    record = decision_record(access(site(), "/admin", who=who), DENIED, "r-1", 4)
    assert (record.kind, record.request, record.site, record.account) == (
        "decision",
        "r-1",
        "wiki",
        "alice",
    )
    assert (record.client, record.outcome, record.reason) == (HOME, "deny", "rule_denies")
    assert (record.rule, record.method, record.path, record.version) == (
        "closed",
        "GET",
        "/admin",
        4,
    )
    assert record.details == {"at": "wiki.yaml:7:1", "proofs": {"password": 60}}


def test_a_stranger_has_no_name_and_no_rule_no_place() -> None:
    nobody = decision_record(access(site()), Deny(reason=Reason.NO_RULE_MATCHED), "r-1", 1)
    assert (nobody.account, nobody.rule, nobody.details) == ("", "", {})


def test_g7_reports_and_what_an_observing_site_let_pass_are_recorded() -> None:
    decision = Permit(
        reason=Reason.OBSERVED,
        observed=DENIED,
        reports=(Report(rule=ref("trial"), would="deny"),),
    )
    details = decision_record(access(site()), decision, "r", 1).details
    assert details == {
        "reports": [{"rule": "trial", "would": "deny"}],
        "observed": {"outcome": "deny", "reason": "rule_denies"},
    }


def test_a_step_up_says_its_level() -> None:
    asked = StepUp(reason=Reason.NEEDS_SECOND_FACTOR, level=Level.SECOND_FACTOR)
    assert decision_record(access(site()), asked, "r", 1).details == {"level": "second_factor"}


def test_repeats_name_the_first_request() -> None:
    first = decision_record(access(site()), DENIED, "r-1", 1)
    later = NOW + timedelta(minutes=1)
    repeats = repeats_record(first, 9, later)
    assert (repeats.kind, repeats.repeats, repeats.request, repeats.at) == (
        "repeats",
        9,
        "r-1",
        later,
    )


def test_r3_what_a_refused_request_said_is_bounded() -> None:
    record = refusal_record(unclean("odd"), wired(b"M" * 9000, b"/" + b"p" * 9000), "r", NOW)
    assert (len(record.method), len(record.path)) == (LONGEST_WORD, LONGEST_PATH)
    assert record.details == {"status": 400, "detail": "odd"}
    long = decision_record(access(site(), "/" + "p" * 9000), DENIED, "r", 1)
    assert len(long.path) == LONGEST_PATH


@pytest.mark.parametrize("target", [b"/x?token=s3cret", b"/x?a?b=s3cret"])
def test_g27_no_query_is_recorded(target: bytes) -> None:
    assert "s3cret" not in repr(refusal_record(unclean("odd"), wired(target=target), "r", NOW))


@pytest.mark.parametrize(
    "path",
    [
        "/-/gate/enrol/s3cret",
        "/-/GATE/Enrol/s3cret/x",
        "/-/gate//enrol//s3cret",
        "/-/gate/enrol/s3cret\n",
    ],
)
def test_g20_the_token_of_a_link_is_masked_in_every_spelling(path: str) -> None:
    refused = refusal_record(unclean("odd"), wired(target=path.encode()), "r", NOW)
    decided = decision_record(access(site(), path), DENIED, "r", 1)
    for record in (refused, decided):
        assert "s3cret" not in repr(record)
        assert record.path.endswith(MASK)


def test_other_paths_are_kept_as_they_are() -> None:
    assert decision_record(access(site(), "/enrol/x"), DENIED, "r", 1).path == "/enrol/x"

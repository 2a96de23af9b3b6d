"""Decision records: what was decided and why, and nothing that is secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from gate.core.access import Access
from gate.core.decision import Decision, Deny, Level, Permit, Reason, Report, StepUp
from gate.core.front_door import WireRequest
from gate.core.ports import AuditRecord
from gate.core.refusal import unclean
from gate.core.secret_text import MASK
from gate.core.subject import Method
from gate.service.policies import InForce
from gate.service.records import (
    HASH_DIGITS,
    LONGEST_PATH,
    LONGEST_WORD,
    decision_record,
    refusal_record,
    repeats_record,
)
from tests.support.decisions import HOME, NOW, access, account, ref, session, site
from tests.support.enforcing import POLICY, RECORD_KEY
from tests.support.policies import policy_of

DENIED = Deny(reason=Reason.RULE_DENIES, rule=ref("closed", 7))


def decided(asked: Access, decision: Decision, request: str = "r", number: int = 1) -> AuditRecord:
    in_force = InForce(number=number, policy=policy_of(POLICY))
    return decision_record(asked, decision, request, in_force, RECORD_KEY)


def wired(method: bytes = b"GET", target: bytes = b"/x") -> WireRequest:
    return WireRequest(
        method=method, target=target, version=b"HTTP/1.1", headers=(), peer="203.0.113.9"
    )


def test_a_decision_is_recorded_with_its_inputs() -> None:
    who = session(account(), Method.PASSWORD)
    record = decided(access(site(), "/admin", who=who), DENIED, "r-1", 4)
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
    assert record.details == {
        "at": "wiki.yaml:7:1",
        "proofs": {"password": 60},
        "groups": ["admins", "staff"],
    }


def test_a_stranger_has_no_name_and_no_rule_no_place() -> None:
    nobody = decided(access(site()), Deny(reason=Reason.NO_RULE_MATCHED), "r-1")
    assert (nobody.account, nobody.rule, nobody.details) == ("", "", {})


def test_g7_reports_and_what_an_observing_site_let_pass_are_recorded() -> None:
    decision = Permit(
        reason=Reason.OBSERVED,
        observed=DENIED,
        reports=(Report(rule=ref("trial"), would="deny"),),
    )
    details = decided(access(site()), decision, "r").details
    assert details == {
        "reports": [{"rule": "trial", "would": "deny"}],
        "observed": {"outcome": "deny", "reason": "rule_denies"},
    }


def test_a_step_up_says_its_level() -> None:
    asked = StepUp(reason=Reason.NEEDS_SECOND_FACTOR, level=Level.SECOND_FACTOR)
    assert decided(access(site()), asked, "r").details == {"level": "second_factor"}


def test_repeats_name_the_first_request() -> None:
    first = decided(access(site()), DENIED, "r-1")
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
    long = decided(access(site(), "/" + "p" * 9000), DENIED)
    assert len(long.path) == LONGEST_PATH
    wide = decided(access(site(), "/" + "\N{BLACK STAR}" * 9000), DENIED)
    assert LONGEST_PATH - 3 < len(wide.path.encode()) <= LONGEST_PATH


def test_r3_a_refused_request_never_spoils_the_records_beside_its_own() -> None:
    record = refusal_record(unclean("odd"), wired(b"G\0T", b"/a\0b\xff"), "r", NOW)
    assert (record.method, record.path) == ("G\u2400T", "/a\u2400b\xff")


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
    denied = decided(access(site(), path), DENIED)
    for record in (refused, denied):
        assert "s3cret" not in repr(record)
        assert record.path.endswith(MASK)


@pytest.mark.parametrize(
    "path",
    [
        "/-/gate/enrol%2Fs3cret",
        "/-/gate/enrol%252fs3cret",
        "/%2D/gate/enrol/s3cret",
        "/x/../-/gate/enrol/s3cret",
        "/-/gate/enrol/./s3cret",
        "/-/gate/enrol\\s3cret",
        "http://elsewhere.example/-/gate/enrol/s3cret",
    ],
)
def test_g20_the_token_of_a_link_that_was_mangled_is_masked_too(path: str) -> None:
    record = refusal_record(unclean("odd"), wired(target=path.encode()), "r", NOW)
    assert "s3cret" not in repr(record)
    assert record.path.endswith(MASK)


def test_other_paths_are_kept_as_they_are() -> None:
    assert decided(access(site(), "/enrol/x"), DENIED).path == "/enrol/x"


def test_g27_of_query_and_headers_only_what_a_rule_reads_is_recorded() -> None:
    asked = replace(
        access(site(), "/x"),
        query={"action": "edit", "page": None},
        read={"x-robot": "yes"},
        headers=((b"X-Other", b"s3cret"),),
    )
    record = decided(asked, DENIED)
    assert record.details["query"] == {"action": "edit", "page": None}
    assert record.details["headers"] == {"x-robot": "yes"}
    assert "s3cret" not in repr(record)
    assert "query" not in decided(access(site(), "/x"), DENIED).details


@pytest.mark.parametrize(
    ("name", "value"),
    [("note", "s3cret" * 30), ("Token", "s3cret"), ("api_key", "s3cret"), ("Referer", "/s3cret")],
)
def test_g27_what_is_long_or_called_a_secret_is_recorded_as_a_keyed_hash(
    name: str, value: str
) -> None:
    first = decided(replace(access(site()), query={name: value}), DENIED).details["query"]
    again = decided(replace(access(site()), query={name: value}), DENIED).details["query"]
    other = decided(replace(access(site()), query={name: value + "x"}), DENIED).details["query"]
    assert "s3cret" not in repr(first)
    assert first == again != other
    keyless = sha256(f"{name}\0{value}".encode()).hexdigest()
    assert keyless[:HASH_DIGITS] not in repr(first)

"""The enforcement point: what passes, what it carries, and what never passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.decision import Obligation, Reason
from gate.core.errors import StoreError, StoreUnavailable
from gate.core.handoff import REFUSAL, decode_refusal
from gate.core.ports import AuditFilter
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState, Method, SessionLimits
from gate.service.answer import Forward, Respond, ToPages
from gate.service.tokens import token_hash
from tests.support.broken_store import BrokenStore
from tests.support.decisions import allowlist
from tests.support.enforcing import (
    ABROAD,
    BOTH,
    FETCH,
    HOST,
    NAVIGATION,
    POLICY,
    SOCKET,
    WORKER_SECRET,
    Gate,
    forwarded,
    handed,
    outcome,
    responded,
    sent,
    wire,
)

OBSERVED = POLICY.replace(
    "upstream: http://127.0.0.1:8000\n",
    "upstream: http://127.0.0.1:8000\n    mode: observe\n    observe_until: 2026-12-24\n",
)


def test_g13_a_rule_that_reads_a_header_is_enforced_as_it_is_explained() -> None:
    gate = Gate()
    token = gate.signed_in()
    assert isinstance(gate.ask("/feed/x", token), Forward)
    robot = responded(gate.ask("/feed/x", token, ("X-Robot", "yes")))
    assert (robot.status, robot.reason) == (403, Reason.RULE_DENIES)


def test_g19_an_open_exchange_is_decided_with_its_own_headers() -> None:
    gate = Gate()
    token = gate.signed_in()
    exchange = forwarded(gate.ask("/feed/x", token, ("X-Agent", "yes"))).exchange
    gate.publish(POLICY.replace("X-Robot", "X-Agent"))
    assert not gate.enforcer.still_permitted(exchange)


def test_r14_an_idle_session_is_not_revived_by_a_public_page() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.clock.advance(SessionLimits().idle)
    assert isinstance(gate.ask("/", token, *NAVIGATION), Forward)
    assert responded(gate.ask("/notes", token)).reason is Reason.SESSION_ENDED


def test_r14_an_idle_session_is_not_revived_by_the_sign_in_page() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.clock.advance(SessionLimits().idle)
    assert isinstance(gate.ask("/-/gate/sign-in", token, *NAVIGATION), ToPages)
    assert responded(gate.ask("/notes", token)).reason is Reason.SESSION_ENDED


def test_r16_a_stream_that_carried_identity_ends_with_the_session() -> None:
    gate = Gate()
    token = gate.signed_in()
    exchange = forwarded(gate.ask("/guests/live", token, *SOCKET)).exchange
    assert gate.enforcer.still_permitted(exchange)
    gate.store.sessions.end(token_hash(Secret(token)))
    assert not gate.enforcer.still_permitted(exchange)


def test_r16_a_stream_of_an_observing_site_ends_with_the_session_that_opened_it() -> None:
    gate = Gate(policy=OBSERVED)
    token = gate.signed_in()
    exchange = forwarded(gate.ask("/live", token, *SOCKET)).exchange
    gate.store.sessions.end(token_hash(Secret(token)))
    assert not gate.enforcer.still_permitted(exchange)


def test_f4_with_a_required_audit_every_permit_is_recorded_before_it_is_given() -> None:
    gate = Gate(audit_required=True)
    token = gate.signed_in()
    for _ in range(3):
        assert isinstance(gate.ask("/notes", token), Forward)
    assert len(gate.records()) == 3


def test_g20_the_token_of_a_link_is_not_recorded() -> None:
    gate = Gate()
    assert isinstance(gate.ask("/-/gate/enrol/s3cr3t-t0ken", None, *NAVIGATION), ToPages)
    assert isinstance(gate.ask("/-/gate/enrol/s3cr3t%0At0ken"), Respond)
    written = repr([*gate.records(), *gate.records("refusal")])
    assert "t0ken" not in written


def test_g3_a_denied_frame_gets_no_page_of_the_gate() -> None:
    gate = Gate()
    frame = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))
    answer = responded(gate.ask("/closed/x", gate.signed_in(), *frame))
    assert answer.status == 403
    assert answer.personal is None
    assert sent(answer.headers, "content-type") == ["application/json"]


# --- nothing passes without a permit -------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "who", "expected"),
    [
        ("/", None, ("Forward", 0)),
        ("/notes", None, ("Respond", 401)),
        ("/notes", "junk", ("Respond", 401)),
        ("/notes", "partial", ("Respond", 401)),
        ("/notes", "stranger to the policy", ("Respond", 403)),
        ("/notes", "full", ("Forward", 0)),
        ("/closed/x", "full", ("Respond", 403)),
        ("/fresh/x", "full", ("Forward", 0)),
        ("/fresh/x", "stale", ("Respond", 401)),
        ("/a//b", "full", ("Respond", 400)),
        ("/-/gate/sign-in", None, ("ToPages", 0)),
        ("/-/gate/step-up", None, ("Respond", 401)),
        ("/-/gate/step-up", "partial", ("ToPages", 0)),
        ("/-/gate/account/", "partial", ("Respond", 401)),
        ("/-/gate/account/", "full", ("ToPages", 0)),
        ("/-/gate/admin/", "full", ("ToPages", 0)),
        ("/-/gate/admin/", "not an admin", ("Respond", 403)),
        ("/-/gate/nothing", "full", ("Respond", 404)),
        ("/-/gate/refusal", "full", ("Respond", 404)),
    ],
    ids=str,
)
def test_g8_g14_who_reaches_what(path: str, who: str | None, expected: tuple[str, int]) -> None:
    gate = Gate()
    alice, bob, eve = gate.add("alice"), gate.add("bob"), gate.add("eve")
    tokens = {
        "junk": "junk",
        "partial": gate.sign_in(alice, Method.PASSWORD, token="partial"),
        "full": gate.sign_in(alice, *BOTH, token="full"),
        "not an admin": gate.sign_in(bob, *BOTH, token="bob"),
        "stranger to the policy": gate.sign_in(eve, *BOTH, token="eve"),
        "stale": gate.sign_in(
            alice, *BOTH, token="stale", ages={Method.TOTP: timedelta(minutes=10)}
        ),
    }
    assert outcome(gate.ask(path, tokens[who] if who else None)) == expected


@pytest.mark.parametrize("call", range(1, 12))
@pytest.mark.parametrize("path", ["/notes", "/", "/-/gate/account/"])
def test_f6_a_store_that_fails_at_any_call_permits_nothing(path: str, call: int) -> None:
    gate = Gate(audit_required=True)
    token = gate.signed_in()
    gate.store = broken = BrokenStore(gate.kept, fail_on={"*"}, from_call=call)
    gate.rebuild()
    try:
        answer = gate.ask(path, token)
    except StoreError:
        assert len(broken.calls) == call
    else:
        assert outcome(answer)[0] in {"Forward", "ToPages"}
        assert len(broken.calls) < call


def test_f6_a_gate_that_lost_its_store_permits_nothing_that_it_knew() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.store = broken = BrokenStore(gate.kept)
    gate.rebuild()
    exchange = forwarded(gate.ask("/notes", token)).exchange
    broken.fail_on = {"epoch"}
    with pytest.raises(StoreUnavailable):
        gate.ask("/notes", token)
    with pytest.raises(StoreUnavailable):
        gate.enforcer.still_permitted(exchange)
    with pytest.raises(StoreUnavailable):
        gate.enforcer.moved()
    broken.mend()
    assert isinstance(gate.ask("/notes", token), Forward)


def test_g2_a_policy_that_can_not_be_loaded_permits_nothing_until_it_can() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.store = broken = BrokenStore(gate.kept)
    gate.rebuild()
    gate.ask("/notes", token)
    gate.publish(POLICY.replace("group: staff", "group: admins"))
    broken.fail_on = {"policies.version"}
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            gate.ask("/notes", token)
    broken.mend()
    assert isinstance(gate.ask("/notes", token), Forward)


def test_f26_a_broken_log_stops_nothing_unless_records_are_required() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.store = BrokenStore(gate.kept, fail_on={"audit.append"})
    gate.rebuild()
    assert isinstance(gate.ask("/notes", token), Forward)
    gate.audit.stop()
    assert gate.audit.dropped == 1


# --- what is cached and when it goes -------------------------------------------------------


def test_g1_a_permit_is_used_again_and_counted() -> None:
    gate = Gate()
    token = gate.signed_in()
    for _ in range(4):
        assert isinstance(gate.ask("/notes", token), Forward)
    gate.enforcer.close()
    assert len(gate.records()) == 1
    assert [record.repeats for record in gate.records("repeats")] == [3]


def test_g1_the_repeats_are_recorded_while_the_gate_goes_on() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/notes", token)
    gate.ask("/notes", token)
    gate.clock.advance(timedelta(seconds=9))
    gate.enforcer.moved()
    assert gate.records("repeats") == []
    gate.clock.advance(timedelta(seconds=1))
    gate.enforcer.moved()
    assert [record.repeats for record in gate.records("repeats")] == [1]


@pytest.mark.parametrize("token", [None, "other"])
def test_g1_another_session_does_not_use_the_permit(token: str | None) -> None:
    gate = Gate()
    gate.ask("/notes", gate.signed_in())
    assert outcome(gate.ask("/notes", token)) == ("Respond", 401)


def test_g1_another_address_does_not_use_the_permit() -> None:
    gate = Gate()
    token = gate.signed_in(networks=("203.0.113.0/24",))
    assert isinstance(gate.ask("/notes", token), Forward)
    assert responded(gate.ask("/notes", token, peer=ABROAD)).reason is Reason.IP_NOT_ALLOWED


def test_g1_another_header_does_not_use_the_permit() -> None:
    gate = Gate()
    token = gate.signed_in()
    assert isinstance(gate.ask("/feed/x", token), Forward)
    assert outcome(gate.ask("/feed/x", token, ("X-Robot", "yes"))) == ("Respond", 403)
    assert outcome(gate.ask("/feed/x", token, ("X-Robot", "yes"))) == ("Respond", 403)


def test_t07_a_header_does_not_choose_the_address() -> None:
    gate = Gate()
    token = gate.signed_in(networks=("203.0.113.0/24",))
    spoofed = gate.ask("/notes", token, ("X-Forwarded-For", "203.0.113.9"), peer=ABROAD)
    assert responded(spoofed).reason is Reason.IP_NOT_ALLOWED


def test_g18_a_cached_permit_ends_when_its_proof_is_stale() -> None:
    gate = Gate()
    token = gate.signed_in()
    assert isinstance(gate.ask("/fresh/x", token), Forward)
    gate.clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    assert isinstance(gate.ask("/fresh/x", token), Forward)
    gate.clock.advance(timedelta(seconds=1))
    assert responded(gate.ask("/fresh/x", token)).reason is Reason.FACTOR_TOO_OLD


def test_f7_a_wall_clock_that_is_set_back_does_not_lengthen_a_cached_permit() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/fresh/x", token)
    gate.clock.advance(timedelta(minutes=10))
    gate.clock.set_wall(gate.clock.now() - timedelta(minutes=10, seconds=1))
    assert responded(gate.ask("/fresh/x", token)).reason is Reason.FACTOR_TOO_OLD


REVOCATIONS: dict[str, Callable[[Gate, Account], object]] = {
    "sign-out": lambda gate, alice: gate.kept.sessions.end_all(alice.id),
    "disabled": lambda gate, alice: gate.kept.accounts.set_state(alice.id, AccountState.DISABLED),
    "deleted": lambda gate, alice: gate.kept.accounts.delete(alice.id),
    "own list": lambda gate, alice: gate.kept.accounts.set_networks(
        alice.id, allowlist("10.9.9.0/24")
    ),
    "policy": lambda gate, _: gate.publish(POLICY.replace("staff: [alice, bob]", "staff: [bob]")),
}


@pytest.mark.parametrize("how", REVOCATIONS)
def test_t43_a_revocation_counts_on_the_next_request_and_on_open_streams(how: str) -> None:
    gate = Gate()
    alice = gate.add()
    token = gate.sign_in(alice, *BOTH)
    exchange = forwarded(gate.ask("/notes", token)).exchange
    gate.enforcer.moved()
    assert not gate.enforcer.moved()
    REVOCATIONS[how](gate, alice)
    assert gate.enforcer.moved()
    assert not gate.enforcer.still_permitted(exchange)
    assert outcome(gate.ask("/notes", token))[0] == "Respond"


def test_t43_widening_a_list_counts_on_the_next_request() -> None:
    gate = Gate()
    alice = gate.add(networks=("10.9.9.0/24",))
    token = gate.sign_in(alice, *BOTH)
    assert outcome(gate.ask("/notes", token)) == ("Respond", 403)
    gate.kept.accounts.set_networks(alice.id, None)
    assert isinstance(gate.ask("/notes", token), Forward)


def test_g2_a_new_session_is_found_though_its_cookie_was_unknown_before() -> None:
    gate = Gate()
    alice = gate.add()
    assert outcome(gate.ask("/notes", "later")) == ("Respond", 401)
    gate.sign_in(alice, *BOTH, token="later")
    assert isinstance(gate.ask("/notes", "later"), Forward)


def test_g2_activity_seen_by_another_process_keeps_a_session_alive() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/notes", token)
    gate.clock.advance(timedelta(minutes=59))
    gate.kept.sessions.touch({token_hash(Secret(token)): gate.clock.now()})
    gate.clock.advance(timedelta(minutes=1))
    assert isinstance(gate.ask("/notes", token), Forward)


def test_g19_navigation_keeps_a_session_alive_and_a_fetch_does_not() -> None:
    gate = Gate()
    token = gate.signed_in()
    for headers, lives in ((NAVIGATION, True), (FETCH, False)):
        gate.clock.advance(timedelta(minutes=40))
        assert isinstance(gate.ask("/notes", token, *headers), Forward)
        gate.clock.advance(timedelta(minutes=19))
        gate.ask("/notes", token, *FETCH)
        gate.clock.advance(timedelta(minutes=2))
        assert isinstance(gate.ask("/notes", token, *NAVIGATION), Forward) is lives


def test_r14_activity_does_not_outlive_the_absolute_end() -> None:
    gate = Gate(limits=SessionLimits(absolute=timedelta(hours=2)))
    token = gate.signed_in()
    for _ in range(3):
        gate.clock.advance(timedelta(minutes=39))
        assert isinstance(gate.ask("/notes", token, *NAVIGATION), Forward)
    gate.clock.advance(timedelta(minutes=3))
    assert outcome(gate.ask("/notes", token)) == ("Respond", 401)


@pytest.mark.parametrize("strict", [False, True])
def test_g19_within_counts_at_opening_unless_streams_are_strict(*, strict: bool) -> None:
    text = POLICY.replace("within: 10m}}", "within: 10m}, streams: strict}") if strict else POLICY
    gate = Gate(policy=text)
    exchange = forwarded(gate.ask("/fresh/live", gate.signed_in(), *SOCKET)).exchange
    gate.clock.advance(timedelta(minutes=11))
    assert gate.enforcer.still_permitted(exchange) is not strict


def test_g19_idle_time_ends_a_stream() -> None:
    gate = Gate()
    exchange = forwarded(gate.ask("/live", gate.signed_in(), *SOCKET)).exchange
    gate.clock.advance(timedelta(hours=1))
    assert not gate.enforcer.still_permitted(exchange)


def test_g19_a_stream_of_a_site_that_is_gone_or_is_another_ends() -> None:
    gate = Gate()
    exchange = forwarded(gate.ask("/", None, *SOCKET)).exchange
    assert gate.enforcer.still_permitted(exchange)
    gate.publish(POLICY.replace("  wiki:\n", "  wiki2:\n"))
    assert not gate.enforcer.still_permitted(exchange)
    gate.publish(POLICY.replace("wiki.example.com", "other.example.com"))
    assert not gate.enforcer.still_permitted(exchange)


# --- whose session, which host -------------------------------------------------------------


def test_g5_a_session_of_another_host_is_none() -> None:
    gate = Gate()
    token = gate.sign_in(gate.add(), *BOTH, host="shop.example.com")
    assert outcome(gate.ask("/notes", token)) == ("Respond", 401)
    assert isinstance(gate.ask("/notes", token, host="shop.example.com"), Forward)


@pytest.mark.parametrize(
    "cookie",
    [
        "__Host-gate=T; __Host-gate=T",
        '__Host-gate="T"',
        "__host-gate=T",
        "__Host-gate=T\t;",
        "__Host-gate",
        "__Host-gate=" + "x" * 8000,
        "__Host-gate-form=T",
    ],
    ids=lambda text: text[:32],
)
def test_t45_a_junk_cookie_is_no_cookie(cookie: str) -> None:
    gate = Gate()
    token = gate.signed_in()
    answer = gate.ask("/notes", None, ("Cookie", cookie.replace("=T", f"={token}")))
    if cookie.endswith("\t;"):
        assert outcome(answer)[0] in {"Forward", "Respond"}
    else:
        assert outcome(answer) == ("Respond", 401)


# --- what the upstream sees ----------------------------------------------------------------

FORGED = (
    ("Remote-User", "root"),
    ("REMOTE_USER", "root"),
    ("Remote-Groups", "admins"),
    ("X-Gate-Assertion", "forged"),
    ("X-Gate-Handoff", "forged"),
    ("X-Gate-Client", "10.0.0.1"),
    ("x-gate-refusal", "forged"),
    ("X_Gate_Site", "forged"),
    ("X-Forwarded-For", "10.0.0.1"),
    ("X-Forwarded-Host", "evil.test"),
    ("Forwarded", "for=10.0.0.1"),
)


def test_t01_the_upstream_sees_identity_of_the_gate_alone() -> None:
    gate = Gate()
    headers = forwarded(gate.ask("/notes", gate.signed_in(), *FORGED)).headers
    assert sent(headers, "remote-user") == ["alice"]
    assert sent(headers, "remote-groups") == ["admins,staff"]
    assert len(sent(headers, "x-gate-assertion")) == 1
    assert sent(headers, "x-forwarded-for") == ["203.0.113.9"]
    assert sent(headers, "x-forwarded-host") == [HOST]
    assert sent(headers, "x-forwarded-port") == ["443"]
    assert "forged" not in repr(headers)
    assert "10.0.0.1" not in repr(headers)


@pytest.mark.parametrize("who", [None, "partial", "full"])
def test_g7_public_tells_nobodys_name(who: str | None) -> None:
    gate = Gate()
    alice = gate.add()
    tokens = {
        "partial": gate.sign_in(alice, Method.PASSWORD, token="partial"),
        "full": gate.sign_in(alice, *BOTH, token="full"),
    }
    forward = forwarded(gate.ask("/", tokens[who] if who else None, *FORGED))
    assert sent(forward.headers, "remote-user") == []
    assert sent(forward.headers, "x-gate-assertion") == []
    assert not forward.private


@pytest.mark.parametrize(("who", "told"), [("partial", []), ("full", ["alice"]), ("", [])])
def test_g7_optional_identity_is_told_of_a_full_session_alone(who: str, told: list[str]) -> None:
    gate = Gate()
    alice = gate.add()
    gate.sign_in(alice, Method.PASSWORD, token="partial")
    gate.sign_in(alice, *BOTH, token="full")
    forward = forwarded(gate.ask("/guests/x", who or None))
    assert sent(forward.headers, "remote-user") == told
    assert forward.private is bool(told)


@pytest.mark.parametrize(("who", "told"), [("partial", []), ("full", ["alice"]), ("", [])])
def test_g7_an_observing_site_tells_identity_on_a_real_permit_alone(
    who: str, told: list[str]
) -> None:
    gate = Gate(policy=OBSERVED)
    alice = gate.add()
    gate.sign_in(alice, Method.PASSWORD, token="partial")
    gate.sign_in(alice, *BOTH, token="full")
    headers = forwarded(gate.ask("/notes", who or None, *FORGED)).headers
    assert sent(headers, "remote-user") == told
    assert len(sent(headers, "x-gate-assertion")) == len(told)


def test_g7_observing_ends_on_its_day_and_errors_are_enforced_before() -> None:
    gate = Gate(policy=OBSERVED)
    assert isinstance(gate.ask("/closed/x"), Forward)
    assert outcome(gate.ask("/a//b")) == ("Respond", 400)
    gate.clock.advance(timedelta(days=31))
    assert outcome(gate.ask("/closed/x")) == ("Respond", 403)


def test_t46_cookies_of_the_gate_never_reach_the_upstream() -> None:
    gate = Gate()
    token = gate.signed_in()
    mixed = ("Cookie", f"a=1; __Host-gate={token}; __Host-gate-form=x; b=2")
    headers = forwarded(gate.ask("/notes", None, mixed)).headers
    assert sent(headers, "cookie") == ["a=1; b=2"]


def test_g1_the_headers_of_a_repeat_are_its_own() -> None:
    gate = Gate()
    token = gate.signed_in()
    gate.ask("/notes", token, ("X-Mine", "one"))
    second = forwarded(gate.ask("/notes", token, ("X-Mine", "two")))
    assert sent(second.headers, "x-mine") == ["two"]
    assert second.exchange.request != ""


def test_g30_the_answer_to_a_permit_is_private_and_a_101_is_asked_for() -> None:
    gate = Gate()
    forward = forwarded(gate.ask("/live", gate.signed_in(), *SOCKET))
    shown = gate.enforcer.response_headers(
        forward, ((b"Cache-Control", b"public"), (b"Set-Cookie", b"__Host-gate=x")), 101
    )
    assert sent(shown, "cache-control") == ["private"]
    assert sent(shown, "upgrade") == ["websocket"]
    assert sent(shown, "set-cookie") == []
    assert sent(shown, "permissions-policy") != []
    assert sent(gate.enforcer.response_headers(forward, (), 200), "upgrade") == []


def test_a_location_of_the_upstream_becomes_one_of_the_site() -> None:
    rewriting = POLICY.replace(
        "upstream: http://127.0.0.1:8000\n",
        "upstream: http://127.0.0.1:8000\n    rewrite: [Location]\n",
    )
    gate = Gate(policy=rewriting)
    forward = forwarded(gate.ask("/"))
    shown = gate.enforcer.response_headers(
        forward, ((b"Location", b"http://127.0.0.1:8000/x"),), 302
    )
    assert sent(shown, "location") == [f"https://{HOST}/x"]


# --- what the pages see --------------------------------------------------------------------


def test_g22_the_pages_get_the_word_of_the_plane_alone() -> None:
    gate = Gate()
    token = gate.signed_in()
    answer = handed(gate.ask("/-/gate/account/", token, *FORGED, ("X-Gate-CSRF", "its own")))
    named = {
        name: sent(answer.headers, f"x-gate-{name}")
        for name in ("handoff", "client", "scheme", "host", "site", "request", "csrf", "refusal")
    }
    assert named == {
        "handoff": [WORKER_SECRET.reveal()],
        "client": ["203.0.113.9"],
        "scheme": ["https"],
        "host": [HOST],
        "site": ["wiki"],
        "request": [answer.request],
        "csrf": ["its own"],
        "refusal": [],
    }
    assert "forged" not in repr(answer.headers)


def test_g22_a_personal_refusal_carries_what_the_plane_says() -> None:
    gate = Gate()
    answer = responded(
        gate.ask("/closed/x?y=1", gate.signed_in(), *NAVIGATION, *FORGED, method="GET")
    )
    (value,) = [value for name, value in answer.personal_headers if name == REFUSAL]
    refusal = decode_refusal(value)
    assert refusal == answer.personal
    assert refusal is not None
    assert (refusal.status, refusal.account, refusal.text, refusal.wanted) == (
        403,
        "alice",
        "This is closed.",
        "/closed/x?y=1",
    )
    assert "forged" not in repr(answer.personal_headers)


def test_g5_a_host_of_the_pages_own_begins_at_the_account() -> None:
    gate = Gate(pages_host="id.example.com")
    first = responded(gate.ask("/", host="id.example.com"))
    assert (first.status, sent(first.headers, "location")) == (303, ["/-/gate/account/"])
    assert isinstance(gate.ask("/-/gate/sign-in", host="id.example.com"), ToPages)
    assert outcome(gate.ask("/notes", host="id.example.com")) == ("Respond", 404)
    assert outcome(gate.ask("/", host="other.example.com")) == ("Respond", 421)


# --- records -------------------------------------------------------------------------------


def test_a_refusal_is_recorded_and_ends_the_connection() -> None:
    gate = Gate()
    answer = responded(gate.ask("/a//b", None, *NAVIGATION))
    assert answer.close
    assert answer.body == f"<p>refused {answer.request}".encode()
    (record,) = gate.records("refusal")
    assert (record.request, record.path, record.reason) == (
        answer.request,
        "/a//b",
        Reason.UNCLEAN_REQUEST,
    )


def test_every_decision_is_recorded_with_the_version_that_made_it() -> None:
    gate = Gate()
    gate.ask("/closed/x")
    number = gate.publish(POLICY.replace("/closed/**", "/shut/**"))
    gate.ask("/shut/x")
    second, first = gate.records()
    assert (first.version, second.version) == (number - 1, number)
    assert (second.rule, second.outcome) == ("closed", "deny")


def test_what_fails_outside_a_decision_has_a_request_of_its_own() -> None:
    gate = Gate()
    first = gate.enforcer.failed(Reason.UPSTREAM_DOWN, 502, html=False)
    second = gate.enforcer.failed(Reason.UPSTREAM_SILENT, 504, html=True, close=True)
    assert (first.status, second.status, first.close, second.close) == (502, 504, False, True)
    assert first.request != second.request
    assert gate.kept.audit.search(AuditFilter()) == ()


def test_g1_a_report_is_kept_with_the_permit_and_counted_with_it() -> None:
    text = POLICY.replace(
        "      - {name: staff,",
        "      - {name: trial, mode: report, when: {path: /notes}, then: {deny: soon}}\n"
        "      - {name: staff,",
    )
    gate = Gate(policy=text)
    token = gate.signed_in()
    gate.ask("/notes", token)
    gate.ask("/notes", token)
    gate.enforcer.close()
    (repeats,) = gate.records("repeats")
    assert repeats.details["reports"] == [{"rule": "trial", "would": "deny"}]


def test_g19_obligations_that_were_given_have_to_hold() -> None:
    gate = Gate()
    exchange = forwarded(gate.ask("/", None)).exchange
    assert gate.enforcer.still_permitted(exchange)
    told = replace(exchange, obligations=frozenset({Obligation.SET_IDENTITY}))
    assert not gate.enforcer.still_permitted(told)


def test_t05_the_address_that_asks_is_the_one_behind_a_trusted_proxy() -> None:
    gate = Gate(trusted_proxies=allowlist("192.0.2.1/32"))
    token = gate.signed_in(networks=("203.0.113.0/24",))
    through = ("X-Forwarded-For", "10.0.0.1, 203.0.113.9")
    forward = forwarded(gate.ask("/notes", token, through, peer="192.0.2.1"))
    assert sent(forward.headers, "x-forwarded-for") == ["203.0.113.9"]


def test_an_answer_is_given_to_the_bytes_of_a_request() -> None:
    gate = Gate()
    broken = replace(wire("/"), version=b"HTTP/2")
    assert outcome(gate.enforcer.answer(broken)) == ("Respond", 505)

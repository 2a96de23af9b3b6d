"""The tests that stand in a policy: how they are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gate.config.policy_cases import Request, parse_request
from gate.core.host import Host
from gate.core.policy import PolicyTest
from tests.support.policies import SITE, policy_of, problems_of

LEAST = "name: t, request: GET https://wiki.example.com/, from: 192.0.2.1, expect: sign_in"


def case(text: str) -> PolicyTest:
    (test,) = policy_of(f"{SITE}tests: [{{{text}}}]").tests
    return test


def told(text: str) -> list[str]:
    return [line.split(": ", 1)[1] for line in problems_of(f"{SITE}tests: [{{{text}}}]")]


def test_a_test_needs_four_things() -> None:
    test = case(LEAST)
    assert (test.name, test.method, test.url) == ("t", "GET", "https://wiki.example.com/")
    assert (test.client, test.expect, test.account) == ("192.0.2.1", "sign_in", None)
    assert (dict(test.proofs), test.factors, test.time, test.rule) == ({}, None, None, None)
    assert str(test.at) == "p.yaml:7:16"


def test_a_test_may_say_more() -> None:
    test = case(
        "name: t, request: POST http://WIKI.example.com/a?b=c, from: '::1', as: Bob,"
        " proofs: {password: 5m, security_key: 1m}, factors: [totp, security_key],"
        " headers: {Accept: text/html}, time: 2027-03-31T08:00:00Z, expect: step_up security_key,"
        " rule: staff"
    )
    assert test.account == "bob"
    assert test.proofs == {"password": timedelta(minutes=5), "security_key": timedelta(minutes=1)}
    assert test.factors == frozenset({"totp", "security_key"})
    assert test.headers == {"Accept": "text/html"}
    assert test.time == datetime(2027, 3, 31, 8, tzinfo=UTC)
    assert (test.expect, test.level, test.rule) == ("step_up", "security_key", "staff")


def test_an_account_may_have_no_factors() -> None:
    assert case(f"{LEAST}, as: bob, factors: none").factors == frozenset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: t", "`request` is missing; add it here"),
        (f"{LEAST}, expct: deny", "unknown key `expct` in `tests`; did you mean `expect`?"),
        (LEAST.replace("GET", "get"), "`request` `get` is no method; write such as GET"),
        (LEAST.replace("/,", ","), "`request` `https://wiki.example.com` is no URL with a path;"),
        (LEAST.replace("/,", "/#a,"), "`request` `https://wiki.example.com/#a` is no URL"),
        (LEAST.replace("https://", "ftp://"), "`request` `ftp://wiki.example.com/` is no URL"),
        (LEAST.replace("https://wiki", "https://wi_ki*"), "`request` `https://wi_ki*"),
        (LEAST.replace("192.0.2.1", "192.0.2.0/24"), "`from` `192.0.2.0/24` is no address;"),
        (LEAST.replace("sign_in", "signin"), "unknown `expect` `signin`; did you mean `sign_in`?"),
        (LEAST.replace("sign_in", "deny all"), "`deny` takes nothing behind it; delete `all`"),
        (LEAST.replace("sign_in", "step_up key"), "unknown level `key`"),
        (LEAST.replace("sign_in", "''"), "`expect` has no value;"),
        (f"{LEAST}, proofs: {{totp: 1m}}", "`proofs` are somebody's; say whose with `as`"),
        (f"{LEAST}, factors: none", "`factors` are somebody's; say whose with `as`"),
        (f"{LEAST}, as: b b", "`b b` is no name of an account;"),
        (f"{LEAST}, as: b, proofs: {{top: 1m}}", "unknown proof `top`; did you mean `totp`?"),
        (f"{LEAST}, as: b, proofs: {{totp: now}}", "`totp` `now` is no time span;"),
        (f"{LEAST}, as: b, factors: [top]", "unknown factor `top`; did you mean `totp`?"),
        (f"{LEAST}, headers: {{A_b: c}}", "`A_b` is no name of a header; write such as Accept"),
        (f"{LEAST}, headers: {{A: []}}", "`A` takes one value; a list is not allowed here"),
        (f"{LEAST}, time: noon", "`time` `noon` is no moment;"),
        (f"{LEAST}, rule: stuff", "site `wiki` has no rule `stuff`; did you mean `staff`?"),
        (LEAST.replace("wiki.", "wki."), "no site has the host `wki.example.com`; did you mean"),
    ],
)
def test_a_test_that_asks_for_nothing_sensible_is_refused(text: str, expected: str) -> None:
    assert told(text)[0].startswith(expected)


def test_a_name_without_a_value_is_told() -> None:
    assert told(LEAST.replace("name: t", "name: ~, as: ~")) == [
        "`name` has no value; write one or delete the key",
        "`as` has no value; write one or delete the key",
    ]


def test_the_name_of_a_test_stands_once() -> None:
    assert problems_of(f"{SITE}tests: [{{{LEAST}}}, {{{LEAST}}}]")[0].startswith(
        "7:101: test `t` stands twice, first at p.yaml:7:16; rename one"
    )


def test_a_request_is_a_method_and_a_url() -> None:
    assert parse_request("GET", "https://[::1]:8443/a?b") == Request(
        method="GET", scheme="https", host=Host(name="[::1]", port=8443), target="/a?b"
    )

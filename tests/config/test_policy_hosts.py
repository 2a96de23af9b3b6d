"""Hosts and upstreams of a site."""

from __future__ import annotations

import pytest

from gate.config.policy_hosts import parse_authority, parse_upstream
from gate.core.host import Host
from gate.core.policy import Upstream
from tests.support.policies import STAFF, policy_of, problems_of


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Wiki.Example.com", Host(name="wiki.example.com")),
        ("localhost:8080", Host(name="localhost", port=8080)),
        ("10.0.0.1", Host(name="10.0.0.1")),
        ("[2001:DB8:0::1]:443", Host(name="[2001:db8::1]", port=443)),
        ("intra_net", Host(name="intra_net")),
    ],
)
def test_a_host_has_one_spelling(text: str, host: Host) -> None:
    assert parse_authority(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*.example.com",
        "a..b",
        "a.",
        "http://a",
        "a/b",
        "a:0",
        "a:70000",
        "a:",
        "a b",
        "ä.de",
        "1.2.3",
        "300.1.1.1",
        "a.1",
        "::1",
        "[::ffff:10.0.0.1]",
        "a@b",
        "-a.com",
        "a\n",
    ],
)
def test_t26_what_is_no_plain_host_is_refused(text: str) -> None:
    assert parse_authority(text) is None


def sites(first: str, second: str) -> str:
    head = "    upstream: http://127.0.0.1:8000\n    rules: [{name: a, when: any, then: public}]\n"
    return f"sites:\n  one:\n    hosts: {first}\n{head}  two:\n    hosts: {second}\n{head}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[a.example.com]", "[A.example.com]"),
        ("[a.example.com]", "['a.example.com:8443']"),
        ("['a.example.com:8443']", "[a.example.com]"),
        ("['a.example.com:8443']", "['a.example.com:8443']"),
        ("['[::1]']", "['[0:0::1]:80']"),
    ],
)
def test_a_host_never_leads_to_two_sites(first: str, second: str) -> None:
    (line,) = problems_of(sites(first, second))
    assert line.startswith("7:13: `")
    assert "is already a host of site `one` at p.yaml:3:13;" in line


def test_a_host_that_one_site_names_twice_is_a_problem_too() -> None:
    (line,) = problems_of(sites("[a.example.com, a.example.com]", "[b.example.com]"))
    assert "is already a host of site `one`" in line


def test_hosts_that_differ_in_their_ports_belong_to_two_sites() -> None:
    policy = policy_of(sites("['a.example.com:1']", "['a.example.com:2', b.example.com]"))
    assert policy.sites["one"].hosts == ("a.example.com:1",)
    assert policy.sites["two"].hosts == ("a.example.com:2", "b.example.com")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("'*.example.com'", "write each host out, there are no patterns here"),
        ("http://a.example.com", "leave out the scheme and the path"),
        ("ä.example.com", "write its ASCII form, which begins with `xn--`"),
        ("a.example.com.", "leave out the last dot"),
        ("'a:b'", "write a name or an address, with a port if need be"),
    ],
)
def test_a_host_that_is_none_says_what_to_write(text: str, advice: str) -> None:
    (line,) = problems_of(sites(f"[{text}]", "[b.example.com]"))
    assert line.startswith("3:13: ")
    assert f"is no host; {advice}" in line


@pytest.mark.parametrize(
    ("text", "upstream"),
    [
        ("http://127.0.0.1:8000", Upstream(scheme="http", host="127.0.0.1", port=8000)),
        ("http://app", Upstream(scheme="http", host="app", port=80)),
        ("HTTPS://App.Internal", Upstream(scheme="https", host="app.internal", port=443)),
        ("http://[::1]:81", Upstream(scheme="http", host="::1", port=81)),
    ],
)
def test_an_upstream_is_a_scheme_a_host_and_a_port(text: str, upstream: Upstream) -> None:
    assert parse_upstream(text) == upstream


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app:8000", "is no URL"),
        ("ftp://app", "has an unknown scheme"),
        ("http://me:secret@app", "holds a name or password"),
        ("http://", "has no usable host and port"),
        ("http://app:x", "has no usable host and port"),
        ("http://App:80/", "has a path; did you mean `http://App:80`?"),
        ("http://app?x", "has a path; did you mean `http://app`?"),
    ],
)
def test_an_upstream_that_is_none_says_why(text: str, expected: str) -> None:
    found = parse_upstream(text)
    assert isinstance(found, str)
    assert found.startswith(expected)


@pytest.mark.parametrize("upstream", ["ftp://app", "[http://app]", ""])
def test_a_bad_upstream_is_told_at_its_place(upstream: str) -> None:
    text = (
        f"sites:\n  one:\n    hosts: [a.com]\n    upstream: {upstream}\n    rules:\n    {STAFF}\n"
    )
    (line,) = problems_of(text)
    assert line.startswith("4:1")

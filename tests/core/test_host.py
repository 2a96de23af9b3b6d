"""The Host header: one plain form, and everything else refused."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from gate.core.host import LONGEST, Host, host_of_origin, read_host
from gate.core.refusal import Refusal


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"wiki.example.com", Host(name="wiki.example.com")),
        (b"WIKI.Example.COM:8443", Host(name="wiki.example.com", port=8443)),
        (b"localhost:1", Host(name="localhost", port=1)),
        (b"a:65535", Host(name="a", port=65535)),
        (b"127.0.0.1", Host(name="127.0.0.1")),
        (b"my_host.internal", Host(name="my_host.internal")),
        (b"xn--bcher-kva.example", Host(name="xn--bcher-kva.example")),
        (b"[::1]", Host(name="[::1]")),
        (b"[0:0::1]:8080", Host(name="[::1]", port=8080)),
        (b"[2001:DB8::1]", Host(name="[2001:db8::1]")),
    ],
)
def test_t24_a_host_has_one_form(value: bytes, expected: Host) -> None:
    assert read_host((value,)) == expected


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b" ", b"a.example.", b"a..b", b".a", b"-a", b"a-", b"a.-b", b"a b", b"a,b", b"a\tb"),
        *(b"user@a.example", b"a.example/admin?x=", b"a.example#x", b"http://a.example", b"a/"),
        *(b"a:", b"a:0", b"a:080", b"a:+80", b"a:-1", b"a:65536", b"a:99999", b"a:123456", b"a:8a"),
        *(b"a:80:80", b"::1", b"[::1", b"::1]", b"[::1]x", b"[127.0.0.1]", b"[::ffff:127.0.0.1]"),
        *(b"[::1%25eth0]", b"[]", b"[:::]", b"b\xc3\xbccher.example", b"\xef\xbd\x81", b"a%2eb"),
        *(b"a.example\n", b"a\0", b"*", b"a" * 64, b"a" * (LONGEST + 1)),
    ],
)
def test_t24_an_odd_host_is_refused(value: bytes) -> None:
    found = read_host((value,))
    assert isinstance(found, Refusal)
    assert found.status == 400


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (b"a.", "Host header is no plain host name"),
        (b"\xe9", "Host header is no plain host name"),
        (b"a:65536", "Host header has no such port"),
        (b"[:::]", "Host header has no plain IPv6 address"),
        (b"a" * (LONGEST + 1), "Host header is too long"),
    ],
)
def test_a_refused_host_says_why(value: bytes, detail: str) -> None:
    found = read_host((value,))
    assert isinstance(found, Refusal)
    assert found.detail == detail


@pytest.mark.parametrize("values", [(), (b"a", b"a"), (b"a", b"b")])
def test_t24_there_is_exactly_one_host(values: tuple[bytes, ...]) -> None:
    found = read_host(values)
    assert isinstance(found, Refusal)
    assert found.detail == "not exactly one Host header"


def test_a_host_may_have_its_longest_length() -> None:
    name = ".".join(["a" * 60] * 4)
    assert read_host((name.encode(),)) == Host(name=name)
    found = read_host((b".".join([b"a" * 60] * 5),))
    assert isinstance(found, Refusal)
    assert found.detail == "Host header is too long"


@given(st.binary(max_size=30))
def test_no_bytes_make_it_raise(value: bytes) -> None:
    found = read_host((value,))
    assert isinstance(found, Refusal) or found.name == found.name.lower()


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (b"https://a.example", Host(name="a.example")),
        (b"http://A.example:8080", Host(name="a.example", port=8080)),
        (b"https://[::1]:1", Host(name="[::1]", port=1)),
        (b"null", None),
        (b"", None),
        (b"https://", None),
        (b"https://a.example/", None),
        (b"https://u@a.example", None),
        (b"https://a.example.", None),
        (b"ws://a.example", None),
        (b"chrome-extension://abc", None),
        (b"https://" + b"a" * LONGEST, None),
    ],
)
def test_g30_an_origin_names_a_host_or_none(origin: bytes, expected: Host | None) -> None:
    assert host_of_origin(origin) == expected

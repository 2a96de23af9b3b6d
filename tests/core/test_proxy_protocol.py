"""The PROXY protocol: who a trusted proxy says is the client, and every odd header refused."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, strategies as st

from gate.core.network import Address, Unusable
from gate.core.proxy_protocol import (
    FIXED,
    LONGEST_LINE,
    LONGEST_REST,
    SIGNATURE,
    Malformed,
    ProxyItself,
    read_header,
    wanted,
)

V4 = bytes([192, 0, 2, 9, 10, 0, 0, 1, 0x10, 0x92, 0, 80])
V6 = IPv6Address("2001:db8::9").packed + IPv6Address("::1").packed + b"\x10\x92\x00\x50"
MAPPED = IPv6Address("::ffff:192.0.2.9").packed + IPv6Address("::1").packed + bytes(4)
LONGEST = b"PROXY TCP6 " + b" ".join([b"ffff:" * 7 + b"ffff"] * 2) + b" 65535 65535\r\n"


def binary(command: int, transport: int, rest: bytes, length: int | None = None) -> bytes:
    size = len(rest) if length is None else length
    return SIGNATURE + bytes([command, transport]) + size.to_bytes(2) + rest


def taken(stream: bytes) -> bytes | Malformed:
    """Read a header as a plane does: what `wanted` asks for, and nothing behind it."""
    got = b""
    while True:
        more = wanted(got)
        if isinstance(more, Malformed):
            return more
        if more == 0:
            return got
        chunk, stream = stream[:more], stream[more:]
        if not chunk:
            return Malformed(detail="ended")
        got += chunk


@pytest.mark.parametrize(
    ("header", "client"),
    [
        pytest.param(b"PROXY TCP4 192.0.2.9 10.0.0.1 4242 80\r\n", "192.0.2.9", id="v1 IPv4"),
        pytest.param(b"PROXY TCP6 2001:DB8::9 ::1 4242 80\r\n", "2001:db8::9", id="v1 IPv6"),
        pytest.param(b"PROXY TCP6 ::ffff:192.0.2.9 ::1 0 0\r\n", "192.0.2.9", id="v1 mapped"),
        pytest.param(LONGEST, "ffff:" * 7 + "ffff", id="v1 as long as it gets"),
        pytest.param(binary(0x21, 0x11, V4), "192.0.2.9", id="v2 IPv4"),
        pytest.param(binary(0x21, 0x21, V6), "2001:db8::9", id="v2 IPv6"),
        pytest.param(binary(0x21, 0x21, MAPPED), "192.0.2.9", id="v2 mapped"),
        pytest.param(binary(0x21, 0x11, V4 + b"\x04\x00\x01x"), "192.0.2.9", id="v2 with a TLV"),
        pytest.param(
            binary(0x21, 0x11, V4.ljust(LONGEST_REST, b"x")), "192.0.2.9", id="v2 with much more"
        ),
    ],
)
def test_r7_t10_a_header_names_the_client_in_canonical_form(header: bytes, client: str) -> None:
    assert read_header(header) == ip_address(client)
    assert taken(header + b"GET / HTTP/1.1\r\n") == header


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY UNKNOWN\r\n",
        b"PROXY UNKNOWN 192.0.2.9 10.0.0.1 1 2\r\n",
        binary(0x21, 0x00, b""),
        binary(0x21, 0x00, V4),
    ],
)
def test_r7_who_the_proxy_does_not_name_is_unknown(header: bytes) -> None:
    assert read_header(header) == Unusable(detail="the proxy does not know the client")
    assert taken(header + b"x") == header


@pytest.mark.parametrize("transport", [0x00, 0x11, 0x31, 0xFF])
@pytest.mark.parametrize("rest", [b"", V4, b"\x00" * 216])
def test_local_is_the_proxy_itself(transport: int, rest: bytes) -> None:
    header = binary(0x20, transport, rest)
    assert read_header(header) == ProxyItself()
    assert taken(header + b"x") == header


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (b"", "PROXY line is not in its form"),
        (b"PROXY TCP4 192.0.2.9 10.0.0.1 4242 80\n", "PROXY line is not in its form"),
        (b"PROXY  TCP4 192.0.2.9 10.0.0.1 4242 80\r\n", "PROXY line is not in its form"),
        (b"PROXY TCP4 192.0.2.9 10.0.0.1 4242 80 \r\n", "PROXY line is not in its form"),
        (b"PROXY TCP4 192.0.2.9 10.0.0.1 04242 80\r\n", "PROXY line is not in its form"),
        (b"PROXY TCP4 192.0.2.9 10.0.0.1 4242\r\n", "PROXY line is not in its form"),
        (b"PROXY UDP4 192.0.2.9 10.0.0.1 4242 80\r\n", "PROXY line is not in its form"),
        (b"proxy TCP4 192.0.2.9 10.0.0.1 4242 80\r\n", "PROXY line is not in its form"),
        (b"PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", "PROXY line is not in its form"),
        (b"PROXY UNKNOWN \x00\r\n", "PROXY line is not in its form"),
        (b"PROXY UNKNOWNX\r\n", "PROXY line is not in its form"),
        (b"PROXY TCP4 192.0.2.09 10.0.0.1 1 2\r\n", "PROXY line has an address of no such family"),
        (b"PROXY TCP4 ::1 10.0.0.1 1 2\r\n", "PROXY line has an address of no such family"),
        (b"PROXY TCP4 1.2.3.4 ::1 1 2\r\n", "PROXY line has an address of no such family"),
        (b"PROXY TCP6 1.2.3.4 ::1 1 2\r\n", "PROXY line has an address of no such family"),
        (b"PROXY TCP4 1.2.3 10.0.0.1 1 2\r\n", "PROXY line has an address of no such family"),
        (b"PROXY TCP4 1.2.3.4 10.0.0.1 65536 2\r\n", "PROXY line has no such port"),
        (b"PROXY TCP4 1.2.3.4 10.0.0.1 1 99999\r\n", "PROXY line has no such port"),
        (b"PROXY UNKNOWN " + b"x" * 92 + b"\r\n", "PROXY line is too long"),
        (binary(0x11, 0x11, V4), "PROXY header has no such version or command"),
        (binary(0x22, 0x11, V4), "PROXY header has no such version or command"),
        (binary(0x21, 0x12, V4), "PROXY header is not about TCP over IP"),
        (binary(0x21, 0x22, V6), "PROXY header is not about TCP over IP"),
        (binary(0x21, 0x31, bytes(216)), "PROXY header is not about TCP over IP"),
        (binary(0x21, 0x01, V4), "PROXY header is not about TCP over IP"),
        (binary(0x21, 0x11, V4[:-1]), "PROXY header is too short for its addresses"),
        (binary(0x21, 0x21, V6[:-1]), "PROXY header is too short for its addresses"),
        (binary(0x21, 0x11, V4, 13), "PROXY header is not whole"),
        (binary(0x21, 0x11, V4, 11), "PROXY header is not whole"),
        (binary(0x20, 0x00, b"", 1), "PROXY header is not whole"),
        (SIGNATURE + b"\x21\x11\x00", "PROXY line is not in its form"),
    ],
)
def test_t06_an_odd_header_is_refused(header: bytes, detail: str) -> None:
    assert read_header(header) == Malformed(detail=detail)


@pytest.mark.parametrize(
    ("got", "more"),
    [
        (b"", 12),
        (b"P", 11),
        (b"PROXY U", 5),
        (SIGNATURE[:3], 9),
        (SIGNATURE, 4),
        (SIGNATURE + b"\x21\x11\x00", 1),
        (binary(0x21, 0x11, b"", 12), 12),
        (binary(0x21, 0x11, V4), 0),
        (b"PROXY UNKNOW", 2),
        (b"PROXY UNKNOWN\r", 1),
        (b"PROXY UNKNOWN\r\n", 0),
        (b"PROXY " + b"x" * (LONGEST_LINE - 7), 1),
        (b"PROXY " + b"x" * (LONGEST_LINE - 8), 2),
        (b"PROXY " + b"x" * (LONGEST_LINE - 6), Malformed(detail="PROXY line is too long")),
        (binary(0x21, 0x11, b"", LONGEST_REST), LONGEST_REST),
        (
            binary(0x21, 0x11, b"", LONGEST_REST + 1),
            Malformed(detail="PROXY header is too long"),
        ),
        (b"G", Malformed(detail="no PROXY header")),
        (b"GET / HTTP/1.1\r\n", Malformed(detail="no PROXY header")),
        (b"\x16\x03\x01", Malformed(detail="no PROXY header")),
        (SIGNATURE[:-1] + b"X", Malformed(detail="no PROXY header")),
    ],
)
def test_a_plane_reads_what_surely_belongs_to_the_header(got: bytes, more: object) -> None:
    assert wanted(got) == more


HEADERS = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda rest: b"PROXY " + rest, st.binary(max_size=120)),
    st.builds(lambda rest: SIGNATURE + rest, st.binary(max_size=120)),
    st.builds(binary, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=64), st.none()),
)


@given(HEADERS)
def test_t06_no_bytes_raise_and_none_behind_the_header_are_read(stream: bytes) -> None:
    header = taken(stream)
    if not isinstance(header, Malformed):
        assert stream.startswith(header)
        assert wanted(header) == 0
        assert len(header) <= FIXED + LONGEST_REST
    said = read_header(stream)
    assert isinstance(said, IPv4Address | IPv6Address | Unusable | ProxyItself | Malformed)


@given(st.ip_addresses(v=4), st.ip_addresses(v=4), st.integers(0, 65535), st.binary(max_size=50))
def test_r7_both_forms_say_the_same(
    client: IPv4Address, at: IPv4Address, port: int, after: bytes
) -> None:
    line = f"PROXY TCP4 {client} {at} {port} {port}\r\n".encode()
    packed = binary(0x21, 0x11, client.packed + at.packed + socket.htons(port).to_bytes(2) * 2)
    for header in (line, packed):
        assert taken(header + after) == header
        assert read_header(header) == client


@given(st.ip_addresses(v=6), st.integers(0, 65535))
def test_t10_an_address_of_ipv6_is_canonical_in_both_forms(client: Address, port: int) -> None:
    line = f"PROXY TCP6 {client.exploded} ::1 {port} {port}\r\n".encode()
    packed = binary(0x21, 0x21, client.packed + bytes(20))
    assert read_header(line) == read_header(packed)

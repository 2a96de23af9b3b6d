"""Response headers: an upstream can't reach the gate's cookies, pages or other people's caches."""

from __future__ import annotations

from typing import Final

import pytest

from gate.core.answer_headers import from_upstream
from gate.core.header_names import Headers

OWN: Final = frozenset({b"__Host-gate", b"__Host-gate-form"})
TYPE: Final = (b"Content-Type", b"text/html")
NO_KEYS: Final = (
    b"Permissions-Policy",
    b"publickey-credentials-get=(), publickey-credentials-create=()",
)


def seen(*headers: tuple[bytes, bytes]) -> Headers:
    return from_upstream(headers, own_cookies=OWN, private=False)


def test_all_else_passes_byte_for_byte_in_its_order() -> None:
    headers = (
        TYPE,
        (b"Set-Cookie", b"a=1; Path=/"),
        (b"set-cookie", b"b=2"),
        (b"Cache-Control", b"public,max-age=60"),
        (b"X_Odd", b"caf\xe9\t"),
        (b"Content-Length", b"5"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Location", b"//x"),
        (b"Clear-Site-Data", b'"cache"'),
        (b"Service-Worker-Allowed", b"/app/"),
    )
    assert seen(*headers) == headers


@pytest.mark.parametrize(
    "value", [b"__Host-gate=x", b"__HOST-GATE-form=x; Path=/", b"=__Host-gate=x"]
)
def test_t46_an_upstream_plants_no_own_cookie(value: bytes) -> None:
    assert seen(TYPE, (b"SET-COOKIE", value), (b"Set-Cookie", b"a=1")) == (
        TYPE,
        (b"Set-Cookie", b"a=1"),
    )


@pytest.mark.parametrize(
    "name",
    [
        *(b"Alt-Svc", b"NEL", b"Report-To", b"Reporting-Endpoints"),
        *(b"Connection", b"Keep-Alive", b"TE", b"Trailer", b"Upgrade", b"Proxy-Authenticate"),
        *(b"Proxy-Connection", b"HTTP2-Settings"),
    ],
)
def test_g4_what_would_outlive_the_answer_is_removed(name: bytes) -> None:
    assert seen(TYPE, (name.lower(), b"x"), (name, b"x")) == (TYPE,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'"cookies"', None),
        (b'"storage"', None),
        (b'"*"', None),
        (b'"COOKIES" , "storage"', None),
        (b'"cache", "cookies", "executionContexts"', b'"cache", "executionContexts"'),
        (b'"cookies", "cache"', b'"cache"'),
        (b'"cache","clientHints"', b'"cache","clientHints"'),
        (b"*", None),
    ],
)
def test_g4_an_upstream_cannot_sign_the_person_out(value: bytes, expected: bytes | None) -> None:
    kept = () if expected is None else ((b"Clear-Site-Data", expected),)
    assert seen((b"Clear-Site-Data", value)) == kept


@pytest.mark.parametrize(
    "value",
    [
        *(b"/", b"/-", b"/-/", b"/-/g", b"/-/gate", b"/-/gate/", b"/-/GATE/", b"", b"."),
        *(b"../", b"//x/", b"https://a.example/", b"/%2d/gate/", b"/a/../", b"/app\\"),
    ],
)
def test_g4_a_worker_cannot_get_the_pages_as_its_scope(value: bytes) -> None:
    assert seen(TYPE, (b"Service-Worker-Allowed", value)) == (TYPE,)


@pytest.mark.parametrize("value", [b"/app/", b"/-/gate/x", b"/-/gateway", b"/a"])
def test_other_scopes_pass(value: bytes) -> None:
    headers = ((b"Service-Worker-Allowed", value),)
    assert seen(*headers) == headers


def test_headers_that_the_upstream_calls_hop_by_hop_stay_behind() -> None:
    headers = (TYPE, (b"X-Hop", b"1"), (b"Content-Length", b"5"))
    listed = (b"Connection", b"x-hop, content-length , Content-Type")
    assert seen(*headers, listed) == (TYPE, (b"Content-Length", b"5"))


@pytest.mark.parametrize("value", [b"a\rb", b"a\nSet-Cookie: x", b"a\0", b"\x1f", b"\x7f"])
def test_t82_a_value_with_a_control_character_is_dropped(value: bytes) -> None:
    assert seen(TYPE, (b"X-A", value)) == (TYPE,)


@pytest.mark.parametrize("name", [b"", b"X A", b"X\r", b"a" * 257])
def test_t82_a_name_that_is_no_token_is_dropped(name: bytes) -> None:
    assert seen(TYPE, (name, b"1")) == (TYPE,)


@pytest.mark.parametrize(
    ("caching", "expected"),
    [
        ([], b"private"),
        ([b""], b"private"),
        ([b"public"], b"private"),
        ([b"public, max-age=60"], b"private, max-age=60"),
        ([b"max-age=60, s-maxage=600"], b"private, max-age=60"),
        ([b"S-MAXAGE=600,proxy-revalidate,Public"], b"private"),
        ([b"max-age=60"], b"private, max-age=60"),
        ([b"max-age=60", b"public"], b"private, max-age=60"),
        ([b"private"], b"private"),
        ([b"no-store,  max-age=0"], b"no-store,  max-age=0"),
        ([b"Private, public"], b"Private"),
        ([b"No-Store, , x"], b"No-Store, x"),
        ([b'private="x-a"'], b'private, private="x-a"'),
        ([b"no-cache"], b"private, no-cache"),
    ],
)
def test_g30_no_shared_cache_keeps_what_is_meant_for_one_person(
    caching: list[bytes], expected: bytes
) -> None:
    headers = (TYPE, *((b"CACHE-Control", value) for value in caching))
    found = from_upstream(headers, own_cookies=OWN, private=True)
    assert found == (TYPE, (b"Cache-Control", expected))


def test_g30_headers_for_shared_caches_alone_are_removed() -> None:
    names = (
        *(b"Surrogate-Control", b"CDN-Cache-Control", b"Cloudflare-CDN-Cache-Control"),
        *(b"X-LiteSpeed-Cache-Control", b"Edge-Control", b"X-ACCEL-Expires"),
    )
    headers = (*((name, b"max-age=1") for name in names), TYPE)
    assert seen(*headers) == headers
    assert from_upstream(headers, own_cookies=OWN, private=True) == (
        TYPE,
        (b"Cache-Control", b"private"),
    )


def test_g5_on_a_shared_host_no_script_may_ask_for_credentials() -> None:
    headers = (TYPE, (b"Permissions-Policy", b"publickey-credentials-get=*"))
    found = from_upstream(headers, own_cookies=OWN, private=False, refuse_keys=True)
    assert found == (*headers, NO_KEYS)


@pytest.mark.parametrize(
    "value",
    [
        b"camera=()",
        b"camera=( )",
        b"a=*, b",
        b'geolocation=(self "https://maps.example.com"  "https://x.example"),camera=*',
        b"camera=self;report-to=main, x-y_z.w*=?0; a",
        b" camera=(),\tmicrophone=1 ",
    ],
)
def test_g5_what_else_a_site_forbids_stays_forbidden(value: bytes) -> None:
    line = (b"permissions-policy", value)
    found = from_upstream((line,), own_cookies=OWN, private=False, refuse_keys=True)
    assert found == (line, NO_KEYS)


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b" ", b",", b"camera=(),", b",camera=()", b"camera=(), ,b=()", b"camera 'none'"),
        *(b"Camera=()", b"camera=(self", b"camera=self)", b'camera="x', b"camera=", b"1=()"),
        *(b"camera=() b=()", b"camera=(\xe9)", b"camera=(self,b)", b"caf\xe9", b"camera;=()"),
        b'camera="a\\q"',
        b"camera=(" + b" " * 1_000_000 + b"!",  # in no time, or the site would hold up the gate
    ],
)
def test_g5_a_policy_that_browsers_can_not_read_does_not_void_the_gates(value: bytes) -> None:
    headers = ((b"PERMISSIONS-Policy", value), TYPE)
    found = from_upstream(headers, own_cookies=OWN, private=False, refuse_keys=True)
    assert found == (TYPE, NO_KEYS)
    assert seen(*headers) == headers


def test_the_answer_to_a_handshake_names_the_upgrade() -> None:
    headers = (
        (b"connection", b"Upgrade"),
        (b"upgrade", b"websocket"),
        (b"Sec-WebSocket-Accept", b"x"),
    )
    found = from_upstream(headers, own_cookies=OWN, private=False, websocket=True)
    assert found == (
        (b"Sec-WebSocket-Accept", b"x"),
        (b"Connection", b"Upgrade"),
        (b"Upgrade", b"websocket"),
    )

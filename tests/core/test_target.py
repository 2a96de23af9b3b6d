"""Targets: taken in one reading or refused, the pages' prefix, and query values of rules."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, strategies as st

from gate.core.decision import Reason
from gate.core.refusal import Refusal
from gate.core.target import (
    LONGEST,
    Target,
    changes_method,
    is_reserved,
    query_values,
    read_target,
)
from tests.support.vectors import cases

CONFUSING: Final = cases("path_confusion_cases")["cases"]
PLAIN_ON_STRICT: Final = {  # honest paths of the corpus: what rules see is what servers see
    "/%61dmin": "/admin",
    "/adm%69n": "/admin",
    "/public?/../admin": "/public",
    "/admin?x=/public": "/admin",
    "/admin?/public/": "/admin",
    "/foo/critical?param=/bar": "/foo/critical",
    "/Admin": "/Admin",
    "/ADMIN": "/ADMIN",
    "/admIn": "/admIn",
    "/%41dmin": "/Admin",
    "/admin/": "/admin/",
    "/admin.json": "/admin.json",
    "/admin~": "/admin~",
    "/api/*": "/api/*",
    "/a*b": "/a*b",
}


def taken(raw: bytes, *, lenient: bool = False) -> Target:
    target = read_target(raw, lenient=lenient)
    assert isinstance(target, Target)
    return target


@pytest.mark.parametrize("case", CONFUSING, ids=[repr(case["raw"]) for case in CONFUSING])
def test_t20_an_ambiguous_target_is_refused_on_a_strict_site(case: dict[str, str]) -> None:
    found = read_target(case["raw"].encode(), lenient=False)
    if case["raw"] in PLAIN_ON_STRICT:
        assert isinstance(found, Target)
        assert found.readings == (found.path,) == (PLAIN_ON_STRICT[case["raw"]],)
    else:
        assert isinstance(found, Refusal)
        assert (found.status, found.reason) == (400, Reason.UNCLEAN_REQUEST)


@pytest.mark.parametrize("case", CONFUSING, ids=[repr(case["raw"]) for case in CONFUSING])
def test_t20_a_lenient_site_sees_what_a_lenient_upstream_serves(case: dict[str, str]) -> None:
    found = read_target(case["raw"].encode(), lenient=True)
    if isinstance(found, Refusal) or "#" in case["a_lenient_upstream_serves"]:
        return
    if "/admin" in case["raw"] and not case["raw"].startswith(("/foo", "/public?")):
        folded = [reading.lower() for reading in found.readings]
        expected = ("/", "/h/admin") if case["raw"] in {"/admin/..", "//h/admin"} else ("/admin",)
        assert any(reading.startswith(expected) for reading in folded)


def test_t21_query_and_fragment_select_no_path() -> None:
    assert taken(b"/admin?/public#x".replace(b"#", b"%23")).path == "/admin"
    assert isinstance(read_target(b"/admin#/public", lenient=True), Refusal)


def test_the_received_bytes_are_kept() -> None:
    target = taken(b"/caf%C3%A9?q=%41&x=//")
    assert target == Target(
        raw=b"/caf%C3%A9?q=%41&x=//",
        path="/caf\u00e9",
        readings=("/caf\u00e9",),
        query="q=%41&x=//",
    )
    assert target.raw_path == b"/caf%C3%A9"


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"*", b"admin", b"?x", b"http://h/admin", b"h:80", b"/a b", b"/a#b", b"/a\tb"),
        *(b"/a\r\n", b"/a\n", b"/\x00", b"/\x7f", b"/\xc3\xa9", b"/a?\xff", b"/a?b c", b"/a?b#c"),
    ],
)
def test_g12_only_the_origin_form_in_printable_ascii_is_taken(raw: bytes, lenient: bool) -> None:
    found = read_target(raw, lenient=lenient)
    assert isinstance(found, Refusal)
    assert (found.status, found.detail) == (400, "target is not a path in printable ASCII")


def test_t91_a_target_has_a_longest_length() -> None:
    assert taken(b"/" + b"a" * (LONGEST - 1)).path == "/" + "a" * (LONGEST - 1)
    found = read_target(b"/" + b"a" * LONGEST, lenient=False)
    assert isinstance(found, Refusal)
    assert (found.status, found.reason) == (414, Reason.TOO_LARGE)


@given(st.binary(max_size=60).map(lambda tail: b"/" + tail))
def test_g12_what_is_strictly_taken_has_one_reading(raw: bytes) -> None:
    found = read_target(raw, lenient=False)
    if isinstance(found, Target):
        assert found.readings == (found.path,)
        assert "//" not in found.path
        assert not {".", ".."} & set(found.path.split("/"))
        assert not set(found.path) & set(";\\%#?")


# --- the gate's own pages ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "lenient", "expected"),
    [
        (b"/-/gate/", False, True),
        (b"/-/gate/sign-in?next=/", False, True),
        (b"/-/gate/sign%2Din", True, True),
        (b"/", False, False),
        (b"/-/gateway/", False, False),
        (b"/-/", False, False),
        (b"/x/-/gate/", False, False),
        (b"/x?/-/gate/", True, False),
    ],
)
def test_g12_the_pages_have_one_prefix(raw: bytes, lenient: bool, expected: bool) -> None:
    assert is_reserved(taken(raw, lenient=lenient)) is expected


@pytest.mark.parametrize(
    ("raw", "lenient"),
    [
        (b"/-/GATE/sign-in", False),
        (b"/-/Gate", False),
        (b"/-/gate", False),
        (b"/-/g%61te/", False),
        (b"/%2d/gate/", False),
        (b"//-/gate/", True),
        (b"/x/../-/gate/", True),
        (b"/-/gate;x/sign-in", True),
        (b"/-\\gate\\sign-in", True),
        (b"/-/%2567ate/", True),
        (b"/-/gate./", True),
    ],
)
def test_g12_other_spellings_of_the_prefix_are_404(raw: bytes, lenient: bool) -> None:
    found = is_reserved(taken(raw, lenient=lenient))
    assert isinstance(found, Refusal)
    assert (found.status, found.reason) == (404, Reason.NOT_FOUND)


@pytest.mark.parametrize("raw", [b"/-/gate/../admin", b"/-/gate//x", b"/-/gate/a;b"])
def test_g12_below_the_prefix_paths_are_strict_on_lenient_sites(raw: bytes) -> None:
    found = is_reserved(taken(raw, lenient=True))
    assert isinstance(found, Refusal)
    assert (found.status, found.reason) == (400, Reason.UNCLEAN_REQUEST)


# --- query ---------------------------------------------------------------------------------

NAMES: Final = frozenset({"action", "a.b", "A"})


def query(text: bytes) -> Target:
    return taken(b"/?" + text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", None),
        (b"x=1", None),
        (b"action=delete", "delete"),
        (b"action", ""),
        (b"action=", ""),
        (b"x=1&action=a+b%20c", "a b c"),
        (b"action=%C3%A9&y", "\u00e9"),
        (b"action=a=b", "a=b"),
        (b"action=%26", "&"),
        (b"action=%2525", "%25"),
        (b"actions=1&faction=2&x%5B%5D=3&b;c=4", None),
        (b"x=action", None),
    ],
)
def test_g13_a_rule_reads_a_value_decoded_once(text: bytes, expected: str | None) -> None:
    assert query_values(query(text), NAMES) == {"action": expected, "a.b": None, "A": None}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (b"action=1&action=2", "query name of a rule twice"),
        (b"action&action", "query name of a rule twice"),
        (b"action=1&%61ction=2", "query name of a rule in an odd spelling"),
        *(
            (text, "query name of a rule in an odd spelling")
            for text in (
                *(b"%61ction=1", b"%2561ction=1", b"%25252561ction=1", b"ACTION=1", b"Action=1"),
                *(b"action[]=1", b"action%5B%5D=1", b"action[x]=1", b"action[=1", b"+action=1"),
                *(b"action%00x=1", b"x=1;action=2", b"action=1;x=2", b"x;action", b"amp;action=1"),
                *(b"a_b=1", b"a+b=1", b"a[b=1", b"a%20b=1", b"a=1"),
            )
        ),
        (b"action=%", "bad percent sign in a query value that a rule reads"),
        (b"action=%zz", "bad percent sign in a query value that a rule reads"),
        (b"action=%ff", "query value that a rule reads is not UTF-8"),
        (b"action=%00", "control character in a query value that a rule reads"),
        (b"action=%0d%0a", "control character in a query value that a rule reads"),
    ],
)
def test_g13_a_name_that_servers_read_differently_is_refused(text: bytes, detail: str) -> None:
    found = query_values(query(text), NAMES)
    assert isinstance(found, Refusal)
    assert (found.status, found.detail) == (400, detail)


def test_g13_a_name_may_be_written_like_its_fold() -> None:
    assert query_values(query(b"a.b=1&A=2"), NAMES) == {"action": None, "a.b": "1", "A": "2"}


def test_g13_without_rules_no_query_is_refused() -> None:
    assert query_values(query(b"a=1&a=2&%zz;;[]"), frozenset()) == {}


@given(st.text(alphabet="aA=&;+[]%2561ctiotn.", max_size=40))
def test_g13_a_value_is_given_only_for_its_own_name_once(text: str) -> None:
    found = query_values(query(text.encode()), frozenset({"action"}))
    if not isinstance(found, Refusal) and found["action"] is not None:
        assert sum(part.partition("=")[0] == "action" for part in text.split("&")) == 1


@pytest.mark.parametrize(
    "text",
    [
        *(b"_method=DELETE", b"x=1&_method=PUT", b"_METHOD=x", b"%5Fmethod=x", b"x;_method=y"),
        *(
            b"_method[]=x",
            b".method=x",
            b"%2Bx&%20_method",
            b"X-HTTP-Method-Override=PUT",
            b"_method",
        ),
    ],
)
def test_t23_a_query_that_changes_the_method_is_seen(text: bytes) -> None:
    assert changes_method(query(text))


@pytest.mark.parametrize("text", [b"", b"x=_method", b"method=x", b"x=%41&y=method", b"a_method=1"])
def test_t23_other_queries_change_no_method(text: bytes) -> None:
    assert not changes_method(query(text))

"""Methods that pass without a site's asking."""

from __future__ import annotations

from gate.core.methods import METHODS, NEVER


def test_t23_no_method_opens_a_tunnel_or_echoes_the_request() -> None:
    assert {"CONNECT", "TRACE"} == NEVER
    assert not METHODS & NEVER


def test_methods_are_in_upper_case_and_cover_webdav() -> None:
    assert all(method == method.upper() for method in METHODS)
    assert {"GET", "HEAD", "POST", "PATCH", "PROPFIND", "REPORT", "LOCK"} <= METHODS

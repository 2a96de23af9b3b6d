"""The switches of a site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gate.core.policy import PathCase, SiteOptions
from tests.support.policies import STAFF, problems_of, site_of, site_text


def test_the_defaults_are_the_strict_ones() -> None:
    assert site_of().options == SiteOptions()
    assert SiteOptions().refuse_cross_site
    assert not SiteOptions().lenient_paths


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("paths: lenient", SiteOptions(lenient_paths=True)),
        ("paths: strict", SiteOptions()),
        ("case: exact", SiteOptions(case=PathCase.EXACT)),
        ("cross_site: allow", SiteOptions(refuse_cross_site=False)),
        ("cross_site: refuse", SiteOptions()),
        ("service_worker: allow", SiteOptions(allow_service_worker=True)),
        ("security_keys: allow", SiteOptions(allow_security_keys=True)),
        ("odd_headers: pass", SiteOptions(pass_odd_headers=True)),
        ("methods: [PURGE, M-SEARCH]", SiteOptions(extra_methods=frozenset({"PURGE", "M-SEARCH"}))),
        ("rewrite: [Location, Origin]", SiteOptions(rewrite=frozenset({"Location", "Origin"}))),
        ("sign_in: gate", SiteOptions()),
        ("mode: enforce", SiteOptions()),
        (
            "timeouts: {connect: 1s, response: 1h}",
            SiteOptions(connect_timeout=timedelta(seconds=1), response_timeout=timedelta(hours=1)),
        ),
        (
            "mode: observe\nobserve_until: 2027-03-31",
            SiteOptions(observe_until=datetime(2027, 4, 1, tzinfo=UTC)),
        ),
    ],
)
def test_an_option_means_what_it_says(option: str, expected: SiteOptions) -> None:
    assert site_of(STAFF, option).options == expected


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("paths: lax", "unknown `paths` `lax`"),
        ("case: Exact", "unknown `case` `Exact`; did you mean `exact`?"),
        ("cross_site: yes", "unknown `cross_site` `yes`"),
        ("sign_in: app", "unknown `sign_in` `app`"),
        ("methods: [get]", "`get` is no method; write it in capitals"),
        ("methods: CONNECT", "`CONNECT` never passes the gate; delete it"),
        ("methods: [TRACE]", "`TRACE` never passes the gate; delete it"),
        ("methods: []", "`methods` is an empty list;"),
        ("rewrite: Locaton", "unknown `rewrite` `Locaton`; did you mean `Location`?"),
        ("timeouts: {conect: 1s}", "unknown key `conect` in `timeouts`;"),
        ("timeouts: {connect: 2h}", "`connect` is out of range; write 1s to 1h"),
        ("timeouts: {connect: 0s}", "`connect` `0s` is no time span;"),
        ("mode: observe", "`mode: observe` needs an end;"),
        ("mode: watch", "unknown `mode` `watch`"),
        ("mode: enforce\nobserve_until: 2027-03-31", "`observe_until` stands alone;"),
        ("observe_until: 2027-03-31", "`observe_until` stands alone;"),
        ("mode: observe\nobserve_until: soon", "`observe_until` `soon` is no date;"),
    ],
)
def test_g7_an_option_that_is_not_understood_is_refused(option: str, expected: str) -> None:
    (line,) = problems_of(site_text(STAFF, option))
    assert line.split(": ", 1)[1].startswith(expected)

"""The certificates of an installation: hosts that need one, and reminders before the end."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.cli.certificates import (
    check_coverage,
    check_files,
    hosts_of,
    nameless,
    on_disk,
    say_what_ends,
)
from gate.config.setting_types import Origin
from gate.config.settings import Settings
from gate.core.errors import SettingsError
from gate.core.policy import Policy
from tests.support.certificates import Authority
from tests.support.policies import policy_of, site_text

NOW = datetime.now(UTC)  # when the tests were collected, so a while ago
DAY = timedelta(days=1)
PAGES = Origin(scheme="https", host="id.test", port=443)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def settings(*pairs: dict[str, str]) -> Settings:
    return Settings.from_written({"listen": ["https://127.0.0.1:8443"], "tls": list(pairs)})


def policy_with(*hosts: str) -> Policy:
    quoted = ", ".join(f'"{host}"' for host in hosts)
    return policy_of(site_text().replace("[wiki.example.com]", f"[{quoted}]"))


def test_every_host_that_people_reach_needs_a_certificate() -> None:
    policy = policy_with("a.test:443", "a.test:8443", "[::1]:9000")
    assert hosts_of(policy, PAGES) == ("a.test", "[::1]", "id.test")


def test_t101_hosts_without_a_certificate_are_told_together(authority: Authority) -> None:
    found = settings(authority.write("a", "a.test"))
    check_coverage(found, policy_with("a.test"), Origin(scheme="https", host="a.test", port=1), NOW)
    with pytest.raises(SettingsError) as caught:
        check_coverage(found, policy_with("a.test", "b.test"), PAGES, NOW)
    lines = str(caught.value).splitlines()
    assert [line.split("; ")[0] for line in lines] == [
        "no certificate of `tls` covers `b.test`",
        "no certificate of `tls` covers `id.test`",
    ]


def test_files_that_are_being_changed_say_nothing_about_hosts(authority: Authority) -> None:
    found = settings(authority.write("a", "a.test"))
    authority.paths("a")[1].write_bytes(b"")
    check_coverage(found, policy_with("b.test"), PAGES, NOW)
    check_coverage(Settings(), policy_with("b.test"), PAGES, NOW)


def test_t101_every_pair_that_can_not_be_served_is_told(authority: Authority) -> None:
    good = authority.write("a", "a.test")
    check_files(settings(good), NOW)
    gone = [{"cert": f"{authority.folder}/{name}", "key": good["key"]} for name in ("x", "y")]
    with pytest.raises(SettingsError) as caught:
        check_files(settings(good, *gone), NOW)
    assert len(str(caught.value).splitlines()) == 2
    with pytest.raises(SettingsError, match=r"two certificates of `tls` name `a\.test`"):
        check_files(settings(good, authority.write("b", "a.test")), NOW)


def test_t24_a_handshake_without_a_name_means_the_only_address(authority: Authority) -> None:
    found = settings(authority.write("a", "a.test"))
    assert nameless(found, policy_with("a.test", "127.0.0.1"), PAGES) == "127.0.0.1"
    assert nameless(found, policy_with("127.0.0.1", "[::1]"), PAGES) is None
    assert nameless(Settings(), policy_with("127.0.0.1"), PAGES) is None


@pytest.mark.parametrize(
    ("left", "level", "words"),
    [
        (31 * DAY, None, ""),
        (30 * DAY, logging.WARNING, "in 29 days; renew it"),
        (14 * DAY, logging.WARNING, "in 13 days; renew it"),
        (2.5 * DAY, logging.ERROR, "in 2 days; renew it"),
        (1.5 * DAY, logging.ERROR, "in 1 day; renew it"),
        (-DAY, logging.ERROR, "; renew it"),
    ],
)
def test_f13_the_log_says_what_ends_soon(
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    left: timedelta,
    level: int | None,
    words: str,
) -> None:
    found = settings(authority.write("a", "a.test", lasts=left, age=60 * DAY))
    now = datetime.now(UTC)
    with caplog.at_level(logging.DEBUG):
        say_what_ends(on_disk(found, now), now)
    said = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert [each for each, _ in said] == ([] if level is None else [level])
    assert all(line.endswith(words) for _, line in said)


def test_the_ends_are_known_by_file(authority: Authority) -> None:
    pair = authority.write("a", "a.test", lasts=10 * DAY)
    ends = on_disk(settings(pair), NOW).ends
    assert list(ends) == [pair["cert"]]
    assert 9 * DAY < ends[pair["cert"]] - NOW < 11 * DAY

"""Where the pages live."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gate.cli.compose.origin import misfit, pages_host, public_origin, told_origin
from gate.config.setting_types import Origin
from gate.config.settings import Settings
from gate.core.errors import SettingsError
from gate.core.policy import Policy
from tests.support.certificates import Authority
from tests.support.policies import policy_of, site_text


def settings(**written: object) -> Settings:
    return Settings.from_written({"listen": ["127.0.0.1:8080"], **written})


def policy_with(*hosts: str) -> Policy:
    text = site_text().replace("[wiki.example.com]", "[" + ", ".join(f'"{h}"' for h in hosts) + "]")
    return policy_of(text)


def test_the_set_origin_holds_whatever_the_policy_says() -> None:
    set_up = settings(public_url="https://id.example.com")
    assert str(public_origin(set_up, policy_with("wiki.example.com"))) == "https://id.example.com"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost", "http://localhost:8080"),
        ("localhost:9000", "http://localhost:9000"),
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("[::1]", "http://[::1]:8080"),
        ("[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_without_it_the_pages_live_on_the_first_host_of_the_only_site(
    host: str, origin: str
) -> None:
    assert str(public_origin(settings(), policy_with(host))) == origin


@pytest.mark.parametrize("host", ["wiki.example.com", "192.0.2.7", "[2001:db8::1]"])
def test_g24_nobody_signs_in_without_tls_except_on_loopback(host: str) -> None:
    with pytest.raises(SettingsError, match="without TLS"):
        public_origin(settings(), policy_with(host))


def test_where_tls_begins_at_the_gate_the_pages_are_reached_by_it(tmp_path: Path) -> None:
    pair = Authority(tmp_path).write("a", "wiki.example.com")
    listen = ["127.0.0.1:8080", "https://127.0.0.1:8443"]
    secure = settings(listen=listen, tls=[pair])
    for host, origin in (("wiki.example.com", ":8443"), ("wiki.example.com:443", "")):
        expected = f"https://wiki.example.com{origin}"
        assert str(public_origin(secure, policy_with(host))) == expected
    assert misfit(secure, policy_with("wiki.example.com")) is None
    problem = misfit(secure, policy_with("wiki.example.com", "b.test", "c.test"))
    assert problem is not None
    assert problem.message.startswith("no certificate of `tls` covers `b.test`; add one")


def test_several_sites_need_a_public_url() -> None:
    both = policy_of(site_text(), site_text(name="shop"))
    with pytest.raises(SettingsError, match="2 sites"):
        public_origin(settings(), both)


def test_a_policy_that_leaves_open_where_people_sign_in_does_not_fit() -> None:
    both = policy_of(site_text(), site_text(name="shop"))
    problem = misfit(settings(), both)
    assert problem is not None
    assert str(problem) == (
        f"{both.sites['shop'].at}: the policy has 2 sites; set `public_url` to where people sign in"
    )
    assert misfit(settings(public_url="https://id.example.com"), both) is None
    assert misfit(settings(), policy_with("localhost")) is None
    assert misfit(settings(), policy_with("wiki.example.com")) is not None


def test_a_process_is_told_the_origin_with_which_the_gate_began() -> None:
    origin = Origin(scheme="https", host="[::1]", port=9000)
    assert Origin(**json.loads(json.dumps(told_origin(origin)))) == origin


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("wiki.example.com", None),
        ("id.example.com", "id.example.com"),
        ("[::1]", "[::1]"),
    ],
)
def test_a_host_of_the_pages_own_is_named_as_hosts_are_found(host: str, own: str | None) -> None:
    origin = Origin(scheme="https", host=host, port=443)
    assert pages_host(origin, policy_with("wiki.example.com")) == own


def test_a_site_that_names_the_port_shares_its_host_with_the_pages() -> None:
    origin = Origin(scheme="https", host="wiki.example.com", port=443)
    assert pages_host(origin, policy_with("wiki.example.com:443")) is None

"""Sites: what they need, and how their upstream's certificate is verified."""

from __future__ import annotations

import pytest

from gate.core.policy import Upstream
from tests.support.policies import STAFF, policy_of, problems_of, site_of, site_text


def test_a_site_has_hosts_an_upstream_and_rules() -> None:
    site = site_of()
    assert (site.name, site.hosts) == ("wiki", ("wiki.example.com",))
    assert site.upstream == Upstream(scheme="http", host="127.0.0.1", port=8000)
    assert [rule.ref.name for rule in site.rules] == ["staff"]
    assert str(site.at) == "p.yaml:2:3"


def test_a_site_without_them_is_refused() -> None:
    lines = problems_of("sites: {wiki: {mode: enforce}}")
    assert lines == ["1:15: `hosts` is missing; add it here"]


@pytest.mark.parametrize("name", ["Wiki", "'-'", "a b", "'*'"])
def test_g14_no_site_is_named_like_the_gates_own(name: str) -> None:
    (line,) = problems_of(site_text(name="wiki").replace("  wiki:", f"  {name}:", 1))
    assert "is no name of a site;" in line


@pytest.mark.parametrize("rules", ["[]", "~", "{a: b}", "text"])
def test_g9_a_site_without_rules_is_refused(rules: str) -> None:
    text = f"sites:\n  a:\n    hosts: [a.com]\n    upstream: http://b\n    rules: {rules}\n"
    assert len(problems_of(text)) == 1


def test_the_certificate_of_an_upstream_has_an_authority_and_a_name() -> None:
    text = site_text(STAFF, "upstream_ca: /etc/ca.pem\nupstream_name: wiki.internal")
    site = policy_of(text.replace("http://127.0.0.1:8000", "https://10.0.0.1")).sites["wiki"]
    assert site.upstream == Upstream(
        scheme="https", host="10.0.0.1", port=443, ca="/etc/ca.pem", name="wiki.internal"
    )


@pytest.mark.parametrize("key", ["upstream_ca", "upstream_name"])
def test_a_certificate_of_an_upstream_without_tls_is_a_mistake(key: str) -> None:
    (line,) = problems_of(site_text(STAFF, f"{key}: x"))
    assert f"`{key}` is for https upstreams;" in line

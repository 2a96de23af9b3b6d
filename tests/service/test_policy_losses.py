"""What a new policy would lose of an old one (RULES G9)."""

from __future__ import annotations

import pytest

from gate.service.policy_losses import losses
from tests.support.policies import SITE, STAFF, policy_of, site_text

BOB = "accounts: {bob: {networks: 10.0.0.0/8, require: security_key}}\n"
OBSERVES = site_text(STAFF, "mode: observe\nobserve_until: 2027-03-31")
LONGER = site_text(STAFF, "mode: observe\nobserve_until: 2027-04-30")
OTHER = site_text(name="shop").removeprefix("sites:\n")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (BOB + SITE, SITE, ["the entry of account `bob` is gone"]),
        (
            BOB + SITE,
            "accounts: {bob: {require: security_key}}\n" + SITE,
            ["the entry of account `bob` no longer restricts addresses"],
        ),
        (
            BOB + SITE,
            "accounts: {bob: {networks: 10.0.0.0/8}}\n" + SITE,
            ["the entry of account `bob` no longer requires `security_key`"],
        ),
        (
            BOB + SITE,
            "accounts: {bob: {networks: 10.0.0.0/8, require: second_factor}}\n" + SITE,
            ["the entry of account `bob` requires only `second_factor`"],
        ),
        (SITE + OTHER, SITE, ["site `shop` is gone"]),
        (
            SITE,
            OBSERVES,
            ["site `wiki` observes and enforces nothing until 2027-04-01 00:00:00+00:00"],
        ),
        (
            OBSERVES,
            LONGER,
            ["site `wiki` observes and enforces nothing until 2027-05-01 00:00:00+00:00"],
        ),
        (
            "admins: {account: a}\n" + SITE,
            SITE,
            ["`admins` is gone, nobody may open the admin pages"],
        ),
    ],
)
def test_g9_a_restriction_that_is_gone_is_told(old: str, new: str, expected: list[str]) -> None:
    assert list(losses(policy_of(old), policy_of(new))) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SITE, BOB + SITE),
        (SITE, SITE + OTHER),
        (OBSERVES, SITE),
        (LONGER, OBSERVES),
        (SITE, "admins: {account: a}\n" + SITE),
        ("admins: {account: a}\n" + SITE, "admins: {account: b}\n" + SITE),
        (
            "accounts: {bob: {networks: 10.0.0.0/8}}\n" + SITE,
            "accounts: {bob: {networks: 10.0.0.0/9, require: signed_in}}\n" + SITE,
        ),
        (
            "accounts: {bob: {require: signed_in}}\n" + SITE,
            "accounts: {bob: {require: second_factor}}\n" + SITE,
        ),
        (BOB + SITE, BOB + site_text("- {name: a, when: any, then: public}")),
    ],
)
def test_g9_what_only_adds_or_changes_rules_is_no_loss(old: str, new: str) -> None:
    assert losses(policy_of(old), policy_of(new)) == ()

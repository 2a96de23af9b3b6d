"""Sessions from outside: what a cookie opens, what ends it, and how soon (T40-T49)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.subject import Method
from tests.contracts.plane.conftest import House


@pytest.mark.parametrize(
    "value",
    ["", "x", "A" * 43, "A" * 8192, '"quoted"', "a b", "%00", "../../etc", "A" * 42 + "="],
)
def test_t45_junk_is_no_cookie(house: House, value: str) -> None:
    headers = [("Cookie", f"{house.gate.cookie_name}={value}")]
    answer = house.gate.ask("/x", "echo.test", headers=headers, page=True)
    assert (answer.status, answer.reason) == (303, "needs_sign_in")


def test_t45_two_cookies_of_one_name_are_none(house: House) -> None:
    own = f"{house.gate.cookie_name}={house.token('alice')}"
    for sent in ([f"{own}; {own}"], [own, own]):
        headers = [("Cookie", value) for value in sent]
        assert house.gate.ask("/x", "echo.test", headers=headers).status in {400, 401}


def test_t47_a_token_with_one_letter_changed_or_cut_opens_nothing(house: House) -> None:
    token = house.token("alice")
    swapped = ("B" if token[0] != "B" else "C") + token[1:]
    for wrong in (swapped, token[:-1], token + "A", token.swapcase()):
        assert house.gate.ask("/x", "echo.test", token=wrong).status == 401


def test_g5_a_session_of_another_host_is_none(house: House) -> None:
    token = house.fresh("alice", host="lenient.test")
    assert house.gate.ask("/x", "lenient.test", token=token).status == 200
    assert house.gate.ask("/x", "echo.test", token=token).status == 401


def test_t44_a_partial_session_reaches_step_up_and_sign_out_alone(house: House) -> None:
    token = house.partial("alice")
    for path in ("/x", "/admin/x", "/-/gate/account/", "/-/gate/account/security/networks"):
        answer = house.gate.ask(path, "echo.test", token=token, page=True)
        assert (answer.status, answer.reason) == (303, "needs_second_factor"), path
        assert answer.header("location").startswith("/-/gate/step-up?next=")
    for path in ("/-/gate/step-up", "/-/gate/sign-out"):
        assert house.gate.ask(path, "localhost", token=token, page=True).status in {200, 303}
    assert house.gate.ask("/ws", "echo.test", token=token).status == 401


def test_t70_g18_an_old_proof_is_asked_for_again_where_a_rule_says_within(house: House) -> None:
    old = house.gate.session("alice", host="echo.test", age=timedelta(minutes=20))
    answer = house.gate.ask("/admin/x", "echo.test", token=old, page=True)
    assert (answer.status, answer.reason) == (303, "factor_too_old")
    assert house.gate.ask("/x", "echo.test", token=old).status == 200
    fresh = house.gate.session("alice", host="echo.test", age=timedelta(minutes=5))
    assert house.gate.ask("/admin/x", "echo.test", token=fresh).status == 200


def test_g18_a_recovery_code_never_counts_as_fresh(house: House) -> None:
    proofs = {Method.PASSWORD: timedelta(), Method.RECOVERY_CODE: timedelta()}
    token = house.gate.session("alice", proofs, host="echo.test")
    assert house.gate.ask("/x", "echo.test", token=token).status == 200
    assert house.gate.ask("/admin/x", "echo.test", token=token).status in {401, 403}


def test_t43_disabling_counts_on_the_next_request(house: House) -> None:
    token = house.fresh("dave")
    assert house.gate.ask("/x", "echo.test", token=token).status == 200
    house.gate.command("account", "disable", "dave")
    assert house.gate.ask("/x", "echo.test", token=token).status in {401, 403}
    house.gate.command("account", "enable", "dave")
    assert house.gate.ask("/x", "echo.test", token=token).status == 401
    assert house.gate.ask("/x", "echo.test", token=house.fresh("dave")).status == 200


def test_t41_t43_a_revoked_session_is_over_on_the_next_request(house: House) -> None:
    token, other = house.fresh("dave"), house.fresh("dave")
    assert house.gate.ask("/x", "echo.test", token=token).status == 200
    house.gate.command("session", "revoke", "--account", "dave", "--all")
    assert house.gate.ask("/x", "echo.test", token=token).status == 401
    assert house.gate.ask("/x", "echo.test", token=other).status == 401


def test_t43_a_widened_list_lets_in_and_a_narrowed_one_out_on_the_next_request(
    house: House,
) -> None:
    token = house.fresh("erin")

    def reason() -> str:
        return house.gate.ask("/open/x", "echo.test", token=token).text

    assert '"Remote-User", "erin"' in reason()
    house.gate.command("account", "networks", "erin", "--add", "10.9.9.0/24")
    assert "Remote-User" not in reason()
    house.gate.command("account", "networks", "erin", "--add", "127.0.0.0/8")
    assert '"Remote-User", "erin"' in reason()
    house.gate.command("account", "clear-networks", "erin")


def test_t49_no_cache_entry_serves_another_person(house: House) -> None:
    for _ in range(10):
        for name in ("alice", "bob"):
            answer = house.gate.ask("/x", "echo.test", token=house.token(name))
            told = dict(answer.json()["headers"])
            assert told["Remote-User"] == name


def test_g8_a_group_rule_asks_a_stranger_who_he_is(house: House) -> None:
    answer = house.gate.ask("/admin/x", "echo.test", page=True)
    assert (answer.status, answer.reason) == (303, "needs_sign_in")


def test_an_account_in_no_group_is_turned_away(house: House) -> None:
    answer = house.gate.ask("/x", "echo.test", token=house.token("erin"), page=True)
    assert (answer.status, answer.reason) == (403, "no_rule_matched")


def test_g30_an_unsafe_request_from_another_site_is_refused(house: House) -> None:
    token = house.token("alice")
    headers = [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.test")]
    answer = house.gate.ask(
        "/x", "echo.test", method="POST", token=token, headers=headers, body=b"a"
    )
    assert (answer.status, answer.reason) == (403, "cross_site")


def test_g22_the_pages_believe_no_header_of_the_client(house: House) -> None:
    spoofed = [("X-Gate-Client", "10.9.9.9"), ("X-Gate-Handoff", "x"), ("X-Gate-Host", "evil.test")]
    answer = house.gate.ask("/-/gate/sign-in", "localhost", headers=spoofed, page=True)
    assert answer.status == 200
    assert "evil.test" not in answer.text
    assert house.gate.ask("/-/gate/refusal", "echo.test", headers=spoofed, page=True).status == 404


@pytest.mark.parametrize("path", ["/-/GATE/sign-in", "/-/gate//sign-in", "/%2d/gate/sign-in"])
def test_g12_odd_spellings_of_the_pages_prefix_are_not_served(house: House, path: str) -> None:
    assert house.gate.ask(path, "echo.test", page=True).status in {400, 404}

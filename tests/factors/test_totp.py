"""Codes of an authenticator app: the RFC's values, the window, and once only."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from hypothesis import given, strategies as st

from gate.core.secret_text import Secret
from gate.factors import FactorReason, Rejected
from gate.factors.totp import (
    MAX_SEED_TEXT,
    MAX_TYPED,
    STEP,
    ClockOff,
    TotpVerified,
    code_at,
    confirm,
    new_secret,
    parse_secret,
    provisioning_uri,
    step_at,
    verify,
)

VECTORS = Path(__file__).parent.parent / "vectors"
HOTP: dict[str, Any] = json.loads((VECTORS / "rfc4226_appendix_d.json").read_text())
TOTP: dict[str, Any] = json.loads((VECTORS / "rfc6238_appendix_b.json").read_text())
SHA1_ROWS = [row for row in TOTP["vectors"] if row["mode"] == "sha1"]
OTHER_ROWS = [row for row in TOTP["vectors"] if row["mode"] != "sha1"]

SEED = Secret(base64.b32encode(b"12345678901234567890").decode())
NOW = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
HERE = step_at(NOW)

MALFORMED = Rejected(reason=FactorReason.MALFORMED)
WRONG = Rejected(reason=FactorReason.WRONG_CODE)
REPLAYED = Rejected(reason=FactorReason.TOTP_REPLAYED)
UNUSABLE = Rejected(reason=FactorReason.UNUSABLE_SECRET)


def code_of(step: int) -> str:
    return code_at(SEED, datetime.fromtimestamp(step * 30, UTC))


@pytest.mark.parametrize("row", SHA1_ROWS, ids=lambda row: str(row["time"]))
def test_rfc6238_appendix_b_codes_are_accepted_at_their_time(row: dict[str, Any]) -> None:
    at = datetime.fromtimestamp(row["time"], UTC)
    step = int(row["T_hex"], 16)
    assert step_at(at) == step
    assert code_at(SEED, at) == row["totp"][-6:]
    assert verify(SEED, row["totp"][-6:], now=at, last_step=None) == TotpVerified(step=step)


@pytest.mark.parametrize("row", OTHER_ROWS, ids=lambda row: f"{row['mode']}-{row['time']}")
def test_rfc6238_appendix_b_codes_of_other_hashes_are_not_ours(row: dict[str, Any]) -> None:
    seed = base64.b32encode(row["seed_ascii"].encode()).decode()
    totp = pyotp.TOTP(seed, digits=8, digest=getattr(hashlib, row["mode"]))
    assert totp.at(row["time"]) == row["totp"]
    at = datetime.fromtimestamp(row["time"], UTC)
    assert verify(Secret(seed), row["totp"][-6:], now=at, last_step=None) == WRONG


@pytest.mark.parametrize("row", HOTP["vectors"], ids=lambda row: str(row["count"]))
def test_rfc4226_appendix_d_values_are_the_codes_of_the_first_steps(row: dict[str, Any]) -> None:
    at = datetime.fromtimestamp(row["count"] * 30, UTC)
    assert code_at(SEED, at) == row["hotp"]
    accepted = verify(SEED, row["hotp"], now=at, last_step=None)
    assert accepted == TotpVerified(step=row["count"])


@pytest.mark.parametrize(
    ("drift", "expected"),
    [
        pytest.param(-2, WRONG, id="two steps ago"),
        pytest.param(-1, TotpVerified(step=HERE - 1), id="the step before"),
        pytest.param(0, TotpVerified(step=HERE), id="this step"),
        pytest.param(1, TotpVerified(step=HERE + 1), id="the step after"),
        pytest.param(2, WRONG, id="two steps on"),
    ],
)
@pytest.mark.parametrize("within", [0.0, 0.001, 15.0, 29.999], ids=lambda at: f"second {at}")
def test_t61_one_step_each_way_is_accepted_and_no_more(
    drift: int, expected: TotpVerified | Rejected, within: float
) -> None:
    now = datetime.fromtimestamp(HERE * 30, UTC) + timedelta(seconds=within)
    assert verify(SEED, code_of(HERE + drift), now=now, last_step=None) == expected


def test_t60_a_code_is_accepted_once() -> None:
    code = code_of(HERE)
    assert verify(SEED, code, now=NOW, last_step=None) == TotpVerified(step=HERE)
    assert verify(SEED, code, now=NOW, last_step=HERE) == REPLAYED


def test_t60_an_older_code_is_refused_after_a_newer_one() -> None:
    assert verify(SEED, code_of(HERE - 1), now=NOW, last_step=HERE) == REPLAYED
    assert verify(SEED, code_of(HERE), now=NOW, last_step=HERE + 1) == REPLAYED


def test_t60_a_newer_code_is_accepted_after_an_older_one() -> None:
    answer = verify(SEED, code_of(HERE), now=NOW, last_step=HERE - 1)
    assert answer == TotpVerified(step=HERE)


def test_t61_a_clock_set_back_does_not_revive_used_steps() -> None:
    back = NOW - timedelta(hours=1)
    code = code_at(SEED, back)
    assert verify(SEED, code, now=back, last_step=HERE) == REPLAYED


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")  # noqa: RUF001 - these digits are the point
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(code_of(HERE).translate(FULL_WIDTH), id="full-width digits"),
        pytest.param(code_of(HERE).translate(ARABIC), id="arabic digits"),
        pytest.param(code_of(HERE)[1:], id="five digits"),
        pytest.param("0" + code_of(HERE), id="seven digits"),
        pytest.param("", id="nothing"),
        pytest.param("      ", id="blanks"),
        pytest.param(code_of(HERE) + "\n", id="a line end"),
        pytest.param(code_of(HERE) + "\0", id="a nul"),
        pytest.param(code_of(HERE)[:3] + "\t" + code_of(HERE)[3:], id="a tab"),
        pytest.param(code_of(HERE)[:3] + "\u00a0" + code_of(HERE)[3:], id="a no-break space"),
        pytest.param(code_of(HERE)[:3] + "-" + code_of(HERE)[3:], id="a dash"),
        pytest.param("+" + code_of(HERE)[1:], id="a sign"),
        pytest.param("1_0_00", id="underscores"),
        pytest.param("12345a", id="a letter"),
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param(code_of(HERE) + " " * MAX_TYPED, id="too much"),
    ],
)
def test_t60_t61_only_six_ascii_digits_are_a_code(typed: str) -> None:
    assert verify(SEED, typed, now=NOW, last_step=None) == MALFORMED
    assert confirm(SEED, typed, now=NOW) == MALFORMED


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param("{0}{1}", id="plain"),
        pytest.param("{0} {1}", id="as apps show it"),
        pytest.param(" {0}{1} ", id="around it"),
        pytest.param("{0}{1}" + " " * (MAX_TYPED - 6), id="as much as is looked at"),
    ],
)
def test_t60_blanks_are_removed_and_do_not_make_a_code_new(shape: str) -> None:
    typed = shape.format(code_of(HERE)[:3], code_of(HERE)[3:])
    assert verify(SEED, typed, now=NOW, last_step=None) == TotpVerified(step=HERE)
    assert verify(SEED, typed, now=NOW, last_step=HERE) == REPLAYED


def test_a_leading_zero_belongs_to_the_code() -> None:
    step = next(step for step in range(HERE, HERE + 1000) if code_of(step).startswith("0"))
    now = datetime.fromtimestamp(step * 30, UTC)
    assert verify(SEED, code_of(step), now=now, last_step=None) == TotpVerified(step=step)
    assert verify(SEED, code_of(step)[1:], now=now, last_step=None) == MALFORMED


def test_a_code_that_fits_two_steps_uses_up_the_later_one() -> None:
    step = 153_567  # its code and that of the second next step are the same under SEED
    assert code_of(step) == code_of(step + 2)
    now = datetime.fromtimestamp((step + 1) * 30, UTC)
    assert verify(SEED, code_of(step), now=now, last_step=None) == TotpVerified(step=step + 2)


def test_the_first_step_of_all_has_no_step_before_it() -> None:
    epoch = datetime.fromtimestamp(0, UTC)
    assert verify(SEED, code_of(0), now=epoch, last_step=None) == TotpVerified(step=0)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param("", id="empty"),
        pytest.param("not base32!", id="no base32"),
        pytest.param("GEZDGNBVGY3TQOJQ", id="80 bits"),
        pytest.param("ÄÖÜ", id="not ascii"),
    ],
)
def test_a_damaged_seed_rejects_every_code(seed: str) -> None:
    assert verify(Secret(seed), "123456", now=NOW, last_step=None) == UNUSABLE
    assert confirm(Secret(seed), "123456", now=NOW) == UNUSABLE


def test_the_smallest_seed_has_112_bits() -> None:
    seed = base64.b32encode(bytes(14)).decode().rstrip("=")
    assert parse_secret(seed) == Secret(seed)
    code = code_at(Secret(seed), NOW)
    assert verify(Secret(seed), code, now=NOW, last_step=None) == TotpVerified(step=HERE)
    assert parse_secret(base64.b32encode(bytes(13)).decode()) == MALFORMED


@pytest.mark.parametrize("steps", [-10, -9, -2, 2, 9, 10])
def test_a_wrong_clock_is_told_at_enrolment_only(steps: int) -> None:
    code = code_of(HERE + steps)
    assert confirm(SEED, code, now=NOW) == ClockOff(offset=steps * STEP)
    assert verify(SEED, code, now=NOW, last_step=None) == WRONG


@pytest.mark.parametrize("steps", [-11, 11])
def test_a_clock_that_is_further_off_is_a_wrong_code(steps: int) -> None:
    assert confirm(SEED, code_of(HERE + steps), now=NOW) == WRONG


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_right_first_code_confirms_a_seed(steps: int) -> None:
    assert confirm(SEED, code_of(HERE + steps), now=NOW) == TotpVerified(step=HERE + steps)


def test_a_wrong_clock_has_its_own_reason() -> None:
    assert ClockOff(offset=STEP).reason is FactorReason.CLOCK_OFF


def test_the_nearest_fitting_step_tells_how_far_a_clock_is_off() -> None:
    step = 153_567  # its code and that of the second next step are the same under SEED
    now = datetime.fromtimestamp((step + 5) * 30, UTC)
    assert confirm(SEED, code_of(step), now=now) == ClockOff(offset=-3 * STEP)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        step_at(NOW.replace(tzinfo=None))


def test_a_time_in_any_zone_is_the_same_time() -> None:
    assert step_at(datetime.fromisoformat("2026-03-01T13:00:10+01:00")) == HERE


def test_new_seeds_have_160_random_bits() -> None:
    seeds = {new_secret().reveal() for _ in range(50)}
    assert len(seeds) == 50
    assert {len(base64.b32decode(seed)) for seed in seeds} == {20}
    assert {len(seed) for seed in seeds} == {32}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", id="plain"),
        pytest.param("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", id="groups in lower case"),
        pytest.param("GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ", id="dashes"),
        pytest.param("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ====", id="padding"),
    ],
)
def test_a_seed_from_elsewhere_gets_one_form(text: str) -> None:
    assert parse_secret(text) == SEED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("GEZDGNBVGY3TQOJQ", id="80 bits"),
        pytest.param("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", id="a digit that base32 has not"),
        pytest.param("GEZDGNBVGY3TQOJQ=GEZDGNBVGY3TQOJ", id="padding inside"),
        pytest.param("Ä" * 32, id="not ascii"),
        pytest.param("A" * (MAX_SEED_TEXT + 8), id="too long"),
    ],
)
def test_a_text_that_is_no_seed_is_malformed(text: str) -> None:
    assert parse_secret(text) == MALFORMED


def test_the_longest_seed_is_taken() -> None:
    assert parse_secret("A" * MAX_SEED_TEXT) == Secret("A" * MAX_SEED_TEXT)


def test_the_address_for_the_qr_code_holds_seed_account_and_issuer() -> None:
    uri = provisioning_uri(secret=SEED, account="alice", issuer="Parts & Co: wiki")
    parts = urlsplit(uri.reveal())
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/Parts & Co: wiki:alice"
    assert parse_qs(parts.query) == {"secret": [SEED.reveal()], "issuer": ["Parts & Co: wiki"]}


def test_t71_the_address_for_the_qr_code_is_a_secret() -> None:
    uri = provisioning_uri(secret=SEED, account="alice", issuer="wiki")
    assert SEED.reveal() not in repr(uri)


@given(st.text(), st.text(max_size=40))
def test_no_text_makes_it_raise(code: str, seed: str) -> None:
    assert isinstance(verify(Secret(seed), code, now=NOW, last_step=None), Rejected)


@given(st.integers(min_value=0, max_value=999_999), st.integers(min_value=0, max_value=2**40))
def test_t60_no_code_is_accepted_at_or_below_the_last_step(number: int, last: int) -> None:
    match verify(SEED, f"{number:06}", now=NOW, last_step=last):
        case TotpVerified(step=step):
            assert step > last
        case Rejected(reason=reason):
            assert reason in {FactorReason.WRONG_CODE, FactorReason.TOTP_REPLAYED}

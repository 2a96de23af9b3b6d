"""Passwords: exact, capped, of equal work, and judged in words."""

import unicodedata

import argon2
import bcrypt
import pytest
from hypothesis import given, strategies as st

from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.factors import FACTORS, FactorReason, Rejected
from gate.factors.password import (
    MAX_LENGTH,
    UNSAFE_CHEAP,
    Accepted,
    PasswordVerified,
    Profile,
    TooWeak,
    _words,
    hash_password,
    is_supported,
    strength,
    verify,
)

TEXT = "gravel-otter-pivot-41"
STORED = hash_password(Secret(TEXT), UNSAFE_CHEAP)

MALFORMED = Rejected(reason=FactorReason.MALFORMED)
WRONG = Rejected(reason=FactorReason.WRONG_PASSWORD)
UNUSABLE = Rejected(reason=FactorReason.UNUSABLE_SECRET)


def test_the_right_password_is_verified() -> None:
    assert verify(STORED, Secret(TEXT), UNSAFE_CHEAP) == PasswordVerified(outdated=False)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("x", id="another"),
        pytest.param(TEXT.upper(), id="in capitals"),
        pytest.param(TEXT + " ", id="a blank behind"),
        pytest.param(" " + TEXT, id="a blank before"),
        pytest.param(TEXT + "\n", id="a line end"),
        pytest.param(TEXT + "\0", id="a nul"),
        pytest.param(TEXT[:-1], id="cut"),
    ],
)
def test_a_password_is_verified_exactly(typed: str) -> None:
    assert verify(STORED, Secret(typed), UNSAFE_CHEAP) == WRONG


def test_one_password_typed_on_two_systems_is_one_password() -> None:
    composed, decomposed = "Übergröße 41 m", unicodedata.normalize("NFD", "Übergröße 41 m")
    assert composed != decomposed
    for stored_of in (composed, decomposed):
        stored = hash_password(Secret(stored_of), UNSAFE_CHEAP)
        assert verify(stored, Secret(composed), UNSAFE_CHEAP) == PasswordVerified()
        assert verify(stored, Secret(decomposed), UNSAFE_CHEAP) == PasswordVerified()


def test_compatible_letters_stay_apart() -> None:
    stored = hash_password(Secret("office of the fig"), UNSAFE_CHEAP)
    assert verify(stored, Secret("oﬃce of the fig"), UNSAFE_CHEAP) == WRONG


def test_new_hashes_are_argon2id_and_salted() -> None:
    assert STORED.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert hash_password(Secret(TEXT), UNSAFE_CHEAP) != STORED


def test_r18_the_default_profile_is_19_mib_two_passes_one_lane() -> None:
    stored = hash_password(Secret(TEXT), Profile())
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify(stored, Secret(TEXT), Profile()) == PasswordVerified(outdated=False)


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param(Profile(memory_kib=16, passes=1), id="more memory"),
        pytest.param(Profile(memory_kib=8, passes=2), id="more passes"),
        pytest.param(Profile(memory_kib=16, passes=1, lanes=2), id="more lanes"),
    ],
)
def test_a_hash_of_another_cost_is_verified_and_outdated(profile: Profile) -> None:
    assert verify(STORED, Secret(TEXT), profile) == PasswordVerified(outdated=True)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4)).decode(), id="bcrypt"),
        pytest.param("$apr1$abcdEFGH$t0nkIJar6QoyxKZPnA7FK0", id="apr1"),
        pytest.param("{SHA}/vNB+F2HQ559kaLUZbmHHvZrXpg=", id="sha1"),
        pytest.param(argon2.PasswordHasher(1, 8, 1, type=argon2.Type.I).hash("s3cret"), id="2i"),
    ],
)
def test_an_imported_hash_is_verified_and_outdated(stored: str) -> None:
    assert is_supported(stored)
    assert verify(stored, Secret("s3cret"), UNSAFE_CHEAP) == PasswordVerified(outdated=True)
    assert verify(stored, Secret("s3cret "), UNSAFE_CHEAP) == WRONG


def test_bcrypt_with_a_password_that_it_would_cut_is_wrong_and_does_not_crash() -> None:
    stored = bcrypt.hashpw(b"a" * 72, bcrypt.gensalt(4)).decode()
    assert verify(stored, Secret("a" * 73), UNSAFE_CHEAP) == WRONG
    assert verify(stored, Secret("a\0b"), UNSAFE_CHEAP) == WRONG


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$", "$2b$04$short", "{SHA}", TEXT])
def test_a_stored_text_that_is_no_hash_verifies_nothing(stored: str) -> None:
    assert not is_supported(stored)
    assert verify(stored, Secret(TEXT), UNSAFE_CHEAP) == UNUSABLE


def test_t73_an_unknown_account_is_refused_in_the_words_of_a_wrong_password() -> None:
    assert verify(None, Secret(TEXT), UNSAFE_CHEAP) == WRONG


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(None, id="no account"),
        pytest.param("plain", id="no usable hash"),
        pytest.param("{SHA}/vNB+F2HQ559kaLUZbmHHvZrXpg=", id="a cheap hash"),
        pytest.param(STORED, id="a hash of ours"),
    ],
)
def test_t73_each_refusal_costs_one_hash_of_the_profile(
    stored: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[str] = []
    real = argon2.PasswordHasher.verify

    def counted(hasher: argon2.PasswordHasher, stored: str, password: bytes) -> bool:
        with pytest.raises(argon2.exceptions.VerifyMismatchError) as mismatch:
            real(hasher, stored, password)  # a damaged hash would fail at once and cost nothing
        costs.append(stored.split("$")[3])
        raise mismatch.value

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    assert isinstance(verify(stored, Secret("wrong"), UNSAFE_CHEAP), Rejected)
    assert costs == ["m=8,t=1,p=1"]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("a" * (MAX_LENGTH + 1), id="one too many"),
        pytest.param("a" * 100_000, id="a hundred thousand"),
        pytest.param("gravel\ud800", id="a lone surrogate"),
    ],
)
@pytest.mark.parametrize("stored", [None, STORED, "plain"], ids=["unknown", "known", "damaged"])
def test_r18_what_can_not_be_a_password_is_refused_before_any_hash(
    typed: str, stored: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(argon2.PasswordHasher, "verify")
    assert verify(stored, Secret(typed), UNSAFE_CHEAP) == MALFORMED
    with pytest.raises(ValueError, match="too long"):
        hash_password(Secret(typed), UNSAFE_CHEAP)


def test_r18_the_longest_password_counts_to_its_last_letter() -> None:
    stored = hash_password(Secret("a" * MAX_LENGTH), UNSAFE_CHEAP)
    assert verify(stored, Secret("a" * MAX_LENGTH), UNSAFE_CHEAP) == PasswordVerified()
    assert verify(stored, Secret("a" * (MAX_LENGTH - 1) + "b"), UNSAFE_CHEAP) == WRONG


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_makes_it_raise(stored: str, typed: str) -> None:
    assert isinstance(verify(stored, Secret(typed), UNSAFE_CHEAP), Rejected)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_each_text_verifies_against_its_own_hash(text: str) -> None:
    stored = hash_password(Secret(text), UNSAFE_CHEAP)
    assert verify(stored, Secret(text), UNSAFE_CHEAP) == PasswordVerified()


@pytest.mark.parametrize("text", [TEXT, "correct horse battery staple", "Übergröße und 41 Möwen"])
def test_a_password_that_is_hard_to_guess_is_accepted(text: str) -> None:
    assert strength(Secret(text), []) == Accepted()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param("password1234", "common password", id="of the top list, lengthened"),
        pytest.param("qwertyuiopas", "commonly used", id="a row of keys"),
        pytest.param("aaaaaaaaaaaaaaaa", "Repeats", id="a repeated letter"),
        pytest.param("abcdefghijklmnop", "Sequences", id="a sequence"),
        pytest.param("x" * MAX_LENGTH, "Repeats", id="long and repeated"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_why_and_what_helps(
    text: str, word: str
) -> None:
    match strength(Secret(text), []):
        case TooWeak(words=(why, *suggestions)):
            assert word in why
            assert suggestions
            assert text not in why
        case answer:
            pytest.fail(f"accepted as {answer}")


def test_words_about_the_person_make_a_password_weak() -> None:
    text = "quembyzorgon"
    assert strength(Secret(text), []) == Accepted()
    assert isinstance(strength(Secret(text), ["Quemby", "zorgon"]), TooWeak)


def test_many_and_long_words_about_the_person_are_cut() -> None:
    assert strength(Secret(TEXT), ["x" * 100_000] * 1000) == Accepted()


@pytest.mark.parametrize(
    ("text", "second_factor", "words"),
    [
        pytest.param("vq7#Lp2!xZ9", False, ("Use at least 12 characters; this has 11.",), id="11"),
        pytest.param("vq7#Lp2", True, ("Use at least 8 characters; this has 7.",), id="7"),
    ],
)
def test_a_short_password_is_refused_with_the_length_that_is_needed(
    text: str, second_factor: bool, words: tuple[str, ...]
) -> None:
    assert strength(Secret(text), [], second_factor=second_factor) == TooWeak(words=words)


def test_a_password_stands_alone_unless_a_second_factor_is_said_to_be_there() -> None:
    assert isinstance(strength(Secret("vq7#Lp2!xZ9"), []), TooWeak)


def test_why_and_what_helps_are_whole_sentences() -> None:
    assert strength(Secret("p@ssw0rd1234"), []) == TooWeak(
        words=(
            "This is similar to a commonly used password.",
            "Add another word or two. Uncommon words are better.",
            "Predictable substitutions like '@' instead of 'a' don't help very much.",
        )
    )


@pytest.mark.parametrize(("text", "second_factor"), [("vq7#Lp2!xZ9w", False), ("vq7#Lp2!", True)])
def test_a_password_of_the_least_length_is_accepted(text: str, second_factor: bool) -> None:
    assert strength(Secret(text), [], second_factor=second_factor) == Accepted()


@pytest.mark.parametrize("text", ["", "a" * (MAX_LENGTH + 1), "gravel-otter-pivot\ud800"])
def test_what_can_not_be_hashed_is_too_weak(text: str) -> None:
    words = ("Use a text of 1 to 1,024 characters.",)
    assert strength(Secret(text), []) == TooWeak(words=words)


def test_a_weak_password_always_gets_a_word() -> None:
    assert _words(None) == ("This is easy to guess.",)
    match strength(Secret("quembyzorgon"), ["quemby", "zorgon"]):
        case TooWeak(words=words):
            assert words[0] == "This is easy to guess."
        case answer:
            pytest.fail(f"accepted as {answer}")


def test_the_factors_are_proof_words() -> None:
    assert FACTORS == (
        Method.PASSWORD,
        Method.PASSKEY,
        Method.SECURITY_KEY,
        Method.TOTP,
        Method.RECOVERY_CODE,
    )

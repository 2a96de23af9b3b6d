"""The stored forms of a password: each is known exactly, bounded in cost, and never raises."""

import argon2
import bcrypt
import pytest
from argon2.low_level import Type, hash_secret
from hypothesis import given, strategies as st

from gate.factors.password_hashes import apr1, form_of

SECRET = b"s3cret"
ARGON2_TAIL = "c29tZXNhbHQ$z0/5gcun0AHacQNl75gROw"
BCRYPT_TAIL = bcrypt.hashpw(SECRET, bcrypt.gensalt(4)).decode()[7:]


def argon2_hash(kind: Type, version: int) -> str:
    return hash_secret(
        SECRET, b"somesalt", time_cost=1, memory_cost=8, parallelism=1, hash_len=16, type=kind,
        version=version,
    ).decode()  # fmt: skip


def bcrypt_hash(prefix: str, password: bytes = SECRET) -> str:
    return prefix + bcrypt.hashpw(password, bcrypt.gensalt(4)).decode()[4:]


@pytest.mark.parametrize(
    ("stored", "name"),
    [
        pytest.param(argon2_hash(Type.ID, 19), "argon2", id="argon2id"),
        pytest.param(argon2_hash(Type.I, 19), "argon2", id="argon2i"),
        pytest.param(argon2_hash(Type.D, 19), "argon2", id="argon2d"),
        pytest.param(argon2_hash(Type.I, 16), "argon2", id="argon2i version 16"),
        pytest.param(bcrypt_hash("$2a$"), "bcrypt", id="bcrypt 2a"),
        pytest.param(bcrypt_hash("$2b$"), "bcrypt", id="bcrypt 2b"),
        pytest.param(bcrypt_hash("$2y$"), "bcrypt", id="bcrypt 2y, of htpasswd -B"),
        pytest.param("$apr1$abcdEFGH$t0nkIJar6QoyxKZPnA7FK0", "apr1", id="htpasswd -m"),
        pytest.param("{SHA}/vNB+F2HQ559kaLUZbmHHvZrXpg=", "sha1", id="htpasswd -s"),
    ],
)
def test_each_form_fits_its_password_and_no_other(stored: str, name: str) -> None:
    form = form_of(stored)
    assert form is not None
    assert form.name == name
    assert form.fits(stored, SECRET)
    for other in (b"", b"s3cre", b"s3cret ", b"S3cret", SECRET + b"\0"):
        assert not form.fits(stored, other)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("", id="nothing"),
        pytest.param("s3cret", id="plain text"),
        pytest.param("rqXexS6ZhobKA", id="des crypt"),
        pytest.param("$1$abcdEFGH$XSbgX1bQbn3tMjjXcLCMS0", id="md5 crypt"),
        pytest.param("$6$salt$" + "a" * 86, id="sha-512 crypt"),
        pytest.param("pbkdf2_sha256$600000$salt$aaaa", id="django's"),
        pytest.param("$2x$04$" + BCRYPT_TAIL, id="bcrypt 2x"),
        pytest.param("$2b$04$" + BCRYPT_TAIL[:-1], id="bcrypt, cut"),
        pytest.param("$2b$04$" + BCRYPT_TAIL + "a", id="bcrypt, longer"),
        pytest.param("$2b$04$" + BCRYPT_TAIL + "\n", id="bcrypt with a line end"),
        pytest.param("$2b$15$" + BCRYPT_TAIL, id="bcrypt, too dear"),
        pytest.param("$argon2id$v=18$m=8,t=1,p=1$" + ARGON2_TAIL, id="argon2 of no version"),
        pytest.param("$argon2id$v=19$m=262145,t=1,p=1$" + ARGON2_TAIL, id="argon2, much memory"),
        pytest.param("$argon2id$v=19$m=8,t=17,p=1$" + ARGON2_TAIL, id="argon2, many passes"),
        pytest.param("$argon2id$v=19$m=8,t=1,p=17$" + ARGON2_TAIL, id="argon2, many lanes"),
        pytest.param("$argon2id$v=19$m=٨,t=1,p=1$" + ARGON2_TAIL, id="argon2, other digits"),
        pytest.param("$apr1$abcdEFGHi$QeRpj9V7l4jAlgVlKKPSc/", id="apr1, salt too long"),
        pytest.param("$apr1$$QeRpj9V7l4jAlgVlKKPSc/", id="apr1 without salt"),
        pytest.param("{SHA}0srp1J9ANc0FX/q+iI8WmBdTNBE", id="sha without padding"),
        pytest.param("{SSHA}0srp1J9ANc0FX/q+iI8WmBdTNBE=", id="salted sha"),
    ],
)
def test_what_is_damaged_unknown_or_too_dear_has_no_form(stored: str) -> None:
    assert form_of(stored) is None


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("$argon2id$v=19$m=262144,t=16,p=16$" + ARGON2_TAIL, id="argon2"),
        pytest.param("$2b$14$" + BCRYPT_TAIL, id="bcrypt"),
    ],
)
def test_the_dearest_hashes_are_still_known(stored: str) -> None:
    assert form_of(stored) is not None


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("$2b$00$" + BCRYPT_TAIL, id="bcrypt cost 0"),
        pytest.param("$2b$04$" + "z" * 53, id="bcrypt salt with odd bits"),
        pytest.param("$argon2id$v=19$m=0,t=0,p=0$" + ARGON2_TAIL, id="argon2 without cost"),
        pytest.param("$argon2id$v=19$m=8,t=1,p=1$" + "A" * 13 + "$" + "B" * 17, id="argon2 base64"),
    ],
)
def test_a_hash_that_the_library_refuses_fits_nothing(stored: str) -> None:
    form = form_of(stored)
    assert form is not None
    assert not form.fits(stored, SECRET)


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        pytest.param(b"a" * 72, True, id="72 bytes"),
        pytest.param(b"a" * 73, False, id="73 bytes"),
        pytest.param(b"a" * 72 + b"\0", False, id="72 bytes and a nul"),
        pytest.param("ä".encode() * 37, False, id="37 letters of two bytes"),
    ],
)
def test_bcrypt_never_cuts_a_password(password: bytes, fits: bool) -> None:
    stored = bcrypt_hash("$2y$", password[:72])
    form = form_of(stored)
    assert form is not None
    assert form.fits(stored, password) is fits


def test_bcrypt_does_not_stop_at_a_nul() -> None:
    stored = bcrypt_hash("$2b$", b"a")
    form = form_of(stored)
    assert form is not None
    assert form.fits(stored, b"a")
    assert not form.fits(stored, b"a\0")
    assert not form.fits(stored, b"a\0b")
    assert not form.fits(bcrypt_hash("$2b$", b"a\0b"), b"a\0b")


@pytest.mark.parametrize(
    ("password", "stored"),
    [
        # written by `openssl passwd -apr1 -salt abcdEFGH`
        pytest.param("secret", "$apr1$abcdEFGH$ejwdyPabFjRPBqGaObU/N0", id="plain"),
        pytest.param("", "$apr1$abcdEFGH$gy5wNqBPZHtAlW5aY48O60", id="empty"),
        pytest.param("a" * 40, "$apr1$abcdEFGH$w1hFDyl46QyOeowLA/K01.", id="longer than a block"),
        pytest.param("1234567890123456", "$apr1$abcdEFGH$J9EuJ4DkwAU/hOhOqSRrM0", id="one block"),
        pytest.param("pässwörd", "$apr1$abcdEFGH$X/AwJgRDq2jiyNm6wuJmr0", id="utf-8"),
    ],
)
def test_apr1_is_what_openssl_writes(password: str, stored: str) -> None:
    assert apr1(password.encode(), "abcdEFGH") == stored


@pytest.mark.parametrize("stored", [argon2.PasswordHasher().hash(SECRET), bcrypt_hash("$2b$")])
def test_dear_forms_are_marked_so(stored: str) -> None:
    form = form_of(stored)
    assert form is not None
    assert not form.is_cheap


@pytest.mark.parametrize(
    "stored", ["$apr1$abcdEFGH$t0nkIJar6QoyxKZPnA7FK0", "{SHA}" + "A" * 27 + "="]
)
def test_cheap_forms_are_marked_so(stored: str) -> None:
    form = form_of(stored)
    assert form is not None
    assert form.is_cheap


@given(st.text())
def test_no_text_makes_it_raise(stored: str) -> None:
    assert form_of(stored) is None

"""A secret shows itself only when asked."""

import copy
import dataclasses
import json
import logging
import pickle

import pytest

from gate.core.secret_text import MASK, Secret

TEXT = "correct horse"


@dataclasses.dataclass(frozen=True, slots=True)
class Holder:
    secret: Secret


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(repr(Secret(TEXT)), id="repr"),
        pytest.param(str(Secret(TEXT)), id="str"),
        pytest.param(f"{Secret(TEXT)}", id="format"),
        pytest.param(f"{Secret(TEXT):>40}", id="format with a spec"),
        pytest.param(f"{Secret(TEXT)!a}", id="ascii"),
        pytest.param("%s %r" % (Secret(TEXT), Secret(TEXT)), id="percent"),  # noqa: UP031 - the old way is what is tried
        pytest.param(repr([Secret(TEXT)]), id="in a list"),
        pytest.param(repr(Holder(Secret(TEXT))), id="in a dataclass"),
        pytest.param(repr(dataclasses.asdict(Holder(Secret(TEXT)))), id="in a dictionary"),
    ],
)
def test_t71_a_secret_masks_itself_wherever_it_is_written(shown: str) -> None:
    assert MASK in shown
    assert TEXT not in shown


def test_t71_a_secret_is_masked_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("x").warning("signed in with %s", Secret(TEXT))
    assert caplog.messages == [f"signed in with {MASK}"]


def test_t71_a_secret_masks_itself_in_any_format() -> None:
    assert [format(Secret(TEXT), spec) for spec in ("", ">40", "s", "odd")] == [MASK] * 4


def test_its_mask_says_nothing_about_its_length() -> None:
    assert str(Secret("a")) == str(Secret("a" * 100))
    assert repr(Secret("")) == repr(Secret("a"))


def test_it_reveals_its_text_when_asked() -> None:
    assert Secret(TEXT).reveal() == TEXT


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_t71_a_secret_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret(TEXT), protocol)


def test_t71_a_secret_has_no_state_and_no_dictionary() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        Secret(TEXT).__getstate__()
    assert not hasattr(Secret(TEXT), "__dict__")


def test_t71_a_secret_is_not_written_as_json() -> None:
    with pytest.raises(TypeError):
        json.dumps(Secret(TEXT))


def test_copies_are_the_secret_itself() -> None:
    secret = Secret(TEXT)
    assert copy.copy(secret) is secret
    assert copy.deepcopy(secret) is secret


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("a", "a", True, id="the same text"),
        pytest.param("a", "b", False, id="another text"),
        pytest.param("a", "", False, id="nothing"),
        pytest.param("é", "é", True, id="not ascii"),
        pytest.param("\ud800", "\ud800", True, id="a lone surrogate"),
        pytest.param("\ud800", "?", False, id="a lone surrogate and its replacement"),
    ],
)
def test_secrets_are_equal_when_their_texts_are(one: str, other: str, same: bool) -> None:
    assert (Secret(one) == Secret(other)) is same
    assert (hash(Secret(one)) == hash(Secret(other))) is same


def test_a_secret_never_equals_a_plain_text() -> None:
    assert Secret(TEXT) != TEXT
    assert hash(Secret(TEXT)) != hash(TEXT)


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret(" ")


def test_a_secret_does_not_change() -> None:
    secret = Secret(TEXT)
    with pytest.raises(AttributeError, match="does not change"):
        secret.text = "other"
    with pytest.raises(AttributeError, match="does not change"):
        del secret.text  # type: ignore[attr-defined]  # that it has none is what is tried
    assert secret.reveal() == TEXT

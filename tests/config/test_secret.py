"""The master key, derived keys and sealed values (G26)."""

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from gate.config.secret import (
    MAX_FILE,
    DerivedKeys,
    Keyring,
    Purpose,
    Sealer,
    create_master_key,
    load_master_key,
    new_keyring,
    open_master_key,
    parse_keyring,
)
from gate.core.errors import BrokenSeal, MasterKeyDamaged, MasterKeyExposed, MasterKeyMissing
from gate.core.secret_text import Secret

SEED = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
PLACE = {"table": "totp", "row": "17", "account": "a1"}
KEYRING = new_keyring()
SEALER = Sealer(keys=KEYRING.derive(Purpose.SEALING))
SEALED = SEALER.seal(SEED, **PLACE)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "master.key"


# ------------------------------------------------------------------ the key file


def test_g26_a_new_key_file_is_0600_in_a_0700_folder(path: Path) -> None:
    create_master_key(path)
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777], ids=oct)
def test_g26_the_umask_does_not_change_the_mode(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        create_master_key(tmp_path / "master.key")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "master.key") == 0o600


def test_g26_a_key_file_holds_32_random_bytes_and_their_id(path: Path) -> None:
    keyring = create_master_key(path)
    word, key_id, key = path.read_text().split()
    assert (word, key_id) == ("gate-key", keyring.current_id)
    assert bytes.fromhex(key) == keyring.by_id[key_id]
    assert len(bytes.fromhex(key)) == 32
    assert new_keyring().by_id != keyring.by_id


def test_g26_folders_above_the_state_are_made_too(tmp_path: Path) -> None:
    path = tmp_path / "var" / "lib" / "gate" / "master.key"
    assert create_master_key(path) == load_master_key(path)


def test_g26_what_was_created_is_loaded(path: Path) -> None:
    assert create_master_key(path) == load_master_key(path)


def test_g26_a_key_file_is_never_overwritten(path: Path) -> None:
    first = create_master_key(path)
    content = path.read_bytes()
    assert create_master_key(path) == first
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_g26_processes_that_start_at_once_share_one_key(path: Path) -> None:
    found: list[Keyring] = []
    threads = [
        threading.Thread(target=lambda: found.append(open_master_key(path, store_exists=False)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [keyring.current_id for keyring in found] == [load_master_key(path).current_id] * 8


def test_g26_without_store_and_key_a_key_is_made(path: Path) -> None:
    keyring = open_master_key(path, store_exists=False)
    assert open_master_key(path, store_exists=True) == keyring


def test_g26_a_store_without_its_key_is_refused_and_no_key_is_made(path: Path) -> None:
    with pytest.raises(MasterKeyMissing, match="put the key file back"):
        open_master_key(path, store_exists=True)
    assert not path.exists()


def test_g26_a_key_that_is_not_there_is_not_loaded(path: Path) -> None:
    with pytest.raises(MasterKeyMissing, match=r"master\.key"):
        load_master_key(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777], ids=oct)
def test_g26_a_key_file_that_others_can_use_is_refused(path: Path, mode: int) -> None:
    create_master_key(path)
    path.chmod(mode)
    with pytest.raises(MasterKeyExposed, match=f"chmod 600 {path}"):
        load_master_key(path)


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700], ids=oct)
def test_g26_a_key_file_of_its_owner_alone_is_loaded(path: Path, mode: int) -> None:
    keyring = create_master_key(path)
    path.chmod(mode)
    assert load_master_key(path) == keyring


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777], ids=oct)
def test_g26_a_folder_in_which_others_can_swap_the_key_is_refused(path: Path, mode: int) -> None:
    create_master_key(path)
    path.parent.chmod(mode)
    with pytest.raises(MasterKeyExposed, match="chmod go-w"):
        load_master_key(path)
    path.unlink()
    with pytest.raises(MasterKeyExposed, match="chmod go-w"):
        create_master_key(path)
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o1777], ids=oct)
def test_g26_a_folder_in_which_only_the_owner_can_swap_the_key_is_taken(
    path: Path, mode: int
) -> None:
    keyring = create_master_key(path)
    path.parent.chmod(mode)
    assert load_master_key(path) == keyring


def test_g26_a_key_file_that_is_a_folder_is_damaged(path: Path) -> None:
    path.mkdir(parents=True, mode=0o700)
    with pytest.raises(MasterKeyDamaged, match="can't be read"):
        load_master_key(path)


def test_t71_messages_about_a_damaged_key_do_not_show_it(path: Path) -> None:
    create_master_key(path)
    damaged = path.read_text()[:-3] + "zz\n"
    path.write_text(damaged)
    with pytest.raises(MasterKeyDamaged, match=f"`{path}`") as caught:
        load_master_key(path)
    assert damaged.split()[2][:8] not in str(caught.value)
    assert caught.value.__suppress_context__


def test_g26_a_key_file_is_read_up_to_a_limit(path: Path) -> None:
    keyring = create_master_key(path)
    blank = b"\n" * (MAX_FILE - path.stat().st_size)
    path.write_bytes(path.read_bytes() + blank + b"junk")
    assert load_master_key(path) == keyring


LINE = KEYRING.to_text().reveal()
WORD, KEY_ID, KEY = LINE.split()
FLIPPED = f"{int(KEY[0], 16) ^ 1:x}{KEY[1:]}"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("\n\n", id="blank lines"),
        pytest.param(KEY, id="the key alone"),
        pytest.param(f"{WORD} {KEY_ID}", id="no key"),
        pytest.param(f"{WORD} {KEY_ID} {KEY} more", id="one word more"),
        pytest.param(f"other {KEY_ID} {KEY}", id="another kind of file"),
        pytest.param(f"{WORD} {KEY_ID} {KEY[:-2]}", id="cut"),
        pytest.param(f"{WORD} {KEY_ID} {KEY[:-1]}", id="cut within a byte"),
        pytest.param(f"{WORD} {KEY_ID} {FLIPPED}", id="one bit flipped"),
        pytest.param(f"{WORD} {'0' * 16} {KEY}", id="the id of another key"),
        pytest.param(f"{LINE}junk", id="junk on the second line"),
        pytest.param(f"{WORD} {KEY_ID} {KEY}ä", id="not ascii"),
    ],
)
def test_g26_a_damaged_key_file_is_refused_whole(content: str) -> None:
    with pytest.raises(MasterKeyDamaged, match="`some/file` is damaged; put"):
        parse_keyring(content.encode(), "some/file")


@given(st.binary())
def test_g26_no_content_is_taken_for_keys_by_chance(content: bytes) -> None:
    with pytest.raises(MasterKeyDamaged):
        parse_keyring(content, "some/file")


# ------------------------------------------------------------------ keys


def test_each_purpose_has_its_own_key() -> None:
    keys = {purpose: KEYRING.derive(purpose).current for purpose in Purpose}
    assert len(set(keys.values())) == len(Purpose)
    assert KEYRING.by_id[KEYRING.current_id] not in keys.values()
    assert {len(key) for key in keys.values()} == {32}


def test_a_derived_key_stays_the_same() -> None:
    again = parse_keyring(KEYRING.to_text().reveal().encode(), "x")
    assert again.derive(Purpose.CSRF) == KEYRING.derive(Purpose.CSRF)


def test_a_derived_key_is_the_one_that_stores_were_made_with() -> None:
    key = bytes(range(32))
    key_id = "b64330a4d7661ac6"
    keyring = Keyring(current_id=key_id, by_id={key_id: key})
    assert parse_keyring(keyring.to_text().reveal().encode(), "x").current_id == key_id
    assert keyring.derive(Purpose.SEALING).current.hex() == (
        "d4f4d3c0dad1644c1bf4a584830b7bebd2b2e972473c70e0fe221bfbe08a1dff"
    )


def test_t71_keys_do_not_show_themselves() -> None:
    shown = repr(KEYRING) + repr(KEYRING.derive(Purpose.SEALING)) + repr(SEALER)
    for key in (*KEYRING.by_id.values(), SEALER.keys.current):
        assert key.hex() not in shown
        assert repr(key) not in shown
    assert KEY not in repr(KEYRING.to_text())


def test_a_new_key_is_current_and_the_older_ones_stay() -> None:
    newer = KEYRING.with_new_key()
    assert newer.current_id != KEYRING.current_id
    assert list(newer.by_id) == [newer.current_id, KEYRING.current_id]
    assert newer.holds(KEYRING.current_id)
    assert not KEYRING.holds(newer.current_id)
    assert parse_keyring(newer.to_text().reveal().encode(), "x") == newer


def test_a_keyring_without_old_keys_holds_the_current_one_alone() -> None:
    newer = KEYRING.with_new_key()
    assert dict(newer.without_old_keys().by_id) == {newer.current_id: newer.by_id[newer.current_id]}
    assert newer.without_old_keys().current_id == newer.current_id


# ------------------------------------------------------------------ sealed values


def test_a_sealed_text_opens_where_it_was_sealed() -> None:
    assert SEALER.unseal(SEALED, **PLACE) == SEED


@pytest.mark.parametrize("text", ["", "ü", "a" * 10_000])
def test_any_text_can_be_sealed(text: str) -> None:
    assert SEALER.unseal(SEALER.seal(Secret(text), **PLACE), **PLACE) == Secret(text)


def test_t71_a_sealed_value_hides_its_text_and_names_its_key() -> None:
    assert SEED.reveal().encode() not in SEALED
    assert SEALED[0] == 1
    assert SEALED[1:9].hex() == KEYRING.current_id


def test_sealing_the_same_text_twice_gives_two_values() -> None:
    assert SEALER.seal(SEED, **PLACE) != SEALED


@pytest.mark.parametrize(
    "place",
    [
        pytest.param({"table": "mail", "row": "17", "account": "a1"}, id="another table"),
        pytest.param({"table": "totp", "row": "18", "account": "a1"}, id="another row"),
        pytest.param({"table": "totp", "row": "17", "account": "a2"}, id="another account"),
        pytest.param({"table": "totp", "row": "17a", "account": "1"}, id="a shifted border"),
        pytest.param({"table": "totp1", "row": "7", "account": "a1"}, id="the other border"),
        pytest.param({"table": "totp", "row": "17|a1", "account": ""}, id="a made-up border"),
        pytest.param({"table": "", "row": "", "account": ""}, id="nowhere"),
    ],
)
def test_t71_g26_a_value_moved_to_another_place_does_not_open(place: dict[str, str]) -> None:
    with pytest.raises(BrokenSeal, match="changed or moved"):
        SEALER.unseal(SEALED, **place)


def test_t71_g26_swapped_rows_do_not_open() -> None:
    rows = {row: SEALER.seal(SEED, table="totp", row=row, account=row) for row in ("1", "2")}
    for row, other in (("1", "2"), ("2", "1")):
        with pytest.raises(BrokenSeal):
            SEALER.unseal(rows[other], table="totp", row=row, account=row)


@pytest.mark.parametrize("bit", range(len(SEALED) * 8))
def test_g26_a_flipped_bit_breaks_the_seal(bit: int) -> None:
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BrokenSeal):
        SEALER.unseal(bytes(changed), **PLACE)


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_g26_a_cut_value_breaks_the_seal(length: int) -> None:
    with pytest.raises(BrokenSeal):
        SEALER.unseal(SEALED[:length], **PLACE)


def test_g26_a_longer_value_breaks_the_seal() -> None:
    with pytest.raises(BrokenSeal):
        SEALER.unseal(SEALED + b"\0", **PLACE)


def test_g26_a_value_under_another_key_does_not_open() -> None:
    other = Sealer(keys=new_keyring().derive(Purpose.SEALING))
    with pytest.raises(BrokenSeal, match="key that is not there"):
        other.unseal(SEALED, **PLACE)


def test_g26_a_key_under_a_false_id_opens_nothing() -> None:
    key = new_keyring().derive(Purpose.SEALING).current
    keys = DerivedKeys(current_id=KEYRING.current_id, by_id={KEYRING.current_id: key})
    with pytest.raises(BrokenSeal, match="changed or moved"):
        Sealer(keys=keys).unseal(SEALED, **PLACE)


def test_a_key_of_another_purpose_opens_nothing() -> None:
    with pytest.raises(BrokenSeal):
        Sealer(keys=KEYRING.derive(Purpose.RECOVERY)).unseal(SEALED, **PLACE)


def test_after_a_rotation_older_values_open_and_are_told_apart() -> None:
    newer = Sealer(keys=KEYRING.with_new_key().derive(Purpose.SEALING))
    assert newer.unseal(SEALED, **PLACE) == SEED
    assert not newer.is_current(SEALED)
    assert newer.is_current(newer.seal(SEED, **PLACE))


def test_bytes_that_are_no_text_are_a_broken_seal() -> None:
    lone = Secret("\ud800")
    with pytest.raises(UnicodeEncodeError):
        SEALER.seal(lone, **PLACE)


@given(st.binary())
def test_g26_no_bytes_open_by_chance(sealed: bytes) -> None:
    with pytest.raises(BrokenSeal):
        SEALER.unseal(sealed, **PLACE)


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.text("ab|", max_size=3),
    st.text("ab|", max_size=3),
)
def test_each_text_opens_in_its_own_place_only(text: str, row: str, account: str) -> None:
    sealed = SEALER.seal(Secret(text), table="t", row=row, account=account)
    assert SEALER.unseal(sealed, table="t", row=row, account=account) == Secret(text)
    if row != account:
        with pytest.raises(BrokenSeal):
            SEALER.unseal(sealed, table="t", row=account, account=row)

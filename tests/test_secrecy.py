"""Keyed hashes, sealed texts and look-up codes."""

import pytest
from cryptography.fernet import InvalidToken

from app.secrecy import LOOKUP_ALPHABET, Keys, plain_lookup_code

SECRET = "one secret of a portal"


def test_the_same_secret_gives_the_same_keys() -> None:
    assert Keys.from_secret(SECRET) == Keys.from_secret(SECRET)


def test_each_key_and_each_portal_has_its_own() -> None:
    first, second = Keys.from_secret(SECRET), Keys.from_secret(SECRET + ".")

    every = [first.hashing, first.sealing, first.signing.encode()]
    every += [second.hashing, second.sealing, second.signing.encode()]

    assert len(set(every)) == 6


def test_a_hash_is_keyed_and_bound_to_its_purpose() -> None:
    keys = Keys.from_secret(SECRET)

    assert keys.hash("person", "王") == keys.hash("person", "王")
    assert keys.hash("person", "王") != keys.hash("source", "王")
    assert keys.hash("person", "王") != Keys.from_secret("another").hash("person", "王")
    # The border between purpose and value is part of what is hashed.
    assert keys.hash("a", "bc") != keys.hash("ab", "c")


def test_a_sealed_text_opens_only_with_its_own_keys() -> None:
    keys = Keys.from_secret(SECRET)
    sealed = keys.seal("电话 139 0000 0000")

    assert keys.unseal(sealed) == "电话 139 0000 0000"
    assert "139" not in sealed
    assert sealed != keys.seal("电话 139 0000 0000")
    with pytest.raises(InvalidToken):
        Keys.from_secret("another").unseal(sealed)
    with pytest.raises(InvalidToken):
        keys.unseal(sealed[:-4] + "AAA=")


def test_keys_do_not_show_themselves() -> None:
    keys = Keys.from_secret(SECRET)

    assert keys.signing not in repr(keys)
    assert repr(keys.hashing) not in repr(keys)


def test_a_look_up_code_can_be_read_aloud_and_is_always_the_same() -> None:
    keys = Keys.from_secret(SECRET)
    codes = [keys.code("lookup code", str(number)) for number in range(2000)]

    assert keys.code("lookup code", "7") == codes[7]
    assert len(set(codes)) == 2000
    assert all(len(code) == 14 and code[4] == code[9] == "-" for code in codes)
    assert set("".join(codes)) == set(LOOKUP_ALPHABET) | {"-"}
    assert not set("01IO") & set(LOOKUP_ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        "7KQM-X2DP-9RTA",
        "7kqm x2dp 9rta",
        " 7KQMX2DP9RTA\n",
        "７ＫＱＭ－Ｘ２ＤＰ－９ＲＴＡ",
        "7KQM—X2DP–9RTA",
        "７ｋｑｍ　ｘ２ｄｐ　９ｒｔａ",
    ],
)
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    assert plain_lookup_code(typed) == "7KQMX2DP9RTA"


@pytest.mark.parametrize("typed", ["", "——", "7KQM-X2DP-9RTB", "回执"])
def test_another_text_is_another_code(typed: str) -> None:
    assert plain_lookup_code(typed) != "7KQMX2DP9RTA"

"""Words are found by their sound, and only words that are known."""

import pytest

from app.engines.search.pinyin import PinyinTable

TABLE = PinyinTable(["停车", "停车场", "收费", "医保", "一保", "5G基站", "parking", "重庆路"])


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("tingche", "停车"),
        ("TingChe", "停车"),
        ("ting che chang", "停车场"),
        ("tcc", "停车场"),
        ("chongqinglu", "重庆路"),
        ("tingcheshoufei", "停车 收费"),
        ("ｔｉｎｇｃｈｅ", "停车"),
    ],
)
def test_a_sound_leads_to_its_word(typed: str, word: str) -> None:
    assert TABLE.words(typed)[0] == word


def test_words_of_one_sound_are_all_named() -> None:
    assert set(TABLE.words("yibao")) == {"医保", "一保"}


@pytest.mark.parametrize(
    "typed", ["", "t", "tc", "parking", "停车", "tingche2", "*", "tingchez", "a" * 5000]
)
def test_what_is_no_known_sound_finds_nothing(typed: str) -> None:
    assert TABLE.words(typed) == ()

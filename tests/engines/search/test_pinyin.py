"""Words are found by their sound, and only words that are known."""

import pytest

from app.engines.search.glossary import GlossaryEntry
from app.engines.search.pinyin import (
    PinyinTable,
    all_syllables,
    blurred,
    names_in_both_scripts,
    plain_letters,
    sounds,
    syllables,
)

TABLE = PinyinTable(
    [
        "停车",
        "停车场",
        "收费",
        "医保",
        "一保",
        "5G基站",
        "parking",
        "重庆路",
        "旅游",
        "石磨",
        "策略",
    ],
    {"医保": 7, "一保": 1},
)


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
        ("ting2che1", "停车"),
        ("tíngchē", "停车"),
        ("lvyou", "旅游"),
        ("lǚyóu", "旅游"),
        ("celue", "策略"),
    ],
)
def test_a_sound_leads_to_its_word(typed: str, word: str) -> None:
    assert TABLE.words(typed)[0] == word


def test_the_commoner_of_two_words_of_one_sound_comes_first() -> None:
    assert TABLE.words("yibao") == ("医保", "一保")


def test_a_last_syllable_that_nothing_known_ends_in_is_left_out() -> None:
    assert TABLE.words("shi mo tun") == ("石磨",)


@pytest.mark.parametrize(
    ("typed", "query"),
    [("tingche 收费", "停车 收费"), ("收费tingche", "收费 停车"), ("收费 tcc", "收费 停车场")],
)
def test_sounds_beside_characters_are_replaced(typed: str, query: str) -> None:
    assert TABLE.words(typed) == (query,)


@pytest.mark.parametrize("typed", ["parking 收费", "收费 xyz", "收费"])
def test_known_latin_words_and_other_letters_stay(typed: str) -> None:
    assert TABLE.words(typed) == ()


@pytest.mark.parametrize(
    "typed", ["", "t", "tc", "parking", "停车", "tingche20", "*", "tingchez", "a" * 5000]
)
def test_what_is_no_known_sound_finds_nothing(typed: str) -> None:
    assert TABLE.words(typed) == ()


def test_only_a_whole_sound_is_taken_as_spelt_out() -> None:
    assert TABLE.in_full("ting che") == ("停车",)
    assert TABLE.in_full("tcc") == ()
    assert TABLE.in_full("fee") == ()


def test_a_character_of_two_readings_has_both() -> None:
    assert sounds("重庆") == (("zhong", "qing"), ("chong", "qing"))
    assert sounds("停x") == ()


def test_the_usual_reading_comes_first_however_many_there_are() -> None:
    assert sounds("青岛大数据中心")[0] == ("qing", "dao", "da", "shu", "ju", "zhong", "xin")


def test_tones_are_dropped_and_figures_kept() -> None:
    assert plain_letters("Lǜ") == "lv"
    assert plain_letters("gtfs2024") == "gtfs2024"


def test_a_name_in_both_scripts_is_one_thing() -> None:
    words = ["汇澜医院", "huilan", "停车", "huilanese"]
    assert names_in_both_scripts(words) == (GlossaryEntry(zh=("汇澜",), en=("huilan",)),)


def test_an_english_word_that_looks_like_a_sound_is_no_name() -> None:
    known = [GlossaryEntry(zh=("变化",), en=("changes",))]
    assert names_in_both_scripts(["嫦娥", "change"]) != ()
    assert names_in_both_scripts(["嫦娥", "change"], known=known) == ()


def test_the_bundled_table_knows_the_common_characters() -> None:
    assert len(syllables()) > 6_700
    assert syllables()["云"] == ("yun",)
    assert syllables()["行"] == ("xing", "hang")
    assert "lve" in all_syllables()
    assert "lue" not in all_syllables()


def test_a_syllable_is_written_in_plain_letters() -> None:
    assert all(
        syllable.isascii() and syllable.isalpha() and syllable.islower() and len(syllable) <= 6
        for syllable in all_syllables()
    )


@pytest.mark.parametrize(
    ("one", "other"), [("视频", "视屏"), ("志愿", "自愿"), ("牛奶", "流来"), ("身份", "生份")]
)
def test_sounds_that_many_do_not_tell_apart_are_blurred_into_one(one: str, other: str) -> None:
    assert blurred(sounds(one)[0]) == blurred(sounds(other)[0])


@pytest.mark.parametrize(("one", "other"), [("停车", "挺差"), ("石磨", "石木")])
def test_other_sounds_stay_apart(one: str, other: str) -> None:
    assert blurred(sounds(one)[0]) != blurred(sounds(other)[0])

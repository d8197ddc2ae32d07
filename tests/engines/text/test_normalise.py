"""What is stored stays as typed; what is compared is folded, with a way back."""

import time
import unicodedata

import pytest

from app.engines.text.normalise import clean, fold, has_words, normalise


def test_full_width_and_traditional_text_compares_equal_to_the_plain_form() -> None:
    assert normalise("　無證明　城市 ５Ｇ ＩＰＶ６ ") == normalise("无证明 城市 5g ipv6")


def test_a_word_with_its_own_traditional_spelling_is_converted_by_phrase() -> None:
    assert normalise("乾隆皇后的頭髮發展") == "乾隆皇后的头发发展"


@pytest.mark.parametrize(
    "typed",
    [
        "停車\u200b難",
        "ﬁne café",
        "cafe\u0301 路燈",
        "㎡ 每平方",
        "İstanbul 路",
        "ﷺ 標題",
        "Ｑ２ 建議",
    ],
)
def test_every_folded_character_leads_back_into_the_original(typed: str) -> None:
    folded = fold(typed)

    for place in range(len(folded.text)):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(typed)


def test_a_folded_stretch_leads_back_to_the_traditional_words() -> None:
    typed = "ﬁx：小區停\u200b車難"
    folded = fold(typed)
    start = folded.text.index("停车难")

    first, last = folded.span(start, start + 3)

    assert typed[first:last] == "停\u200b車難"


def test_plain_chinese_keeps_its_places_without_a_table() -> None:
    folded = fold("路燈壞了，請修。")

    assert folded.starts is None
    assert folded.text == "路灯坏了,请修。"


def test_an_empty_stretch_leads_to_an_empty_stretch() -> None:
    assert fold("cafe\u0301").span(0, 0) == (0, 0)
    assert fold("\u200b\u200d").span(0, 0) == (0, 0)


def test_long_runs_of_marks_are_folded_in_no_time() -> None:
    zalgo = "路" + "\u0301\u0316" * 50_000

    started = time.perf_counter()
    folded = normalise(zalgo, max_length=200_000)

    assert time.perf_counter() - started < 1
    assert folded == "路"


def test_marks_do_not_cut_the_word_they_decorate() -> None:
    assert normalise("h\u0336e\u0336l\u0336l\u0336o\u0336") == "hello"


def test_only_the_first_characters_of_an_endless_text_are_read() -> None:
    assert len(normalise("停" * 30_000)) == 20_000
    assert normalise("停车难", max_length=2) == "停车"


def test_a_lone_surrogate_or_a_control_breaks_nothing() -> None:
    assert normalise("路\ud800灯\x00坏\x1b了") == "路\ufffd灯 坏 了"


def test_cleaning_keeps_what_was_typed() -> None:
    typed = "臺灣路燈５盞，\n請修 😀 café 𪛖"

    assert clean(typed) == typed


def test_cleaning_removes_what_cannot_be_seen() -> None:
    assert clean("\ufeff路\u200b灯\u202e坏\x00了\x1b[31m\ud800\u2066 ") == "路灯坏了[31m"


def test_cleaning_makes_one_kind_of_line_end_and_of_blank() -> None:
    assert clean("一\r\n二\r三\u2028四\t五") == "一\n二\n三\n四 五"


def test_cleaning_cuts_a_pile_of_marks_to_three() -> None:
    cleaned = clean("a" + "\u0301" * 5_000 + "路")

    assert cleaned == "a\u0301\u0301\u0301路"


def test_marks_hidden_behind_invisible_characters_are_counted_together() -> None:
    cleaned = clean("a" + "\u0301\u200b" * 500)

    assert len([char for char in cleaned if unicodedata.combining(char)]) == 3


def test_a_joiner_stays_inside_a_family_emoji_and_nowhere_else() -> None:
    assert clean("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"
    assert clean("停\u200d车") == "停车"


@pytest.mark.parametrize("text", ["路", "a", "7", "请修路灯。"])
def test_text_with_a_letter_or_digit_has_words(text: str) -> None:
    assert has_words(text)


@pytest.mark.parametrize(
    "text", ["", " \n", "😀" * 50, "……？！", "\u200b\u202e", "\u3164", "\u2800"]
)
def test_text_that_says_nothing_has_no_words(text: str) -> None:
    assert not has_words(text)

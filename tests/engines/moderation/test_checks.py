"""Each sign is seen where it is, and not where it is not."""

import time

import pytest

from app.engines.moderation.checks import (
    WEIGHTS,
    SignCode,
    TextSpan,
    insults,
    language_mismatch,
    likeness,
    link_heavy,
    near_empty,
    personal_data,
    repeated_characters,
    shouting,
    too_short_content,
)

GOOD = "小区东门的路灯坏了两个星期，老人晚上出门看不清台阶，希望尽快修好。"
GOOD_ENGLISH = "The street lamp at the east gate has been broken for two weeks, please repair it."


@pytest.mark.parametrize("text", [GOOD, GOOD_ENGLISH])
def test_an_ordinary_suggestion_shows_no_sign(text: str) -> None:
    seen = [
        too_short_content(text),
        near_empty(text),
        link_heavy(text),
        shouting(text),
        personal_data(text),
        repeated_characters(text),
        insults(text, ("笨蛋", "idiot")),
    ]
    assert not any(seen)


@pytest.mark.parametrize("text", ["路灯坏了", "修路！！　　　。。。。。。。。。。"])
def test_punctuation_does_not_make_a_text_longer(text: str) -> None:
    sign = too_short_content(text)
    assert sign is not None
    assert sign.code is SignCode.TOO_SHORT_CONTENT


def test_ten_chinese_characters_are_long_enough() -> None:
    assert too_short_content("东门路灯坏了两个星期") is None


@pytest.mark.parametrize("text", ["", "。。。？？？", "哈哈哈哈哈哈哈哈哈哈", "aaAAaa bbb 111"])
def test_a_text_of_hardly_any_different_characters_is_near_empty(text: str) -> None:
    sign = near_empty(text)
    assert sign is not None
    assert sign.weight == WEIGHTS[SignCode.NEAR_EMPTY]


def test_four_different_characters_are_not_near_empty() -> None:
    assert near_empty("停电三天") is None


def test_many_links_are_marked_where_they_stand() -> None:
    text = "看 https://a.example/1 和 https://a.example/2 和 www.a.example 就知道了"
    sign = link_heavy(text)
    assert sign is not None
    assert sign.detail == "3"
    assert text[sign.spans[2].start : sign.spans[2].end] == "www.a.example"


def test_one_link_alone_is_heavy() -> None:
    assert link_heavy("https://a.example/a-page-of-some-length 看看") is not None


def test_a_link_beside_a_story_is_fine() -> None:
    assert link_heavy(GOOD + "照片见https://a.example/1") is None


@pytest.mark.parametrize("text", ["WHY DOES NOBODY REPAIR THE LIFT", "三年了！！！！没人管"])
def test_capitals_and_rows_of_exclamation_marks_are_shouting(text: str) -> None:
    assert shouting(text) is not None


@pytest.mark.parametrize("text", ["爱山东APP闪退！！", "The IT and HR offices of QD."])
def test_short_names_in_capitals_are_not_shouting(text: str) -> None:
    assert shouting(text) is None


def test_personal_data_names_its_kinds_and_places() -> None:
    sign = personal_data("请打13800138000，车牌鲁B12345，备用13900139000。")
    assert sign is not None
    assert sign.detail == "mobile,plate"
    assert sign.spans[0] == TextSpan(2, 13)
    assert len(sign.spans) == 3


@pytest.mark.parametrize("text", ["请打12345热线", "第4项，2023年"])
def test_public_figures_are_no_personal_data(text: str) -> None:
    assert personal_data(text) is None


@pytest.mark.parametrize("text", ["求求求求求求求了", "修路灯修路灯修路灯修路灯修路灯"])
def test_the_same_again_and_again_is_seen(text: str) -> None:
    assert repeated_characters(text) is not None


@pytest.mark.parametrize(
    "text", ["等等等", "附件——————", "138********", "好。。。。。。。", "000000"]
)
def test_layout_and_hidden_numbers_are_no_repetition(text: str) -> None:
    assert repeated_characters(text) is None


def test_listed_words_are_found_in_both_languages() -> None:
    text = "你这个笨蛋，You IDIOT!"
    sign = insults(text, ("idiot", "笨蛋"))
    assert sign is not None
    assert [text[span.start : span.end] for span in sign.spans] == ["笨蛋", "IDIOT"]


@pytest.mark.parametrize("words", [(), ("",), ("ass", "傻瓜")])
def test_a_word_inside_another_is_no_insult(words: tuple[str, ...]) -> None:
    assert insults("The class passes the grass. 傻事", words) is None


def test_a_list_s_signs_of_grammar_are_taken_literally() -> None:
    assert insults("a.b", ("a.*",)) is None
    assert insults("x(", ("x(",)) is not None


@pytest.mark.parametrize("piece", ["哈", "ab", "!", "https://", "abcdefgh"])
def test_hostile_texts_are_read_in_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.perf_counter()
    near_empty(text)
    link_heavy(text)
    shouting(text)
    repeated_characters(text)
    assert time.perf_counter() - started < 5


# --- Insults however they are written -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("ＩＤＩＯＴ，快走", "idiot", "ＩＤＩＯＴ"),
        ("你這個大騙徒", "大骗徒", "大騙徒"),
        ("Oh shut up, please", "shut up", "shut up"),
        ("笨蛋笨蛋", "笨蛋", "笨蛋"),
    ],
)
def test_width_case_and_traditional_characters_hide_no_insult(
    text: str, word: str, found: str
) -> None:
    sign = insults(text, (word,))
    assert sign is not None
    assert text[sign.spans[0].start : sign.spans[0].end] == found


def test_of_two_listed_words_that_begin_alike_the_longer_is_marked() -> None:
    sign = insults("你这个大笨蛋先生", ("大笨", "大笨蛋先生"))
    assert sign is not None
    assert [(span.start, span.end) for span in sign.spans] == [(3, 8)]


@pytest.mark.parametrize(
    "words",
    [
        [f"{'甲' * (number % 39)}词{number}" for number in range(5000)],
        [f"(a+)+{number}[^.*$" for number in range(5000)],
        [f"{'a' * (number % 30 + 1)}{number}" for number in range(5000)],
    ],
)
def test_a_list_of_five_thousand_words_is_looked_through_in_time(words: list[str]) -> None:
    text = ("甲" * 40 + "aaaa ") * 400
    started = time.perf_counter()
    assert insults(text, words) is None
    assert insults(f"{text} {words[-1]}", words) is not None
    assert time.perf_counter() - started < 5


# --- Other languages, and copies -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Почините, пожалуйста, фонарь у ворот", "가로등이 고장났습니다 고쳐주세요"]
)
def test_a_text_in_a_third_script_is_told(text: str) -> None:
    sign = language_mismatch(text)
    assert sign is not None
    assert sign.code is SignCode.LANGUAGE_MISMATCH


@pytest.mark.parametrize(
    "text", [GOOD, GOOD_ENGLISH, "12345", "Ж", "小区有一家叫 Фонарь 的店太吵了"]
)
def test_chinese_english_and_single_words_are_no_third_script(text: str) -> None:
    assert language_mismatch(text) is None


def test_the_same_words_with_other_signs_between_are_wholly_alike() -> None:
    assert likeness(GOOD, GOOD.replace("，", " ").replace("。", "!!")) == 1


def test_a_copy_with_a_changed_place_stays_very_alike() -> None:
    assert likeness(GOOD, GOOD.replace("东门", "西门")) > 0.7


@pytest.mark.parametrize("other", ["", "希望图书馆周末晚上也开放，方便上班的人。", GOOD_ENGLISH])
def test_different_matters_are_not_alike(other: str) -> None:
    assert likeness(GOOD, other) < 0.1


def test_two_empty_texts_have_nothing_in_common() -> None:
    assert likeness("", "……") == 0

"""Slips are set right by words that the portal has, and by no others."""

import pytest

from app.engines.search.analysis import default_analyser
from app.engines.search.glossary import GlossaryEntry
from app.engines.search.query import make_plan
from app.engines.search.spelling import (
    MAX_SUGGESTIONS,
    Speller,
    known_words,
    make_glossary,
    read_near_forms,
)
from app.engines.text.normalise import fold

WORDS = {
    "停车": 9,
    "停车场": 4,
    "充电桩": 5,
    "积水": 3,
    "桥洞": 2,
    "未来": 2,
    "街区": 2,
    "退款": 4,
    "挂号费": 2,
    "电子营业执照": 3,
    "无人机": 3,
    "公园": 5,
    "石磨": 1,
    "视频": 3,
    "公共厕所": 2,
    "停水": 3,
    "parking": 6,
    "status": 2,
    "statu": 2,
    "passport": 3,
    "underpass": 1,
    "quality": 2,
    "city": 3,
    "code": 3,
    "registration": 2,
}
SPELLER = Speller(WORDS, ("末未", "入人八"))


def suggested(text: str, speller: Speller = SPELLER) -> tuple[str, ...]:
    return speller.suggest(text, default_analyser())


def guessed(text: str) -> list[tuple[str, str]]:
    folded = fold(text).text
    pieces = list(default_analyser().segmenter.consecutive(folded))
    return [
        (folded[guess.start : guess.end], guess.wordings[0])
        for guess in SPELLER.guesses(folded, pieces)
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("充电庄", "充电桩"),
        ("桥洞机水", "桥洞积水"),
        ("末来街区", "未来街区"),
        ("无入机", "无人机"),
        ("挂号费退退款", "挂号费退款"),
        ("电子营执照", "电子营业执照"),
        ("停车厂", "停车场"),
        ("停車廠", "停车场"),
        ("pasport", "passport"),
        ("statsu", "status"),
        ("undrepass", "underpass"),
        ("qualty of parking", "quality of parking"),
        ("citycode", "city code"),
        ("under pass", "underpass"),
        ("tingche", "停车"),
    ],
)
def test_a_slip_is_set_right(typed: str, meant: str) -> None:
    assert suggested(typed)[0] == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "停车",
        "停车场 退款",
        "parking",
        "parked",
        "passports",
        "鳄鱼",
        "penguins",
        "QD-2023-000123",
        "13900000000",
        "的",
        "怎么办",
    ],
)
def test_what_is_known_or_near_nothing_is_left_alone(text: str) -> None:
    assert suggested(text) == ()


def test_a_short_latin_word_is_left_alone() -> None:
    assert suggested("cit") == ()


def test_the_first_letter_is_seldom_wrong() -> None:
    speller = Speller({"marking": 9, "parking": 1})
    assert suggested("parkin", speller)[0] == "parking"


def test_of_two_words_equally_near_the_commoner_comes_first() -> None:
    assert suggested("lone", Speller({"line": 1, "lane": 8}))[0] == "lane"
    assert suggested("停东", Speller({"停冬": 1, "停动": 2}))[0] == "停动"


def test_there_are_at_most_three_different_suggestions() -> None:
    speller = Speller({f"pa{letter}king": 1 for letter in "abcdefg"})
    found = suggested("pazking", speller)
    assert len(found) == len(set(found)) == MAX_SUGGESTIONS


def test_a_word_that_stands_nowhere_is_never_made_up() -> None:
    assert suggested("停军", Speller({"停车": 1}, ("车军",))) == ("停车",)
    assert suggested("停军", Speller({"公园": 1}, ("车军",))) == ()


def test_only_what_is_nearly_certain_is_guessed() -> None:
    assert guessed("桥洞机水") == [("机水", "积水")]
    assert guessed("pasport registration") == [("pasport", "passport")]
    assert guessed("停车站") == []
    assert guessed("共圆") == []
    assert suggested("共圆") == ("公园",)
    assert guessed("pazzport") == []


@pytest.mark.parametrize("text", ["cote", "coda"])
def test_a_short_word_that_may_be_another_is_not_taken_for_a_slip(text: str) -> None:
    assert guessed(text) == []
    assert suggested(text) == ("code",)


def test_a_guess_is_looked_for_beside_what_was_typed() -> None:
    entries = [GlossaryEntry(zh=("积水",), en=("flooding",))]
    plan = make_plan("机水", default_analyser(), make_glossary(entries, WORDS, SPELLER))

    assert [reading.text for reading in plan.concepts[0].readings] == ["机水", "积水", "flooding"]
    assert plan.also == ("积水", "flooding")


def test_a_name_in_latin_letters_finds_the_chinese_one() -> None:
    words = {"汇澜医院": 2, "huilan": 1}
    plan = make_plan("Huilan", default_analyser(), make_glossary([], words, Speller(words)))

    assert plan.also == ("汇澜",)


def test_all_known_words_are_counted_once_as_they_are_written() -> None:
    entries = [GlossaryEntry(zh=("停车",), en=("car park",))]
    words = known_words({"停车": 3, "statu": 2}, entries, ["一网通办"], ["Status of the car"])

    assert words == {
        "停车": 3,
        "statu": 2,
        "car": 1,
        "park": 0,
        "一网通办": 0,
        "status": 1,
        "of": 1,
        "the": 1,
    }


def test_words_are_found_by_sound() -> None:
    assert SPELLER.by_sound("tingche") == ("停车",)


@pytest.mark.parametrize(
    "text",
    ["停" * 100, "a " * 50, "停\u0301" * 50, "\ud800停东", "😀" * 50, "кафе停东", "'-/" * 30],
)
def test_no_text_is_too_strange_to_be_asked_about(text: str) -> None:
    assert all(len(found) <= 2 * len(text) for found in suggested(text))
    plan = make_plan(text, default_analyser(), make_glossary([], WORDS, SPELLER))
    assert all(concept.readings[0].units for concept in plan.concepts)


def test_the_bundled_look_alikes_are_read() -> None:
    groups = read_near_forms()
    assert len(groups) > 100
    assert not any(group.startswith("#") for group in groups)


@pytest.mark.parametrize(("typed", "meant"), [("视屏", "视频"), ("停碎", "停水"), ("公苑", "公园")])
def test_a_sound_that_many_do_not_tell_apart_is_taken_for_the_other(typed: str, meant: str) -> None:
    assert guessed(typed) == [(typed, meant)]


@pytest.mark.parametrize("typed", ["星屏", "床票", "视卡"])
def test_a_sound_that_is_clearly_another_is_none(typed: str) -> None:
    assert guessed(typed) == []


def test_a_character_that_mostly_asks_may_be_a_part_of_a_slip() -> None:
    assert guessed("公共侧所") == [("公共侧所", "公共厕所")]


@pytest.mark.parametrize("text", ["公共的积水", "停车和退款", "我在公园"])
def test_an_asking_character_beside_known_words_is_none(text: str) -> None:
    assert guessed(text) == []

"""Texts are folded to one shape and cut alike in both languages."""

import pytest

from app.engines.hot_issues.words import (
    LONGEST_TEXT,
    clean,
    common_words,
    cut_words,
    grams,
    stem,
    without_place_codes,
)


def test_width_script_and_spaces_are_folded() -> None:
    assert clean("７２７路  末班車\n太早") == "727路 末班车 太早"


def test_an_endless_text_is_cut_before_it_costs_anything() -> None:
    assert len(clean("臭" * 100_000)) == LONGEST_TEXT


def test_codes_of_hidden_places_are_taken_out() -> None:
    assert without_place_codes("B4区望潮苑").strip() == "望潮苑"


def test_ordinary_districts_are_left_in() -> None:
    assert without_place_codes("东岸区望潮苑") == "东岸区望潮苑"


@pytest.mark.parametrize(
    ("one", "other"),
    [("noise", "noises"), ("repair", "repaired"), ("city", "cities"), ("light", "lights")],
)
def test_forms_of_an_english_word_meet(one: str, other: str) -> None:
    assert stem(one).rstrip("y") == stem(other)


def test_characters_are_counted_in_chinese_and_words_in_english() -> None:
    assert grams("电梯停运", 2) == ["电梯", "梯停", "停运"]
    assert grams("The lift broke down", 3) == ["lift brok", "brok down"]


def test_no_run_crosses_a_full_stop() -> None:
    assert grams("电梯。停运", 2) == ["电梯", "停运"]


def test_an_english_word_always_capitalised_behaves_like_a_name() -> None:
    common = common_words(["Lights on Harbour Lane", "the lights are broken"])
    marked = {word.text: word.is_name for word in cut_words("Lights on Harbour Lane", common)}
    assert marked["harbour"]
    assert not marked["light"]


def test_everyday_words_are_left_out() -> None:
    words = [word.text for word in cut_words("请问领导您好，关于电梯的问题", frozenset())]
    assert words == ["电梯"]

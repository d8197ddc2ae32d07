"""Typed words become things to look for, and signs have no power."""

from datetime import date

import pytest

from app.engines.search.query import (
    MAX_QUERY_LENGTH,
    MAX_UNITS,
    SearchRequest,
    loosen,
    make_plan,
)
from app.errors import InvalidInputError


def words_of(text: str) -> list[str]:
    return [unit.text for unit in make_plan(text).units]


def test_a_chinese_query_is_cut_into_words() -> None:
    assert words_of("小区停车难") == ["小区", "停车难"]


def test_words_that_stand_together_are_bridged() -> None:
    assert make_plan("小区停车难").bridges == ("区停",)
    assert make_plan("parking fees").bridges == ("park fee",)
    assert make_plan("小区 停车难").bridges == ()


@pytest.mark.parametrize("text", ["停车怎么办", "请问 停车", "how to find the 停车"])
def test_asking_words_are_not_looked_for(text: str) -> None:
    assert "停车" in words_of(text)
    assert not set(words_of(text)) & {"怎么办", "请问", "how", "to", "the"}


def test_an_asking_word_alone_is_looked_for() -> None:
    assert words_of("的") == ["的"]
    assert words_of("how") == ["how"]


def test_one_character_is_looked_for_as_a_character() -> None:
    (unit,) = make_plan("路").units

    assert unit.is_character


def test_characters_the_dictionary_left_apart_are_one_name() -> None:
    assert words_of("钺喆 路灯") == ["钺喆", "路灯"]


@pytest.mark.parametrize("text", ["*", "???", "()[]", '"', "\\", "::::", "😀", "\u202e", ""])
def test_signs_alone_ask_for_nothing(text: str) -> None:
    assert make_plan(text).units == ()


@pytest.mark.parametrize("text", ["status:hidden", "phone:138*", "NOT 停车", "[路 TO 灯]"])
def test_signs_of_query_languages_are_plain_words(text: str) -> None:
    assert all(unit.text.isalnum() for unit in make_plan(text).units)


def test_no_more_than_twelve_things_are_looked_for() -> None:
    plan = make_plan(" ".join(f"w{number}" for number in range(30)))

    assert len(plan.units) == MAX_UNITS
    assert len(plan.bridges) < MAX_UNITS


def test_a_loosened_plan_looks_for_parts_of_long_words() -> None:
    assert [unit.text for unit in loosen(make_plan("停车难")).units] == ["停车"]
    assert [unit.text for unit in loosen(make_plan("加装电梯")).units] == ["加装", "电梯"]


@pytest.mark.parametrize("text", ["停车", "路", "QD-2023-000123", "parking"])
def test_what_has_no_parts_is_not_loosened(text: str) -> None:
    assert loosen(make_plan(text)) == make_plan(text)


def test_a_word_typed_twice_counts_once() -> None:
    assert words_of("停车 停车 停車") == ["停车"]


def test_a_query_of_the_greatest_length_is_taken() -> None:
    assert len(SearchRequest(text="停" * MAX_QUERY_LENGTH).text) == MAX_QUERY_LENGTH


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"text": "(" * (MAX_QUERY_LENGTH + 1)}, "text"),
        ({"text": "停车", "also": ("p" * (MAX_QUERY_LENGTH + 1),)}, "text"),
        ({"text": "停车", "also": ("a", "b", "c", "d")}, "also"),
        ({"text": "停车", "page": 0}, "page"),
        ({"text": "停车", "page": -1}, "page"),
        ({"text": "停车", "per_page": 0}, "per_page"),
        ({"text": "停车", "per_page": 101}, "per_page"),
    ],
)
def test_what_no_page_can_be_made_for_is_refused(
    arguments: dict[str, str | int | tuple[str, ...]], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        SearchRequest(**arguments)  # type: ignore[arg-type]  # wrong values are the point

    assert refusal.value.field == field


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        SearchRequest(text="停车", date_from=date(2023, 5, 2), date_to=date(2023, 5, 1))

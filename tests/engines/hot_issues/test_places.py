"""Places are recognised by how they are written."""

import pytest

from app.engines.hot_issues.places import (
    are_apart,
    bare_places,
    chinese_places,
    districts_in,
    english_places,
    has_place_ending,
)


def test_a_chinese_place_is_found_by_its_ending() -> None:
    assert "青禾路" in chinese_places(["建议青禾路增设路灯"])


def test_a_name_after_its_district_is_found_without_an_ending() -> None:
    assert "B4区阳光" in chinese_places(["B4区阳光一直不供暖"])


@pytest.mark.parametrize("text", ["电梯停运两周", "", "这里不能飞", "家里没有水"])
def test_a_text_without_a_place_has_none(text: str) -> None:
    assert chinese_places([text]) == []


def test_an_english_place_is_two_capitalised_words() -> None:
    assert english_places(["The lights on Harbour Lane are dark"]) == ["Harbour Lane"]


@pytest.mark.parametrize(
    "text", ["Please repair the lights", "dark lanes everywhere", "the form was lost Last Monday"]
)
def test_a_single_capital_or_a_day_is_no_english_place(text: str) -> None:
    assert english_places([text]) == []


def test_a_district_is_told_from_a_housing_estate() -> None:
    assert districts_in("东岸区电梯") == ["东岸区"]
    assert districts_in("小区电梯") == []


def test_kinds_of_places_are_known() -> None:
    assert has_place_ending("青禾路")
    assert not has_place_ending("青禾")


def test_the_proper_name_stands_alone() -> None:
    assert bare_places("B4区金桂园小区电梯停运") == {"金桂园"}


def test_different_names_are_apart() -> None:
    assert are_apart(frozenset({"金桂园"}), frozenset({"白鹭洲"}))
    assert are_apart(frozenset({"rose court"}), frozenset({"willow court"}))


@pytest.mark.parametrize("other", [{"金桂"}, set()])
def test_like_names_and_no_names_are_not_apart(other: set[str]) -> None:
    assert not are_apart(frozenset({"金桂园"}), frozenset(other))

"""One plain view of a text, in which every place still knows where it was typed."""

import pytest

from app.engines.text import numerals


def test_full_width_and_odd_dashes_become_plain() -> None:
    plain = numerals.plain("电话１３８－００１３—８０００")
    assert plain.view == "电话138-0013-8000"
    assert plain.typed(2, 15) == (2, 15)


def test_hidden_characters_go_and_places_stay() -> None:
    text = "微\u200b信1\ufe0f\u20e3\u20602。"
    plain = numerals.plain(text)
    assert plain.view == "微信12。"
    assert plain.typed(2, 4) == (3, 8)
    assert text[slice(*plain.typed(0, 2))] == "微\u200b信"


def test_characters_that_fold_to_several_keep_their_place() -> None:
    assert numerals.plain("㏂路㎡²①").view == "㏂路㎡²①"


def test_plain_words_are_left_as_they_are() -> None:
    plain = numerals.plain("停车难 No. 3")
    assert plain == numerals.PlainText("停车难 No. 3")


@pytest.mark.parametrize("typed", ["一三八零〇", "壹叁捌零○", "幺三八零零", "①③⑧⓪⓪", "1叁8零0"])
def test_digits_of_every_script_are_figures(typed: str) -> None:
    assert numerals.with_figures(typed) == "13800"


@pytest.mark.parametrize("typed", ["十", "两", "千"])
def test_words_for_amounts_are_no_digits(typed: str) -> None:
    assert numerals.with_figures(typed) == typed


def test_a_number_is_taken_apart() -> None:
    assert numerals.digits_of("138-0013 8000") == "13800138000"
    assert numerals.group_sizes("138-0013 8000") == (3, 4, 4)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((1, 1, 1), True), ((4, 4, 1), True), ((1, 4, 4), False), ((4, 2, 4), False)],
)
def test_groups_are_fair_or_single(sizes: tuple[int, ...], expected: bool) -> None:  # noqa: FBT001
    assert numerals.is_read_aloud(sizes, least=3) is expected


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("20230228", True), ("20230229", False), ("18991231", False), ("2023022", False)],
)
def test_a_day_is_one_of_the_calendar(digits: str, expected: bool) -> None:  # noqa: FBT001
    assert numerals.is_day(digits) is expected

"""Marks stand on the text as it was typed, and excerpts show the best place."""

from app.engines.search.analysis import default_analyser
from app.engines.search.query import make_plan
from app.engines.search.results import (
    Span,
    cut_excerpt,
    highlight,
    make_excerpt,
    merge_spans,
)


def marked(text: str, query: str) -> list[str]:
    return [
        text[span.start : span.end]
        for span in highlight(text, make_plan(query, default_analyser()))
    ]


def test_traditional_text_is_marked_as_typed() -> None:
    assert marked("我們小區停車難，停\u200b車貴", "停车") == ["停車", "停\u200b車"]


def test_english_is_marked_by_stem_and_whole_word() -> None:
    assert marked("Parked cars fill the parkway; parking!", "parking") == ["Parked", "parking"]


def test_codes_are_marked_whole() -> None:
    assert marked("见QD-2023-000123与5G 基站", "qd-2023-000123 5g基站") == [
        "QD-2023-000123",
        "5G 基站",
    ]


def test_a_long_word_that_is_not_there_is_marked_by_its_pairs() -> None:
    assert marked("停车真的难", "停车难") == ["停车"]


def test_what_does_not_stand_there_is_not_marked() -> None:
    assert marked("路灯坏了", "停车") == []


def test_touching_marks_become_one() -> None:
    assert merge_spans([Span(4, 6), Span(0, 2), Span(2, 3)]) == (Span(0, 3), Span(4, 6))


def test_a_short_text_is_its_own_excerpt() -> None:
    excerpt = make_excerpt("路灯坏了。\n请修。", make_plan("路灯", default_analyser()))

    assert excerpt.text == "路灯坏了。 请修。"
    assert excerpt.spans == (Span(0, 2),)
    assert not excerpt.cut_before
    assert not excerpt.cut_after


def test_an_excerpt_shows_the_place_with_most_of_the_words() -> None:
    text = "停车。" + "无关的话，" * 60 + "小区停车难，收费又贵。" + "别的话，" * 60

    excerpt = make_excerpt(text, make_plan("小区 停车 收费", default_analyser()))

    shown = {excerpt.text[span.start : span.end] for span in excerpt.spans}
    assert shown == {"小区停车", "收费"}
    assert excerpt.cut_before
    assert excerpt.cut_after
    assert len(excerpt.text) == 120


def test_markup_in_a_text_is_left_alone() -> None:
    excerpt = make_excerpt("<b>停车</b>", make_plan("停车", default_analyser()))

    assert excerpt.text == "<b>停车</b>"
    assert excerpt.spans == (Span(3, 5),)


def test_an_excerpt_never_cuts_through_an_english_word() -> None:
    text = "We wait and wait at the counter for parking permits every single morning " * 6
    excerpt = make_excerpt(text, make_plan("permits", default_analyser()), length=40)
    assert set(excerpt.text.split()) <= set(text.split())


def test_an_excerpt_does_not_open_with_a_sign_that_closes() -> None:
    text = "前面说了很多别的事情也没有人听。" * 3 + "，后来停车又多收了钱，一直没有退。" + "完" * 60
    shown = cut_excerpt(text, (), start=text.index("，后来"), length=20)
    assert shown.text.startswith("后来")
    assert shown.cut_before


def test_the_marks_move_with_the_excerpt_s_edges() -> None:
    text = "carpark " * 10 + "permit " * 30
    excerpt = cut_excerpt(text, (Span(80, 86),), start=75, length=20)
    (span,) = excerpt.spans
    assert excerpt.text[span.start : span.end] == "permit"

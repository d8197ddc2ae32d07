"""Words that stand side by side are nearer than words that only share a page."""

import time

import pytest

from app.engines.search.analysis import default_analyser
from app.engines.search.closeness import READ_LENGTH, closeness
from app.engines.search.query import make_plan

FILLER = "请物业和有关部门的同志们尽快派人到现场查看并且给出答复。"


def closeness_of(query: str, *, title: str = "", body: str = "") -> float:
    return closeness(title, body, make_plan(query, default_analyser()))


def test_side_by_side_is_as_near_as_can_be() -> None:
    assert closeness_of("医院 停车", title="医院停车难") == 1.0
    assert closeness_of("parking fees", body="The parking fees are high.") == 1.0


def test_the_farther_apart_the_less() -> None:
    near = closeness_of("医院 停车", body=f"医院门口停车。{FILLER}")
    far = closeness_of("医院 停车", body=f"医院门口。{FILLER}停车。")

    assert 0.0 < far < near < 1.0


def test_the_nearest_places_count() -> None:
    once = closeness_of("医院 停车", body="医院停车")

    assert closeness_of("医院 停车", body=f"停车。{FILLER}医院停车{FILLER}医院") == once


def test_what_misses_a_word_is_less_near() -> None:
    whole = closeness_of("医院 停车 电梯", body="医院停车电梯")

    assert 0.0 < closeness_of("医院 停车 电梯", body="医院停车") < whole


@pytest.mark.parametrize(
    ("query", "title", "body"),
    [
        ("停车", "停车难", "停车"),
        ("医院 停车", "医院", "停车"),
        ("医院 停车", "", ""),
        ("", "医院", "停车"),
    ],
)
def test_where_two_do_not_stand_together_nothing_is_near(query: str, title: str, body: str) -> None:
    assert closeness_of(query, title=title, body=body) == 0.0


def test_traditional_signs_and_other_forms_are_found() -> None:
    assert closeness_of("医院 停车", title="醫院停車難") == 1.0
    assert closeness_of("parked fee", body="parking fees") > 0.5


def test_a_long_letter_is_read_in_part_and_at_once() -> None:
    body = "停" * READ_LENGTH + "医院停车" * 5_000

    started = time.process_time()
    found = [closeness_of("医院 停车", body=body) for _ in range(50)]

    assert set(found) == {0.0}
    assert time.process_time() - started < 1.0

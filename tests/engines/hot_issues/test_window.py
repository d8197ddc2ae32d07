"""A period begins, ends, and has a middle and weeks."""

from datetime import UTC, datetime, timedelta

import pytest

from app.engines.hot_issues.window import Window
from app.errors import InvalidInputError

START = datetime(2023, 1, 1, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(days=28))


def test_the_start_is_inside_and_the_end_is_not() -> None:
    assert WINDOW.start in WINDOW
    assert WINDOW.end not in WINDOW
    assert START - timedelta(seconds=1) not in WINDOW


def test_weeks_are_counted_from_the_start() -> None:
    assert WINDOW.week_of(START + timedelta(days=6, hours=23)) == 0
    assert WINDOW.week_of(START + timedelta(days=7)) == 1


def test_the_middle_halves_the_period() -> None:
    assert WINDOW.middle == START + timedelta(days=14)


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        Window(START, START)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        Window(START.replace(tzinfo=None), START + timedelta(days=1))

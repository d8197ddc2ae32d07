"""Deadlines skip public holidays, count make-up days and say when they guess."""

from datetime import date, timedelta

import pytest

from app.engines.moderation.deadlines import (
    DayKind,
    WorkingDays,
    calendar_day,
    days_left,
    due_on,
    is_working_day,
    year_is_covered,
)
from app.errors import InvalidInputError

FAR_MONDAY = date(2091, 1, 1)


def test_the_day_of_receipt_does_not_count() -> None:
    assert due_on(date(2023, 5, 15), working_days=1) == date(2023, 5, 16)


def test_a_weekend_is_skipped() -> None:
    assert due_on(date(2023, 5, 19), working_days=1) == date(2023, 5, 22)


def test_a_week_of_holidays_is_skipped() -> None:
    # 国庆 and 中秋 2023: 29 September to 6 October off, 7 and 8 October worked.
    assert due_on(date(2023, 9, 28), working_days=1) == date(2023, 10, 7)


def test_a_make_up_sunday_counts() -> None:
    assert is_working_day(date(2023, 4, 23))
    assert due_on(date(2023, 4, 21), working_days=1) == date(2023, 4, 23)


def test_a_holiday_of_the_office_s_own_is_skipped() -> None:
    holiday = date(2023, 5, 16)
    assert due_on(date(2023, 5, 15), working_days=1, extra_holidays={holiday}) == date(2023, 5, 17)


def test_a_working_day_of_the_office_s_own_counts_even_if_listed_as_a_holiday() -> None:
    saturday = date(2023, 5, 20)
    due = due_on(
        date(2023, 5, 19), working_days=1, extra_holidays={saturday}, extra_workdays={saturday}
    )
    assert due == saturday


def test_beyond_the_announced_years_monday_to_friday_stand_in() -> None:
    assert not year_is_covered(FAR_MONDAY.year)
    friday = FAR_MONDAY + timedelta(days=4)
    assert due_on(FAR_MONDAY, working_days=4) == friday
    assert due_on(friday, working_days=1) == FAR_MONDAY + timedelta(days=7)


def test_the_years_of_the_plan_are_covered() -> None:
    assert year_is_covered(2023)
    assert year_is_covered(2024)


@pytest.mark.parametrize("working_days", [0, -5])
def test_a_deadline_needs_at_least_one_day(working_days: int) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        due_on(FAR_MONDAY, working_days=working_days)
    assert refusal.value.field == "working_days"


@pytest.mark.parametrize("working_days", [1, 5, 20, 60])
def test_what_is_left_on_the_day_of_receipt_is_the_whole_deadline(working_days: int) -> None:
    received = date(2023, 9, 20)
    assert days_left(received, due_on(received, working_days=working_days)) == working_days


def test_nothing_is_left_on_the_due_day() -> None:
    assert days_left(date(2023, 5, 16), date(2023, 5, 16)) == 0


def test_an_overdue_day_counts_below_zero() -> None:
    assert days_left(date(2023, 5, 22), date(2023, 5, 18)) == -2


def test_what_is_left_heeds_the_office_s_own_days() -> None:
    today, due = date(2023, 5, 15), date(2023, 5, 17)
    assert days_left(today, due, extra_holidays={due}) == 1
    assert days_left(today, date(2023, 5, 21), extra_workdays={date(2023, 5, 21)}) == 5


@pytest.mark.parametrize(
    ("day", "kind", "holiday"),
    [
        (date(2023, 10, 2), DayKind.HOLIDAY, "National Day"),
        (date(2023, 10, 7), DayKind.MAKE_UP, "National Day"),
        (date(2023, 10, 14), DayKind.WEEKEND, ""),
        (date(2023, 10, 16), DayKind.WORKING, ""),
        (FAR_MONDAY, DayKind.WORKING, ""),
        (FAR_MONDAY + timedelta(days=6), DayKind.WEEKEND, ""),
    ],
)
def test_the_calendar_says_what_a_day_is(day: date, kind: DayKind, holiday: str) -> None:
    said = calendar_day(day)
    assert (said.kind, said.holiday) == (kind, holiday)


def test_the_office_s_rules_count_in_both_directions() -> None:
    storm, saturday = date(2023, 5, 16), date(2023, 5, 20)
    own = WorkingDays(frozenset({storm}), frozenset({saturday}))
    assert own.due_on(date(2023, 5, 15), working_days=4) == saturday
    assert own.days_left(date(2023, 5, 15), saturday) == 4


def test_without_rules_days_are_counted_by_the_calendar_alone() -> None:
    assert WorkingDays().due_on(date(2023, 5, 15), working_days=1) == date(2023, 5, 16)

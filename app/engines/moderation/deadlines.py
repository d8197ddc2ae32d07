"""Working days as the office keeps them: public holidays off, make-up days (调休) on.

The calendar of a year is announced in the autumn before it. Beyond the announced years Monday to
Friday stand in, and `year_is_covered` says so, so that a page can call the date provisional.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import chinese_calendar

from app.errors import InvalidInputError

_DAY = timedelta(days=1)
_SATURDAY = 5
_COVERED_YEARS = frozenset(day.year for day in chinese_calendar.holidays)
_NO_DAYS: frozenset[date] = frozenset()


class DayKind(StrEnum):
    """What the calendar says of a day, before the office's own rules."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@dataclass(frozen=True)
class CalendarDay:
    """A day of the announced calendar; `holiday` names the holiday it is off or made up for."""

    day: date
    kind: DayKind
    holiday: str


@dataclass(frozen=True)
class WorkingDays:
    """The office's own rules beside the calendar, and how days are counted by them."""

    extra_holidays: frozenset[date] = _NO_DAYS
    extra_workdays: frozenset[date] = _NO_DAYS

    def due_on(self, received: date, *, working_days: int) -> date:
        """See `due_on` of this module."""
        return due_on(
            received,
            working_days=working_days,
            extra_holidays=self.extra_holidays,
            extra_workdays=self.extra_workdays,
        )

    def days_left(self, today: date, due: date) -> int:
        """See `days_left` of this module."""
        return days_left(
            today,
            due,
            extra_holidays=self.extra_holidays,
            extra_workdays=self.extra_workdays,
        )


def calendar_day(day: date) -> CalendarDay:
    """What the announced calendar says of a day; in a year that is not covered, its weekday."""
    is_weekend = day.weekday() >= _SATURDAY
    if not year_is_covered(day.year):
        return CalendarDay(day, DayKind.WEEKEND if is_weekend else DayKind.WORKING, "")
    is_off, name = chinese_calendar.get_holiday_detail(day)
    if is_off:
        return CalendarDay(day, DayKind.HOLIDAY if name else DayKind.WEEKEND, str(name or ""))
    return CalendarDay(day, DayKind.MAKE_UP if is_weekend else DayKind.WORKING, str(name or ""))


def year_is_covered(year: int) -> bool:
    """Whether the public holidays and make-up days of a year are known."""
    return year in _COVERED_YEARS


def is_working_day(
    day: date,
    *,
    extra_holidays: Collection[date] = _NO_DAYS,
    extra_workdays: Collection[date] = _NO_DAYS,
) -> bool:
    """Whether the office works on a day; the office's own lists overrule the calendar.

    A day on both lists is worked: a make-up day is announced after the holiday it makes up for.
    """
    if day in extra_workdays:
        return True
    if day in extra_holidays:
        return False
    if year_is_covered(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY


def due_on(
    received: date,
    *,
    working_days: int,
    extra_holidays: Collection[date] = _NO_DAYS,
    extra_workdays: Collection[date] = _NO_DAYS,
) -> date:
    """The last day to act in; the day of receipt does not count.

    Refuses with InvalidInputError fewer than one working day.
    """
    if working_days < 1:
        raise InvalidInputError(field="working_days", reason="too_few")
    day = received
    left = working_days
    while left:
        day += _DAY
        left -= is_working_day(day, extra_holidays=extra_holidays, extra_workdays=extra_workdays)
    return day


def days_left(
    today: date,
    due: date,
    *,
    extra_holidays: Collection[date] = _NO_DAYS,
    extra_workdays: Collection[date] = _NO_DAYS,
) -> int:
    """Working days after today up to the due day; below zero, how many have passed since it."""
    if due < today:
        return -days_left(due, today, extra_holidays=extra_holidays, extra_workdays=extra_workdays)
    return sum(
        is_working_day(
            today + _DAY * number, extra_holidays=extra_holidays, extra_workdays=extra_workdays
        )
        for number in range(1, (due - today).days + 1)
    )

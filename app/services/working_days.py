"""The office's working days: the announced calendar, and the days staff set otherwise."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engines.moderation.deadlines import (
    DayKind,
    WorkingDays,
    calendar_day,
    is_working_day,
    year_is_covered,
)
from app.engines.text.normalise import clean
from app.errors import InvalidInputError, NotFoundError
from app.models import StaffMember, WorkingDayRule
from app.services import audit
from app.services.staff import require
from app.vocabulary import Role

__all__ = ["Day", "DayKind", "WorkingDays", "Year", "for_year", "remove_rule", "rules", "set_rule"]

NOTE_MAX = 200
FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Years for which a rule may be set; a slip of the finger falls outside."""


@dataclass(frozen=True)
class Day:
    """A day of the page: what the calendar says, what staff said, and what holds."""

    day: date
    kind: DayKind
    holiday: str
    is_working_day: bool
    rule: WorkingDayRule | None


@dataclass(frozen=True)
class Year:
    """A year's months as weeks from Monday to Sunday; a place outside the month holds None.

    `is_covered` says whether the holidays and make-up days of the year are announced.
    """

    year: int
    is_covered: bool
    months: Sequence[Sequence[Sequence[Day | None]]]
    rules: Sequence[WorkingDayRule]


def rules(session: Session) -> WorkingDays:
    """The days that staff set otherwise than the calendar has them; one small statement."""
    said = session.execute(select(WorkingDayRule.day, WorkingDayRule.is_working_day)).all()
    return WorkingDays(
        extra_holidays=frozenset(day for day, is_worked in said if not is_worked),
        extra_workdays=frozenset(day for day, is_worked in said if is_worked),
    )


def for_year(session: Session, year: int) -> Year:
    """Every day of a year as the office keeps it; raises NotFoundError for a year out of bounds."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFoundError("calendar", str(year))
    own = session.scalars(
        select(WorkingDayRule)
        .where(WorkingDayRule.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(WorkingDayRule.day)
    ).all()
    by_day = {rule.day: rule for rule in own}
    weeks = calendar.Calendar()
    months = [
        [
            [_day(day, by_day) if day.month == month else None for day in week]
            for week in weeks.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]
    return Year(year, year_is_covered(year), months, own)


def _day(day: date, by_day: dict[date, WorkingDayRule]) -> Day:
    said = calendar_day(day)
    rule = by_day.get(day)
    is_worked = rule.is_working_day if rule is not None else is_working_day(day)
    return Day(day, said.kind, said.holiday, is_worked, rule)


def set_rule(
    session: Session,
    day: date,
    *,
    is_working_day: bool,
    note: str,
    by: StaffMember,
    now: datetime,
) -> WorkingDayRule:
    """Say that the office works on a day, or does not; a rule that is there is replaced.

    Only for administrators. Raises NotAllowedError, and InvalidInputError for `day`
    (`out_of_bounds`) or `note` (`too_long`).
    """
    require(by, "working days", Role.ADMIN)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInputError("day", "out_of_bounds")
    tidy = " ".join(clean(note).split())
    if len(tidy) > NOTE_MAX:
        raise InvalidInputError("note", "too_long")
    rule = session.merge(
        WorkingDayRule(
            day=day, is_working_day=is_working_day, note=tidy, set_by_id=by.id, set_at=now
        )
    )
    session.flush()
    audit.append(
        session,
        act="calendar.set",
        subject=day.isoformat(),
        detail={"is_working_day": is_working_day},
        staff=by,
        now=now,
    )
    return rule


def remove_rule(session: Session, day: date, *, by: StaffMember, now: datetime) -> None:
    """Let the calendar hold again on a day; only for administrators.

    Raises NotAllowedError, and NotFoundError where there is no rule.
    """
    require(by, "working days", Role.ADMIN)
    rule = session.get(WorkingDayRule, day)
    if rule is None:
        raise NotFoundError("working day rule", day.isoformat())
    session.delete(rule)
    session.flush()
    audit.append(
        session, act="calendar.remove", subject=day.isoformat(), detail={}, staff=by, now=now
    )

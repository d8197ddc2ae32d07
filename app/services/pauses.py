"""Times in which a review's clock stands still because the author has the turn."""

from datetime import date, datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Pause, Suggestion
from app.services import working_days

CHINA = timezone(timedelta(hours=8))
"""The calendar of working days is the country's, which keeps one time."""


def open_pause(session: Session, suggestion: Suggestion) -> Pause | None:
    """The pause that the suggestion is in, else None."""
    return session.scalar(
        select(Pause)
        .where(Pause.suggestion_id == suggestion.id, Pause.ended_at.is_(None))
        .order_by(Pause.id.desc())
        .limit(1)
    )


def start(session: Session, suggestion: Suggestion, *, now: datetime) -> None:
    """Stop the clock; where it stands already, it goes on standing."""
    if open_pause(session, suggestion) is None:
        session.add(Pause(suggestion_id=suggestion.id, started_at=now))


def end(session: Session, suggestion: Suggestion, *, now: datetime) -> None:
    """Let the clock go on: the due day moves by the working days that passed meanwhile."""
    pause = open_pause(session, suggestion)
    if pause is None:
        return
    pause.ended_at = max(now, pause.started_at)
    move_due_day(session, suggestion, start=pause.started_at, end=pause.ended_at)


def move_due_day(
    session: Session, suggestion: Suggestion, *, start: datetime, end: datetime
) -> None:
    """Move the due day by the working days after the one day up to the other.

    As many working days are left at the end as were at the start.
    """
    if suggestion.due_on is None:
        return
    rules = working_days.rules(session)
    passed = rules.days_left(_day(start), _day(end))
    if passed > 0:
        suggestion.due_on = rules.due_on(suggestion.due_on, working_days=passed)


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()

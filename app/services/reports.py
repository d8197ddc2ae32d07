"""Readers' word that something published should be looked at again (举报)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.engines.text.normalise import clean
from app.errors import InvalidInputError
from app.models import Report
from app.models.review import REPORT_NOTE_MAX
from app.services import suggestions
from app.services.queueing import Term, hold, put_back
from app.vocabulary import ReviewCause


class ReportReason(StrEnum):
    """Why a reader reports what was published."""

    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    ADVERTISING = "advertising"
    UNTRUE = "untrue"
    OTHER = "other"


@dataclass(frozen=True)
class Complaint:
    """What a reader says against something published."""

    reason: str
    note: str = ""


def report(
    session: Session,
    number: str,
    complaint: Complaint,
    *,
    person_key: str,
    now: datetime,
    term: Term,
) -> None:
    """Keep one person's report and put the suggestion into the queue; it stays published.

    A second report of the same person changes nothing. Raises NotFoundError for what is not
    public, and InvalidInputError for an unknown reason, a note too long, or none with "other".
    """
    suggestion = suggestions.public_one(session, number)
    reason, note = _fit(complaint)
    hold(session, suggestion)
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    kept = session.execute(
        insert(Report)
        .values(
            suggestion_id=suggestion.id,
            person_key=person_key,
            reason=reason,
            note=note,
            reported_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Report.id)
    ).first()
    if kept is not None and suggestion.is_public and suggestion.review_cause is None:
        put_back(session, suggestion, ReviewCause.REPORTED, term)
    session.flush()


def _fit(complaint: Complaint) -> tuple[ReportReason, str]:
    reason = next((each for each in ReportReason if each == complaint.reason), None)
    if reason is None:
        raise InvalidInputError("reason", "unknown")
    note = clean(complaint.note)
    if len(note) > REPORT_NOTE_MAX:
        raise InvalidInputError("note", "too_long")
    if reason is ReportReason.OTHER and not note:
        raise InvalidInputError("note", "missing")
    return reason, note


def open_on(session: Session, suggestion_id: int) -> Sequence[Report]:
    """The reports on a suggestion that nobody has dealt with, oldest first."""
    return session.scalars(
        select(Report)
        .where(Report.suggestion_id == suggestion_id, Report.settled_at.is_(None))
        .order_by(Report.id)
    ).all()


def settle(session: Session, suggestion_id: int, *, now: datetime) -> None:
    """Note that every open report on the suggestion has been dealt with."""
    session.execute(
        update(Report)
        .where(Report.suggestion_id == suggestion_id, Report.settled_at.is_(None))
        .values(settled_at=now)
    )

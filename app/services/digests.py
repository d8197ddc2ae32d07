"""What waits for a member of the staff, in figures: for the morning's mail and the desk's start.

A digest names no suggestion and no citizen, so that it may travel by mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from app.models import Appeal, Claim, Decision, StaffMember, Suggestion
from app.services import audit, second_looks
from app.vocabulary import ReviewCause, Role

SENT = "digest.sent"
"""The act under which the log keeps who was sent a digest."""


@dataclass(frozen=True)
class Digest:
    """How many suggestions wait in the queue, and of which sort.

    `overdue` were due before today, `mine` are claimed by the member, `appeals` are those that
    somebody else than the member decided, `looks` are second looks that the member may take.
    """

    waiting: int
    overdue: int
    mine: int
    appeals: int
    looks: int


@dataclass(frozen=True)
class Addressed:
    """A digest and whom it is for."""

    member: StaffMember
    digest: Digest


def compose(session: Session, member: StaffMember, *, now: datetime, today: date) -> Digest:
    """The member's digest as of now."""
    is_waiting = Suggestion.review_cause.is_not(None)
    return Digest(
        waiting=_count(session, is_waiting),
        overdue=_count(session, is_waiting, Suggestion.due_on < today),
        mine=_count(
            session,
            is_waiting,
            Suggestion.id.in_(
                select(Claim.suggestion_id).where(
                    Claim.staff_id == member.id, Claim.expires_at > now
                )
            ),
        ),
        appeals=_count(
            session,
            Suggestion.review_cause == ReviewCause.APPEALED,
            Suggestion.id.not_in(
                select(Appeal.suggestion_id)
                .join(Decision, Decision.id == Appeal.decision_id)
                .where(Decision.staff_id == member.id)
            ),
        ),
        looks=second_looks.waiting(session, member),
    )


def due(session: Session, *, now: datetime, midnight: datetime, today: date) -> Sequence[Addressed]:
    """The digests that are to be sent today and have not been; `midnight` is when today began."""
    sent = audit.subjects_since(session, SENT, since=midnight)
    members = session.scalars(
        select(StaffMember)
        .where(
            StaffMember.is_active,
            StaffMember.wants_digest,
            StaffMember.role.in_((Role.MODERATOR, Role.ADMIN)),
        )
        .order_by(StaffMember.id)
    ).all()
    return [
        Addressed(member, compose(session, member, now=now, today=today))
        for member in members
        if _subject(member) not in sent
    ]


def note_sent(session: Session, member: StaffMember, *, now: datetime) -> None:
    """Keep in the log that the member was sent today's digest."""
    audit.append(session, act=SENT, subject=_subject(member), detail={}, staff=None, now=now)


def _subject(member: StaffMember) -> str:
    return f"staff:{member.id}"


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Suggestion).where(*conditions)) or 0

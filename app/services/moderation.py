"""Triage: the queue, one suggestion on the desk, and deciding on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.engines.moderation.workflow import (
    Actor,
    Transition,
    actions_for,
    next_state,
    transition_for,
)
from app.engines.text.normalise import clean
from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import Decision, PlanItem, ReasonCode, StaffMember, Suggestion, Tag
from app.models.moderation import NOTE_MAX
from app.models.suggestion import IMPORTED_TEXT_MAX
from app.services import indexing, suggestions
from app.services.paging import Page, paged
from app.services.staff import require
from app.vocabulary import (
    DocumentType,
    Language,
    ModerationAction,
    Question,
    ReviewState,
    Role,
    TagSource,
)


@dataclass(frozen=True)
class QueueFilter:
    """How a moderator narrows the queue."""

    state: ReviewState = ReviewState.PENDING
    item_number: int | None = None
    question: Question | None = None
    district_code: str | None = None
    language: Language | None = None
    words: str = ""


def queue(session: Session, narrowed: QueueFilter, *, number: int) -> Page[Suggestion]:
    """One page of suggestions in a state: what is due first, then what matters most."""
    query = (
        select(Suggestion)
        .where(Suggestion.review_state == narrowed.state)
        .options(
            selectinload(Suggestion.district),
            selectinload(Suggestion.tags).selectinload(Tag.item).selectinload(PlanItem.texts),
        )
    )
    if narrowed.state is ReviewState.PENDING:
        query = query.order_by(
            Suggestion.due_on, Suggestion.priority.desc(), Suggestion.submitted_at, Suggestion.id
        )
    else:
        query = query.order_by(Suggestion.submitted_at.desc(), Suggestion.id.desc())
    if narrowed.item_number is not None:
        query = query.where(
            Suggestion.tags.any(Tag.item.has(PlanItem.number == narrowed.item_number))
        )
    if narrowed.question is not None:
        query = query.where(Suggestion.question == narrowed.question)
    if narrowed.district_code is not None:
        query = query.where(Suggestion.district_code == narrowed.district_code)
    if narrowed.language is not None:
        query = query.where(Suggestion.language == narrowed.language)
    if narrowed.words:
        query = query.where(
            or_(
                Suggestion.title.contains(narrowed.words, autoescape=True),
                Suggestion.number == narrowed.words.strip().upper(),
            )
        )
    return paged(session, query, number=number)


def counts(session: Session) -> dict[ReviewState, int]:
    """How many suggestions stand in each state."""
    rows = session.execute(
        select(Suggestion.review_state, func.count()).group_by(Suggestion.review_state)
    )
    found = dict(rows.tuples())
    return {state: found.get(state, 0) for state in ReviewState}


@dataclass(frozen=True)
class Desk:
    """One suggestion with all that a moderator needs to decide on it."""

    suggestion: Suggestion
    decisions: Sequence[Decision]
    transitions: Sequence[Transition]
    reasons: Sequence[ReasonCode]


def desk(session: Session, number: str) -> Desk:
    """The suggestion of that number, whatever its state; raises NotFoundError."""
    suggestion = _by_number(session, number)
    return Desk(
        suggestion=suggestion,
        decisions=suggestions.decisions_on(session, suggestion.id),
        transitions=actions_for(suggestion.review_state, Actor.STAFF),
        reasons=session.scalars(select(ReasonCode).order_by(ReasonCode.position)).all(),
    )


def next_pending(session: Session, *, after: Suggestion | None = None) -> str | None:
    """The number of the suggestion that the queue puts first, leaving one out."""
    query = (
        select(Suggestion.number)
        .where(Suggestion.review_state == ReviewState.PENDING)
        .order_by(
            Suggestion.due_on, Suggestion.priority.desc(), Suggestion.submitted_at, Suggestion.id
        )
        .limit(1)
    )
    if after is not None:
        query = query.where(Suggestion.id != after.id)
    return session.scalar(query)


@dataclass(frozen=True)
class Act:
    """What a moderator asks for, and the version of the suggestion that was on the screen."""

    action: ModerationAction
    seen_version: int
    reason_code: str | None = None
    note: str = ""
    public_text: str | None = None
    item_numbers: tuple[int, ...] | None = None


def decide(
    session: Session, number: str, act: Act, *, by: StaffMember, plan_year: int, now: datetime
) -> Decision:
    """Carry the act out, record it and let the index know.

    Raises NotAllowedError, NotFoundError, StaleEditError when a colleague was faster,
    InvalidTransitionError, and InvalidInputError for a missing reason or an unknown item.
    """
    require(by, "decide", Role.MODERATOR)
    suggestion = _by_number(session, number)
    if suggestion.version != act.seen_version:
        raise StaleEditError(act.seen_version, suggestion.version)
    before = suggestion.review_state
    target = next_state(before, act.action)
    _check_reason(session, act)
    detail = _retag(session, suggestion, act, year=plan_year)
    suggestion.review_state = target
    if target is ReviewState.PUBLISHED and before is not ReviewState.PUBLISHED:
        suggestion.published_at = suggestion.published_at or now
        _publish_text(suggestion, act.public_text)
    # Every decision raises the version, also one that leaves the row itself as it was.
    suggestion.priority = suggestion.priority
    decision = record(session, suggestion, act, before=before, by=by, detail=detail, now=now)
    indexing.enqueue(session, DocumentType.SUGGESTION, suggestion.id, now=now)
    return decision


def record(
    session: Session,
    suggestion: Suggestion,
    act: Act,
    *,
    before: ReviewState,
    by: StaffMember | None,
    detail: str | None,
    now: datetime,
) -> Decision:
    """Append the decision's row; `by` is None for an act of the machine."""
    session.flush()
    decision = Decision(
        suggestion_id=suggestion.id,
        staff_id=by.id if by else None,
        action=act.action,
        from_state=before,
        to_state=suggestion.review_state,
        reason_code=act.reason_code,
        note=clean(act.note) or None,
        detail=detail,
        version_after=suggestion.version,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    return decision


def changes_since(session: Session, number: str, version: int) -> Sequence[Decision]:
    """What colleagues decided after the version somebody saw, oldest first."""
    suggestion = _by_number(session, number)
    return [
        decision
        for decision in suggestions.decisions_on(session, suggestion.id)
        if decision.version_after > version
    ]


def _by_number(session: Session, number: str) -> Suggestion:
    found = session.scalar(
        select(Suggestion)
        .where(Suggestion.number == number)
        .options(
            selectinload(Suggestion.district),
            selectinload(Suggestion.tags)
            .selectinload(Tag.item)
            .options(selectinload(PlanItem.texts), selectinload(PlanItem.plan)),
        )
    )
    if found is None:
        raise NotFoundError("suggestion", number)
    return found


def _check_reason(session: Session, act: Act) -> None:
    if len(act.note) > NOTE_MAX:
        raise InvalidInputError("note", "too_long")
    if act.reason_code:
        reason = session.get(ReasonCode, act.reason_code)
        if reason is None or reason.action is not act.action:
            raise InvalidInputError("reason_code", "unknown")
    elif transition_for(act.action).needs_reason:
        raise InvalidInputError("reason_code", "missing")


def _retag(session: Session, suggestion: Suggestion, act: Act, *, year: int) -> str | None:
    """Set the tags the moderator chose and say what changed, as `-3 +7`."""
    if act.item_numbers is None:
        return None
    before = {tag.item.number for tag in suggestion.tags}
    suggestions.tag_by_numbers(
        session, suggestion, act.item_numbers, source=TagSource.MODERATOR, year=year
    )
    after = set(act.item_numbers)
    changes = [f"-{number}" for number in sorted(before - after)]
    changes += [f"+{number}" for number in sorted(after - before)]
    return " ".join(changes) or None


def _publish_text(suggestion: Suggestion, public_text: str | None) -> None:
    """Publish what the moderator masked; what was sent is kept beside it."""
    if public_text is None:
        return
    masked = clean(public_text)
    if not masked or len(masked) > IMPORTED_TEXT_MAX:
        raise InvalidInputError("public_text", "length")
    if masked != suggestion.text:
        suggestion.original_text = suggestion.original_text or suggestion.text
        suggestion.text = masked

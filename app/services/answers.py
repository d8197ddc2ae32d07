"""What the office answers (答复): drafted, reviewed by a second person, published, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.elements import ColumnElement

from app.engines.text import personal_data
from app.engines.text.language import detect
from app.engines.text.normalise import clean, has_words
from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from app.models import Answer, Assignment, PlanItem, Rating, StaffMember, Suggestion, Tag, Unit
from app.models.answer import ANSWER_MAX
from app.services import audit, follow_ups, indexing, suggestions, turns
from app.services.answer_templates import leftover
from app.services.paging import Page, paged
from app.services.queueing import hold
from app.services.staff import require
from app.vocabulary import (
    AnswerStatus,
    HandlingState,
    Outcome,
    ReviewCause,
    ReviewState,
    Role,
)

FURTHEST = timedelta(days=90)
"""A day of publication may lie so far ahead."""

UNANSWERED = (HandlingState.REOPENED, HandlingState.RECEIVED, HandlingState.IN_PROGRESS)


@dataclass(frozen=True)
class Said:
    """What an answer says, what comes of the suggestion, and which unit speaks."""

    text: str
    outcome: Outcome
    unit_code: str | None = None


# --- From draft to publication -------------------------------------------------------------------


def draft(session: Session, number: str, said: Said, *, by: StaffMember, now: datetime) -> Answer:
    """Begin an answer to a published suggestion.

    Raises NotAllowedError, NotFoundError, InvalidInputError for what it says, and
    InvalidTransitionError where another answer is under way or nothing is to be answered.
    """
    require(by, "answer", Role.MODERATOR)
    suggestion = of_number(session, number)
    turns.wait_for(session, f"answer {number}")
    if suggestion.review_state is not ReviewState.PUBLISHED:
        raise InvalidTransitionError(act="answer", state=suggestion.review_state)
    if under_way(session, suggestion.id) is not None:
        raise InvalidTransitionError(act="answer", state="under way")
    answer = Answer(suggestion_id=suggestion.id, status=AnswerStatus.DRAFT)
    _put(session, answer, said, by=by, now=now)
    session.add(answer)
    session.flush()
    _note(session, "answer.drafted", answer, suggestion, by=by, now=now)
    return answer


def change(
    session: Session,
    answer_id: int,
    said: Said,
    *,
    seen_version: int,
    by: StaffMember,
    now: datetime,
) -> Answer:
    """Word an unpublished answer anew; who did so is its drafter then, and it is reviewed again.

    Raises NotAllowedError, NotFoundError, StaleEditError, InvalidInputError and
    InvalidTransitionError.
    """
    answer = _held(session, answer_id, seen_version, by=by)
    _refuse_unless(answer, AnswerStatus.DRAFT, AnswerStatus.REVIEWED)
    _put(session, answer, said, by=by, now=now)
    answer.status, answer.publish_on = AnswerStatus.DRAFT, None
    answer.reviewed_by_id = answer.reviewed_at = None
    session.flush()
    _note(session, "answer.changed", answer, _suggestion(session, answer), by=by, now=now)
    return answer


def _put(session: Session, answer: Answer, said: Said, *, by: StaffMember, now: datetime) -> None:
    text = clean(said.text)
    if not has_words(text):
        raise InvalidInputError("text", "no_words")
    if len(text) > ANSWER_MAX:
        raise InvalidInputError("text", "too_long")
    if leftover(text):
        raise InvalidInputError("text", "placeholder")
    if said.unit_code is not None and session.get(Unit, said.unit_code) is None:
        raise InvalidInputError("unit", "unknown")
    answer.text, answer.language = text, detect(text)
    answer.outcome, answer.unit_code = said.outcome, said.unit_code
    answer.drafted_by_id, answer.drafted_at = by.id, now


def review(
    session: Session, answer_id: int, *, seen_version: int, by: StaffMember, now: datetime
) -> Answer:
    """Find a colleague's draft fit to be published.

    Raises NotAllowedError, for one's own draft too, and as `change` does.
    """
    answer = _held(session, answer_id, seen_version, by=by)
    _refuse_unless(answer, AnswerStatus.DRAFT)
    if answer.drafted_by_id == by.id:
        raise NotAllowedError("review one's own answer")
    answer.status = AnswerStatus.REVIEWED
    answer.reviewed_by_id, answer.reviewed_at = by.id, now
    session.flush()
    _note(session, "answer.reviewed", answer, _suggestion(session, answer), by=by, now=now)
    return answer


def discard(
    session: Session, answer_id: int, *, seen_version: int, by: StaffMember, now: datetime
) -> None:
    """Throw an unpublished answer away; raises as `change` does."""
    answer = _held(session, answer_id, seen_version, by=by)
    _refuse_unless(answer, AnswerStatus.DRAFT, AnswerStatus.REVIEWED)
    _note(session, "answer.discarded", answer, _suggestion(session, answer), by=by, now=now)
    session.delete(answer)
    session.flush()


def schedule(
    session: Session,
    answer_id: int,
    day: date | None,
    *,
    seen_version: int,
    by: StaffMember,
    today: date,
    now: datetime,
) -> Answer:
    """Let a reviewed answer be published on a later day, or on none.

    Raises InvalidInputError for a day not ahead or too far, and as `change` does.
    """
    answer = _held(session, answer_id, seen_version, by=by)
    _refuse_unless(answer, AnswerStatus.REVIEWED)
    if day is not None and not today < day <= today + FURTHEST:
        raise InvalidInputError("publish_on", "past" if day <= today else "far")
    answer.publish_on = day
    session.flush()
    _note(session, "answer.scheduled", answer, _suggestion(session, answer), by=by, now=now)
    return answer


def publish(
    session: Session, answer_id: int, *, seen_version: int, by: StaffMember, now: datetime
) -> Answer:
    """Publish a reviewed answer: the suggestion is answered, whatever a low grade had opened.

    Raises as `change` does, and InvalidTransitionError while the suggestion is not published.
    """
    answer = _held(session, answer_id, seen_version, by=by)
    _publish(session, answer, by=by, now=now)
    return answer


@dataclass(frozen=True)
class Published:
    """How many answers were published together, and those that were not, by id."""

    count: int
    refused: tuple[int, ...]


def publish_many(
    session: Session, seen_versions: Mapping[int, int], *, by: StaffMember, now: datetime
) -> Published:
    """Publish reviewed answers, each as it was seen; those changed meanwhile are left alone.

    Raises NotAllowedError.
    """
    require(by, "answer", Role.MODERATOR)
    rows = _held_with_suggestions(session, Answer.id.in_(seen_versions))
    fit = [
        answer
        for answer in rows
        if answer.version == seen_versions[answer.id] and _is_publishable(session, answer)
    ]
    for answer in fit:
        _publish(session, answer, by=by, now=now)
    done = {answer.id for answer in fit}
    return Published(len(done), tuple(sorted(set(seen_versions) - done)))


def publish_due(session: Session, today: date, now: datetime) -> int:
    """Publish every reviewed answer whose day has come; how many there were.

    One whose suggestion is not published now waits until it is.
    """
    is_due = and_(Answer.status == AnswerStatus.REVIEWED, Answer.publish_on <= today)
    rows = _held_with_suggestions(session, is_due)
    fit = [answer for answer in rows if _is_publishable(session, answer)]
    for answer in fit:
        _publish(session, answer, by=None, now=now)
    return len(fit)


def _held_with_suggestions(session: Session, condition: ColumnElement[bool]) -> Sequence[Answer]:
    """The answers, kept from others together with what they answer.

    All rows before the first line of the log: who waits for a row while the log is held would
    wait for a colleague who waits for the log.
    """
    rows = session.scalars(_for_update(condition)).all()
    session.scalars(
        select(Suggestion)
        .where(Suggestion.id.in_({answer.suggestion_id for answer in rows}))
        .order_by(Suggestion.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    return rows


def _for_update(condition: ColumnElement[bool]) -> Select[Answer]:
    return (
        select(Answer)
        .where(condition)
        .order_by(Answer.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _is_publishable(session: Session, answer: Answer) -> bool:
    return (
        answer.status is AnswerStatus.REVIEWED
        and _suggestion(session, answer).review_state is ReviewState.PUBLISHED
    )


def _publish(session: Session, answer: Answer, *, by: StaffMember | None, now: datetime) -> None:
    _refuse_unless(answer, AnswerStatus.REVIEWED)
    suggestion = _suggestion(session, answer)
    hold(session, suggestion)
    if suggestion.review_state is not ReviewState.PUBLISHED:
        raise InvalidTransitionError(act="publish answer", state=suggestion.review_state)
    answer.status, answer.published_at, answer.publish_on = AnswerStatus.PUBLISHED, now, None
    suggestion.handling_state = HandlingState.ANSWERED
    if suggestion.review_cause is ReviewCause.LOW_RATING:
        suggestion.review_cause = None
    session.flush()
    indexing.enqueue_suggestion(session, suggestion.id, now=now)
    _note(session, "answer.published", answer, suggestion, by=by, now=now)


def close(
    session: Session,
    answer_id: int,
    outcome: Outcome,
    *,
    seen_version: int,
    by: StaffMember,
    today: date,
    now: datetime,
) -> Answer:
    """Close the matter of a published answer with what came of it; its author is asked later.

    Raises as `change` does, and InvalidTransitionError unless this answer is the one that stands.
    """
    answer = _held(session, answer_id, seen_version, by=by)
    _refuse_unless(answer, AnswerStatus.PUBLISHED)
    suggestion = _suggestion(session, answer)
    hold(session, suggestion)
    if not is_closable(session, answer, suggestion):
        raise InvalidTransitionError(act="close", state=suggestion.handling_state)
    answer.outcome = outcome
    suggestion.handling_state = HandlingState.CLOSED
    follow_ups.plan(session, suggestion.id, today=today)
    session.flush()
    indexing.enqueue_suggestion(session, suggestion.id, now=now)
    _note(session, "suggestion.closed", answer, suggestion, by=by, now=now)
    return answer


def is_closable(session: Session, answer: Answer, suggestion: Suggestion) -> bool:
    """Whether the matter can be closed with this answer: it is the latest, and it stands."""
    if suggestion.review_state is not ReviewState.PUBLISHED:
        return False
    if suggestion.handling_state is not HandlingState.ANSWERED:
        return False
    latest = published(session, suggestion.id)
    return bool(latest) and latest[0].answer.id == answer.id


def _held(session: Session, answer_id: int, seen_version: int, *, by: StaffMember) -> Answer:
    """The answer as it is stored now, kept from others until this transaction ends."""
    require(by, "answer", Role.MODERATOR)
    answer = session.scalar(_for_update(Answer.id == answer_id))
    if answer is None:
        raise NotFoundError("answer", str(answer_id))
    if answer.version != seen_version:
        raise StaleEditError(seen_version, answer.version)
    return answer


def _refuse_unless(answer: Answer, *fitting: AnswerStatus) -> None:
    if answer.status not in fitting:
        raise InvalidTransitionError(act="answer", state=answer.status)


def _suggestion(session: Session, answer: Answer) -> Suggestion:
    return session.get_one(Suggestion, answer.suggestion_id)


def _note(
    session: Session,
    act: str,
    answer: Answer,
    suggestion: Suggestion,
    *,
    by: StaffMember | None,
    now: datetime,
) -> None:
    audit.append(
        session,
        act=act,
        subject=suggestion.number,
        detail={
            "answer": answer.id,
            "outcome": answer.outcome.value,
            "publish_on": answer.publish_on.isoformat() if answer.publish_on else None,
        },
        staff=by,
        now=now,
    )


# --- Reading -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answered:
    """A published answer, with its unit, and what its author thinks of it."""

    answer: Answer
    rating: Rating | None


def published(session: Session, suggestion_id: int) -> Sequence[Answered]:
    """The published answers to a suggestion, newest first."""
    rows = session.execute(
        select(Answer, Rating)
        .outerjoin(Rating, Rating.answer_id == Answer.id)
        .where(Answer.suggestion_id == suggestion_id, Answer.status == AnswerStatus.PUBLISHED)
        .options(selectinload(Answer.unit))
        .order_by(Answer.published_at.desc(), Answer.id.desc())
    )
    return [Answered(answer, rating) for answer, rating in rows]


def under_way(session: Session, suggestion_id: int) -> Answer | None:
    """The suggestion's answer that is not published yet."""
    return session.scalar(
        select(Answer)
        .where(Answer.suggestion_id == suggestion_id, Answer.status != AnswerStatus.PUBLISHED)
        .order_by(Answer.id)
        .limit(1)
    )


def of_number(session: Session, number: str) -> Suggestion:
    """The suggestion to be answered, whatever its state; raises NotFoundError."""
    found = session.scalar(
        select(Suggestion).where(Suggestion.number == number).options(*suggestions.NEIGHBOURS)
    )
    if found is None:
        raise NotFoundError("suggestion", number)
    return found


@dataclass(frozen=True)
class Sheet:
    """One answer with all that its page shows.

    `personal_data` is what the machine finds in its words; `may_close` whether the matter can be
    closed with it.
    """

    answer: Answer
    suggestion: Suggestion
    rating: Rating | None
    personal_data: tuple[personal_data.PersonalDataKind, ...]
    may_close: bool


def sheet(session: Session, answer_id: int) -> Sheet:
    """The answer of that id with its suggestion and people; raises NotFoundError."""
    row = session.execute(
        select(Answer, Suggestion, Rating)
        .join(Suggestion, Suggestion.id == Answer.suggestion_id)
        .outerjoin(Rating, Rating.answer_id == Answer.id)
        .where(Answer.id == answer_id)
        .options(*_PEOPLE, *suggestions.NEIGHBOURS)
    ).first()
    if row is None:
        raise NotFoundError("answer", str(answer_id))
    answer, suggestion, rating = row
    return Sheet(
        answer=answer,
        suggestion=suggestion,
        rating=rating,
        personal_data=tuple(dict.fromkeys(span.kind for span in personal_data.find(answer.text))),
        may_close=answer.status is AnswerStatus.PUBLISHED
        and is_closable(session, answer, suggestion),
    )


_PEOPLE = (
    selectinload(Answer.unit),
    selectinload(Answer.drafted_by),
    selectinload(Answer.reviewed_by),
)


@dataclass(frozen=True)
class Line:
    """A line of a list at the desk; `title` shows no personal data that the machine can find."""

    suggestion: Suggestion
    title: str
    answer: Answer | None = None


def to_draft(session: Session, *, number: int) -> Page[Line]:
    """Published suggestions without an answer: reopened ones first, then the longest waiting."""
    is_under_way = (
        select(Answer.id)
        .where(Answer.suggestion_id == Suggestion.id, Answer.status != AnswerStatus.PUBLISHED)
        .exists()
    )
    page = paged(
        session,
        _unanswered()
        .where(~is_under_way)
        .order_by(
            (Suggestion.handling_state != HandlingState.REOPENED),
            Suggestion.published_at,
            Suggestion.id,
        ),
        number=number,
    )
    lines = [Line(row, _covered(row.title)) for row in page.rows]
    return Page(lines, page.number, page.per_page, page.total)


def _unanswered() -> Select[Suggestion]:
    return select(Suggestion).where(
        Suggestion.review_state == ReviewState.PUBLISHED,
        Suggestion.handling_state.in_(UNANSWERED),
    )


def listed(session: Session, status: AnswerStatus, *, number: int) -> Page[Line]:
    """Answers of one status: published ones newest first, others the longest waiting first."""
    order = (
        Answer.published_at.desc() if status is AnswerStatus.PUBLISHED else Answer.drafted_at,
        Answer.id,
    )
    page = paged(
        session,
        select(Answer).where(Answer.status == status).options(*_PEOPLE).order_by(*order),
        number=number,
    )
    ids = [answer.suggestion_id for answer in page.rows]
    rows = {
        row.id: row for row in session.scalars(select(Suggestion).where(Suggestion.id.in_(ids)))
    }
    lines = [
        Line(rows[answer.suggestion_id], _covered(rows[answer.suggestion_id].title), answer)
        for answer in page.rows
    ]
    return Page(lines, page.number, page.per_page, page.total)


def _covered(title: str) -> str:
    return personal_data.mask(title, personal_data.find(title))


def counts(session: Session) -> Mapping[AnswerStatus, int]:
    """How many answers there are of each status."""
    found = dict(session.execute(select(Answer.status, func.count()).group_by(Answer.status)).all())
    return {status: found.get(status, 0) for status in AnswerStatus}


def units(session: Session) -> Sequence[Unit]:
    """The units that may speak."""
    return session.scalars(select(Unit).order_by(Unit.code)).all()


def likely_unit(session: Session, suggestion: Suggestion) -> Unit | None:
    """The unit it was last given to, or else the one that answers for its first plan item."""
    code = session.scalar(
        select(Assignment.unit_code)
        .where(Assignment.suggestion_id == suggestion.id)
        .order_by(Assignment.id.desc())
        .limit(1)
    ) or session.scalar(
        select(PlanItem.unit_code)
        .join(Tag, Tag.item_id == PlanItem.id)
        .where(Tag.suggestion_id == suggestion.id, PlanItem.unit_code.is_not(None))
        .order_by(PlanItem.id)
        .limit(1)
    )
    return session.get(Unit, code) if code is not None else None

"""What authors think of the answers they got (好差评): grades, and what low ones set going."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.engines.text.normalise import clean
from app.errors import InvalidInputError, InvalidTransitionError
from app.models import Answer, Rating, Suggestion
from app.models.answer import RATING_NOTE_MAX
from app.services import indexing
from app.services.queueing import Term, hold, put_back
from app.vocabulary import AnswerStatus, HandlingState, ReviewCause, ReviewState

WORST, LOW, SATISFIED, BEST = 1, 2, 3, 5
"""Grades: 5 very satisfied, 4 satisfied, 3 basically satisfied, 2 dissatisfied, 1 very much so."""

CHANGEABLE = timedelta(days=7)
"""For how long after it was first given a rating may be changed."""


@dataclass(frozen=True)
class Grades:
    """Two grades from 1 to 5, and a word about them that only the office reads."""

    attitude: int
    result: int
    note: str = ""

    @property
    def is_low(self) -> bool:
        """Whether the office has to look again."""
        return min(self.attitude, self.result) <= LOW


def rate(
    session: Session, suggestion: Suggestion, grades: Grades, *, now: datetime, term: Term
) -> Rating:
    """Keep the author's grades for the latest answer; a low one reopens the matter.

    Given again within seven days they replace the first. A better grade does not close again
    what a low one has opened. Raises InvalidInputError for grades and note, and
    InvalidTransitionError without a published answer or when the seven days are over.
    """
    hold(session, suggestion)
    note = _fit(grades)
    answer = _latest(session, suggestion)
    if answer is None:
        raise InvalidTransitionError(act="rate", state=suggestion.handling_state)
    rating = of(session, answer.id)
    if rating is None:
        rating = Rating(answer_id=answer.id, rated_at=now)
        session.add(rating)
    elif not is_changeable(rating, now=now):
        raise InvalidTransitionError(act="rate", state="rated")
    rating.attitude, rating.result, rating.note = grades.attitude, grades.result, note
    if grades.is_low and suggestion.handling_state is not HandlingState.REOPENED:
        _reopen(session, suggestion, term, now=now)
    session.flush()
    return rating


def _fit(grades: Grades) -> str:
    for name, grade in (("attitude", grades.attitude), ("result", grades.result)):
        if not WORST <= grade <= BEST:
            raise InvalidInputError(name, "unknown")
    note = clean(grades.note)
    if len(note) > RATING_NOTE_MAX:
        raise InvalidInputError("note", "too_long")
    return note


def _latest(session: Session, suggestion: Suggestion) -> Answer | None:
    """The answer that may be graded: the latest, while the suggestion itself stands."""
    if suggestion.review_state is not ReviewState.PUBLISHED:
        return None
    return session.scalar(
        select(Answer)
        .where(Answer.suggestion_id == suggestion.id, Answer.status == AnswerStatus.PUBLISHED)
        .order_by(Answer.published_at.desc(), Answer.id.desc())
        .limit(1)
    )


def _reopen(session: Session, suggestion: Suggestion, term: Term, *, now: datetime) -> None:
    suggestion.handling_state = HandlingState.REOPENED
    if suggestion.review_cause is None:
        put_back(session, suggestion, ReviewCause.LOW_RATING, term)
    indexing.enqueue_suggestion(session, suggestion.id, now=now)


def of(session: Session, answer_id: int) -> Rating | None:
    """The rating of an answer."""
    return session.scalar(select(Rating).where(Rating.answer_id == answer_id))


def is_changeable(rating: Rating, *, now: datetime) -> bool:
    """Whether the author may still change it."""
    return now - rating.rated_at <= CHANGEABLE


@dataclass(frozen=True)
class Tally:
    """How many answers were rated, and how many of those with three or more in either grade."""

    rated: int
    attitude_satisfied: int
    result_satisfied: int


def tally(session: Session) -> Tally:
    """All ratings of published answers, counted."""
    row = session.execute(
        select(
            func.count(),
            func.count(case((Rating.attitude >= SATISFIED, 1))),
            func.count(case((Rating.result >= SATISFIED, 1))),
        )
    ).one()
    return Tally(*row)

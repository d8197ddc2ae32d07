"""One question four weeks after a matter was closed: whether it helped."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.errors import InvalidTransitionError
from app.models import FollowUp, Suggestion
from app.services.queueing import hold
from app.vocabulary import HandlingState, ReviewState

ASKED_AFTER = timedelta(days=28)


def plan(session: Session, suggestion_id: int, *, today: date) -> None:
    """Ask in four weeks; closed once more before it was answered, the four weeks begin anew."""
    present = session.get(FollowUp, suggestion_id)
    if present is None:
        session.add(FollowUp(suggestion_id=suggestion_id, ask_on=today + ASKED_AFTER))
    elif present.answered_at is None:
        present.ask_on = today + ASKED_AFTER
    session.flush()


def of(session: Session, suggestion_id: int) -> FollowUp | None:
    """The suggestion's question, asked or yet to be asked."""
    return session.get(FollowUp, suggestion_id)


def is_asked(question: FollowUp | None, suggestion: Suggestion, *, today: date) -> bool:
    """Whether the author is to be asked now: the day has come and the matter is still closed."""
    return (
        question is not None
        and question.answered_at is None
        and question.ask_on <= today
        and suggestion.handling_state is HandlingState.CLOSED
        and suggestion.review_state is ReviewState.PUBLISHED
    )


def answer(
    session: Session, suggestion: Suggestion, *, has_helped: bool, today: date, now: datetime
) -> None:
    """Keep the author's word, once; raises InvalidTransitionError when it is not being asked."""
    hold(session, suggestion)
    question = of(session, suggestion.id)
    if question is None or not is_asked(question, suggestion, today=today):
        raise InvalidTransitionError(act="follow up", state=suggestion.handling_state)
    question.has_helped, question.answered_at = has_helped, now
    session.flush()


@dataclass(frozen=True)
class Tally:
    """How many authors answered the question, and how many of them said that it helped."""

    answered: int
    helped: int


def tally(session: Session) -> Tally:
    """All answers to the question, counted."""
    row = session.execute(
        select(
            func.count(FollowUp.answered_at), func.count(case((FollowUp.has_helped.is_(True), 1)))
        )
    ).one()
    return Tally(*row)

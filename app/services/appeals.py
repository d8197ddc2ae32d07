"""An author's one word against a refusal: lodging it, reading it, settling it by a decision."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.engines.text.normalise import clean, has_words
from app.errors import InvalidInputError, InvalidTransitionError
from app.models import Appeal, Decision, Suggestion
from app.models.review import APPEAL_MAX
from app.services.queueing import Term, hold, put_back
from app.vocabulary import ModerationAction, ReviewCause, ReviewState


def lodge(
    session: Session, suggestion: Suggestion, text: str, *, now: datetime, term: Term | None = None
) -> Appeal:
    """Put a declined suggestion back into the queue with its author's reasons; once only.

    Without a term the review has no new due day. Raises InvalidInputError for the text, and
    InvalidTransitionError where nothing was declined or the one appeal has been used.
    """
    hold(session, suggestion)
    words = _fit(text)
    contested = contested_decision(session, suggestion)
    if contested is None:
        raise InvalidTransitionError(act=ModerationAction.APPEAL, state=suggestion.review_state)
    before = suggestion.review_state
    suggestion.review_state = ReviewState.PENDING
    suggestion.review_cause = ReviewCause.APPEALED
    if term is not None:
        put_back(session, suggestion, ReviewCause.APPEALED, term)
    appeal = Appeal(
        suggestion_id=suggestion.id, decision_id=contested.id, text=words, lodged_at=now
    )
    session.add(appeal)
    session.flush()
    session.add(
        Decision(
            suggestion_id=suggestion.id,
            action=ModerationAction.APPEAL,
            from_state=before,
            to_state=suggestion.review_state,
            version_after=suggestion.version,
            decided_at=now,
        )
    )
    session.flush()
    return appeal


def _fit(text: str) -> str:
    words = clean(text)
    if not has_words(words):
        raise InvalidInputError("text", "no_words")
    if len(words) > APPEAL_MAX:
        raise InvalidInputError("text", "too_long")
    return words


def contested_decision(session: Session, suggestion: Suggestion) -> Decision | None:
    """The refusal that the author may still appeal against, else None."""
    if suggestion.review_state is not ReviewState.DECLINED:
        return None
    if of(session, suggestion.id) is not None:
        return None
    return session.scalar(
        select(Decision)
        .where(
            Decision.suggestion_id == suggestion.id,
            Decision.to_state == ReviewState.DECLINED,
            Decision.from_state != ReviewState.DECLINED,
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def of(session: Session, suggestion_id: int) -> Appeal | None:
    """The suggestion's appeal, with the decision it is against and its maker."""
    return session.scalar(
        select(Appeal)
        .where(Appeal.suggestion_id == suggestion_id)
        .options(selectinload(Appeal.decision).selectinload(Decision.staff))
    )


def settle(session: Session, suggestion_id: int, decision: Decision, *, now: datetime) -> None:
    """Note that the decision settles the open appeal; without one nothing happens."""
    appeal = of(session, suggestion_id)
    if appeal is None or appeal.settled_at is not None:
        return
    appeal.settled_by_decision_id, appeal.settled_at = decision.id, now
    session.flush()

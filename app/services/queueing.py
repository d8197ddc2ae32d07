"""Putting what was decided back into the queue, and holding its row while that is done."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.models import Suggestion
from app.services import working_days
from app.vocabulary import ReviewCause

_STANDING = ("version", "review_state", "review_cause", "handling_state", "due_on")


@dataclass(frozen=True)
class Term:
    """How long a review may take that begins today, in working days."""

    today: date
    working_days: int


def hold(session: Session, suggestion: Suggestion) -> None:
    """Read anew how the suggestion stands, and let nobody change it before this transaction ends.

    A citizen's act has no version to compare; whoever comes second acts on what is stored then.
    """
    session.refresh(suggestion, _STANDING, with_for_update={"key_share": True})


def put_back(session: Session, suggestion: Suggestion, cause: ReviewCause, term: Term) -> None:
    """Let the suggestion wait in the queue for that cause, due when the term is over."""
    suggestion.review_cause = cause
    days = working_days.rules(session)
    suggestion.due_on = days.due_on(term.today, working_days=term.working_days)

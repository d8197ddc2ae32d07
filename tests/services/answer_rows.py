"""Answers for tests: made the way the desk makes them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Answer, StaffMember, Suggestion
from app.services import answers
from app.services.answers import Said
from app.vocabulary import Outcome
from tests.factories import MOMENT, make_staff

SAID = Said("故障的三个充电桩已于6月5日修好，今后由物业每周检查一次。", Outcome.ADOPTED)


def drafted(
    session: Session, suggestion: Suggestion, said: Said = SAID, by: StaffMember | None = None
) -> Answer:
    """A draft."""
    drafter = by or make_staff(session)
    return answers.draft(session, suggestion.number, said, by=drafter, now=MOMENT)


def reviewed(session: Session, suggestion: Suggestion, said: Said = SAID) -> Answer:
    """An answer that a second person found fit."""
    answer = drafted(session, suggestion, said)
    return answers.review(
        session, answer.id, seen_version=answer.version, by=make_staff(session), now=MOMENT
    )


def published(session: Session, suggestion: Suggestion, said: Said = SAID) -> Answer:
    """An answer that its author and the public can read."""
    answer = reviewed(session, suggestion, said)
    return answers.publish(
        session, answer.id, seen_version=answer.version, by=make_staff(session), now=MOMENT
    )


def stored(session: Session, number: str) -> Suggestion:
    """The suggestion as it is stored."""
    return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()

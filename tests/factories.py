"""Rows for tests: name only what the test is about."""

import itertools
from datetime import UTC, datetime
from typing import TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import PlanItem, StaffMember, Suggestion, Tag
from app.services import staff
from app.vocabulary import (
    Channel,
    Language,
    Question,
    ReviewState,
    Role,
    SuggestionKind,
    TagSource,
    Visibility,
)

PASSWORD = "correct horse battery"
MOMENT = datetime(2023, 6, 1, 2, 0, tzinfo=UTC)

_counter = itertools.count(1)


class SuggestionFields(TypedDict, total=False):
    """What a test may say about a suggestion."""

    number: str
    title: str
    text: str
    language: Language
    question: Question
    kind: SuggestionKind
    district_code: str | None
    visibility: Visibility
    nickname: str | None
    person_key: str
    outside_support: int
    submitted_at: datetime
    priority: int


def make_suggestion(
    session: Session,
    state: ReviewState = ReviewState.PUBLISHED,
    items: tuple[int, ...] = (),
    **over: Unpack[SuggestionFields],
) -> Suggestion:
    """A stored suggestion; published unless the test says otherwise."""
    count = next(_counter)
    values: SuggestionFields = {
        "number": f"QD-2023-{count:06d}",
        "title": "小区门口的充电桩总是坏",
        "text": "我们小区门口有四个充电桩，三个用不了，报修两周没有人来。",
        "language": Language.ZH,
        "question": Question.NEED,
        "kind": SuggestionKind.SUGGEST,
        "visibility": Visibility.PUBLIC,
        "person_key": f"person {count}",
        "submitted_at": MOMENT,
    }
    suggestion = Suggestion(
        **(values | over),
        lookup_hash=f"hash {count}",
        channel=Channel.PORTAL,
        review_state=state,
        published_at=MOMENT if state is ReviewState.PUBLISHED else None,
        due_on=MOMENT.date(),
        tags=[],
    )
    found = session.scalars(select(PlanItem).where(PlanItem.number.in_(items)))
    suggestion.tags = [Tag(item_id=item.id, source=TagSource.CITIZEN) for item in found]
    session.add(suggestion)
    session.flush()
    return suggestion


def make_staff(session: Session, role: Role = Role.MODERATOR, name: str = "Test") -> StaffMember:
    """A staff account with the password of this module."""
    address = f"staff{next(_counter)}@example.org"
    return staff.add(session, address, name=name, role=role, password=PASSWORD, now=MOMENT)

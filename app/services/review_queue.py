"""The queue: all that waits for a review in one order, narrowed, counted, and what came since.

Deciding is the business of `moderation`, deciding on many at once that of `bulk`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Literal

from sqlalchemy import (
    Select,
    String,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.sql.elements import ColumnElement

from app.engines.moderation import deadlines
from app.engines.moderation.assessment import PriorityPart, standing_parts
from app.engines.text import personal_data
from app.engines.text.normalise import clean
from app.errors import InvalidInputError, NotFoundError
from app.models import (
    Answer,
    Claim,
    Decision,
    Flag,
    PlanItem,
    Rating,
    Report,
    SavedFilter,
    StaffMember,
    Suggestion,
    Tag,
)
from app.services import claims, flags, working_days
from app.services.paging import PER_PAGE, Page
from app.services.working_days import WorkingDays
from app.vocabulary import Language, ModerationAction, Question, ReviewCause, ReviewState

FILTER_NAME_MAX = 40
FILTER_QUERY_MAX = 500
MOST_FILTERS = 30
"""Narrowings one member keeps; a longer list helps nobody."""

ORDER = (
    Suggestion.due_on,
    Suggestion.priority.desc(),
    Suggestion.submitted_at,
    Suggestion.id,
)
"""What is due first, then what matters most, then who has waited longest."""

Due = Literal["overdue", "today"]

_MARK = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){3}", re.ASCII)
# Acts that put something into the queue which was not there, or not so, before.
_RETURNING = (
    ModerationAction.REVISE,
    ModerationAction.APPEAL,
    ModerationAction.REOPEN,
    ModerationAction.UNDO,
)


@dataclass(frozen=True)
class Mark:
    """How far the portal's books had been written when a list was read: the last id in each.

    Ids only grow, so a mark needs no clock that all hosts share.
    """

    suggestion: int
    decision: int
    report: int
    rating: int

    def __str__(self) -> str:
        return f"{self.suggestion}.{self.decision}.{self.report}.{self.rating}"

    @classmethod
    def parse(cls, text: str) -> "Mark":
        """The mark that was written as `str` writes it; raises InvalidInputError."""
        if not _MARK.fullmatch(text):
            raise InvalidInputError("since", "shape")
        return cls(*map(int, text.split(".")))


@dataclass(frozen=True)
class QueueFilter:
    """How a moderator narrows the queue.

    Without a state it is what waits, for whichever cause; `older_than` counts days since sending.
    With `since`, what came after that mark is left out, so that the list stays where it was.
    """

    cause: ReviewCause | None = None
    state: ReviewState | None = None
    item_number: int | None = None
    question: Question | None = None
    district_code: str | None = None
    language: Language | None = None
    flag_code: str | None = None
    due: Due | None = None
    older_than: int | None = None
    claimed_by: int | None = None
    words: str = ""
    since: Mark | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab and the mark narrows the list."""
        return replace(self, cause=None, state=None, since=None) != QueueFilter()


@dataclass(frozen=True)
class QueueRow:
    """A line of the queue; `title` is fit for a list that lies open on a screen.

    `parts` explain the priority by which the row is ordered. Where the words were masked since,
    their sum may differ from it.
    """

    suggestion: Suggestion
    title: str
    days_left: int | None
    parts: Sequence[PriorityPart]
    flag_codes: Sequence[str]
    claim: Claim | None

    @property
    def is_explained(self) -> bool:
        """Whether the parts still sum up to the stored priority."""
        return sum(part.points for part in self.parts) == self.suggestion.priority


@dataclass(frozen=True)
class Counts:
    """How many wait for each cause, and how many stand in each state."""

    causes: Mapping[ReviewCause, int]
    states: Mapping[ReviewState, int]

    @property
    def waiting(self) -> int:
        """All that waits."""
        return sum(self.causes.values())


@dataclass(frozen=True)
class Clock:
    """The moment a page is made at, and the day it is in the city."""

    now: datetime
    today: date


def page(
    session: Session, narrowed: QueueFilter, counts: Counts, *, number: int, clock: Clock
) -> Page[QueueRow]:
    """One page of the queue, in its order; other states are listed newest first.

    `counts` saves counting anew what is not narrowed.
    """
    start = (number - 1) * PER_PAGE
    query = _query(narrowed, clock, most=start + PER_PAGE).options(
        selectinload(Suggestion.district),
        selectinload(Suggestion.tags).selectinload(Tag.item).selectinload(PlanItem.texts),
    )
    found = session.scalars(query.limit(PER_PAGE).offset(start)).all()
    total = _total(session, narrowed, counts, clock)
    return Page(rows_of(session, found, clock=clock), number, PER_PAGE, total)


def waiting(session: Session, *, most: int, clock: Clock) -> Sequence[QueueRow]:
    """The first rows of what waits, without their tags and districts."""
    query = _query(QueueFilter(), clock, most=most).limit(most)
    return rows_of(session, session.scalars(query).all(), clock=clock)


def chosen(
    session: Session, narrowed: QueueFilter, *, most: int, clock: Clock
) -> Sequence[tuple[str, int]]:
    """Number and present version of the first that fit, in the queue's order."""
    query = _query(narrowed, clock, most=most).limit(most)
    rows = session.execute(query.with_only_columns(Suggestion.number, Suggestion.version))
    return [(number, version) for number, version in rows]


def rows_of(session: Session, found: Sequence[Suggestion], *, clock: Clock) -> Sequence[QueueRow]:
    """The suggestions as rows: masked titles, deadlines, reasons, open flags, who holds them."""
    ids = [suggestion.id for suggestion in found]
    rules = working_days.rules(session)
    held = claims.held(session, ids, now=clock.now)
    raised = flags.open_flags(session, ids)
    return [
        QueueRow(
            suggestion=suggestion,
            title=masked(suggestion.title),
            days_left=days_left(suggestion, clock.today, rules),
            parts=standing_parts(
                suggestion.title,
                suggestion.text,
                kind=suggestion.kind,
                codes=suggestion.signs,
            ),
            flag_codes=_flag_codes(suggestion, raised.get(suggestion.id, ())),
            claim=held.get(suggestion.id),
        )
        for suggestion in found
    ]


def masked(text: str) -> str:
    """The text with the personal data that the machine finds in it hidden."""
    return personal_data.mask(text, personal_data.find(text))


def days_left(suggestion: Suggestion, today: date, rules: WorkingDays) -> int | None:
    """Working days until the review is due, below zero when it is late; None where none waits."""
    if suggestion.due_on is None or suggestion.review_cause is None:
        return None
    left = deadlines.days_left(
        today,
        suggestion.due_on,
        extra_holidays=rules.extra_holidays,
        extra_workdays=rules.extra_workdays,
    )
    # Due on a Friday and read on the Saturday, no working day has passed: it is late all the same.
    return min(left, -1) if suggestion.due_on < today else left


def _flag_codes(suggestion: Suggestion, raised: Sequence[Flag]) -> Sequence[str]:
    """Open flags, each once; rows from before flags were kept have only the signs."""
    return list(dict.fromkeys(chain((flag.code for flag in raised), suggestion.signs)))


def _query(narrowed: QueueFilter, clock: Clock, *, most: int) -> Select[Suggestion]:
    """The rows that fit, in order; of what waits, no more than the first `most`."""
    conditions = [*_facts(narrowed), *_timely(narrowed, clock), *_signs(narrowed, clock)]
    if narrowed.state is not None:
        return (
            select(Suggestion)
            .where(Suggestion.review_state == narrowed.state, *conditions)
            .order_by(Suggestion.submitted_at.desc(), Suggestion.id.desc())
        )
    if narrowed.since is not None:
        conditions.append(Suggestion.id.not_in(_arrived(narrowed.since)))
    # The index begins with the cause: each cause by itself is read in the order of the index and
    # no further than needed, where all of them together would be sorted whole.
    causes = list(ReviewCause) if narrowed.cause is None else [narrowed.cause]
    firsts = [
        select(Suggestion.id)
        .where(Suggestion.review_cause == cause, *conditions)
        .order_by(*ORDER)
        .limit(most)
        .subquery()
        for cause in causes
    ]
    ids = union_all(*(select(first.c.id) for first in firsts)).subquery()
    return select(Suggestion).join(ids, ids.c.id == Suggestion.id).order_by(*ORDER)


def _facts(narrowed: QueueFilter) -> list[ColumnElement[bool]]:
    """Conditions on what a suggestion is and says."""
    conditions: list[ColumnElement[bool]] = []
    if narrowed.item_number is not None:
        conditions.append(
            Suggestion.tags.any(Tag.item.has(PlanItem.number == narrowed.item_number))
        )
    if narrowed.question is not None:
        conditions.append(Suggestion.question == narrowed.question)
    if narrowed.district_code is not None:
        conditions.append(Suggestion.district_code == narrowed.district_code)
    if narrowed.language is not None:
        conditions.append(Suggestion.language == narrowed.language)
    words = clean(narrowed.words)
    if words:
        in_title = Suggestion.title.contains(words, autoescape=True)
        conditions.append(or_(in_title, Suggestion.number == words.upper()))
    return conditions


def _timely(narrowed: QueueFilter, clock: Clock) -> list[ColumnElement[bool]]:
    """Conditions on when it is due and since when it waits."""
    conditions: list[ColumnElement[bool]] = []
    if narrowed.due == "overdue":
        conditions.append(Suggestion.due_on < clock.today)
    elif narrowed.due == "today":
        conditions.append(Suggestion.due_on == clock.today)
    if narrowed.older_than is not None:
        conditions.append(Suggestion.submitted_at < clock.now - timedelta(narrowed.older_than))
    return conditions


def _signs(narrowed: QueueFilter, clock: Clock) -> list[ColumnElement[bool]]:
    """Conditions on open flags and on who has taken it."""
    conditions: list[ColumnElement[bool]] = []
    if narrowed.flag_code is not None:
        raised = select(Flag.suggestion_id).where(
            Flag.code == narrowed.flag_code, Flag.lifted_at.is_(None)
        )
        conditions.append(Suggestion.id.in_(raised))
    if narrowed.claimed_by is not None:
        taken = select(Claim.suggestion_id).where(
            Claim.staff_id == narrowed.claimed_by, Claim.expires_at > clock.now
        )
        conditions.append(Suggestion.id.in_(taken))
    return conditions


# --- Counting -------------------------------------------------------------------------------------


def counts(session: Session) -> Counts:
    """How many there are for each cause and in each state, by one grouped statement."""
    cause = type_coerce(Suggestion.review_cause, String)
    state = type_coerce(Suggestion.review_state, String)
    by_cause = (
        select(literal("cause"), cause, func.count())
        .where(Suggestion.review_cause.is_not(None))
        .group_by(cause)
    )
    by_state = select(literal("state"), state, func.count()).group_by(state)
    rows = session.execute(union_all(by_cause, by_state)).all()
    found = {(sort, value): count for sort, value, count in rows}
    return Counts(
        causes={each: found.get(("cause", each.value), 0) for each in ReviewCause},
        states={each: found.get(("state", each.value), 0) for each in ReviewState},
    )


def _total(session: Session, narrowed: QueueFilter, counted: Counts, clock: Clock) -> int:
    if not narrowed.is_narrowed and (narrowed.since is None or narrowed.state is not None):
        if narrowed.state is not None:
            return counted.states[narrowed.state]
        return counted.waiting if narrowed.cause is None else counted.causes[narrowed.cause]
    query = _count(narrowed, clock)
    if narrowed.since is not None and narrowed.state is None:
        query = query.where(Suggestion.id.not_in(_arrived(narrowed.since)))
    return session.scalar(query) or 0


def _count(narrowed: QueueFilter, clock: Clock) -> Select[int]:
    query = select(func.count()).select_from(Suggestion)
    if narrowed.state is not None:
        query = query.where(Suggestion.review_state == narrowed.state)
    elif narrowed.cause is not None:
        query = query.where(Suggestion.review_cause == narrowed.cause)
    else:
        # Every cause by name, not "any": only so is the index read for each cause and its days.
        query = query.where(Suggestion.review_cause.in_(list(ReviewCause)))
    return query.where(*_facts(narrowed), *_timely(narrowed, clock), *_signs(narrowed, clock))


# --- What came since ------------------------------------------------------------------------------


def mark(session: Session) -> Mark:
    """How far the books are written now."""
    lasts = [
        select(func.coalesce(func.max(column), 0)).scalar_subquery()
        for column in (Suggestion.id, Decision.id, Report.id, Rating.id)
    ]
    return Mark(*session.execute(select(*lasts)).one())


def new_count(session: Session, narrowed: QueueFilter, *, clock: Clock) -> int:
    """How many that fit have come into the queue since the filter's mark; 0 without one."""
    if narrowed.since is None or narrowed.state is not None:
        return 0
    query = _count(narrowed, clock).where(Suggestion.id.in_(_arrived(narrowed.since)))
    return session.scalar(query) or 0


def _arrived(since: Mark) -> Select[int]:
    """Ids of what was sent, sent back, reported or graded low after the mark."""
    earlier = aliased(Report)
    is_first = ~exists().where(
        and_(
            earlier.suggestion_id == Report.suggestion_id,
            earlier.id <= since.report,
            earlier.settled_at.is_(None),
        )
    )
    arrivals = union(
        select(Suggestion.id).where(Suggestion.id > since.suggestion),
        select(Decision.suggestion_id).where(
            Decision.id > since.decision, Decision.action.in_(_RETURNING)
        ),
        select(Report.suggestion_id).where(Report.id > since.report, is_first),
        select(Answer.suggestion_id)
        .join(Rating, Rating.answer_id == Answer.id)
        .where(Rating.id > since.rating),
    ).subquery()
    return select(arrivals.c.id)


# --- Narrowings kept under a name -----------------------------------------------------------------


def saved_filters(session: Session, by: StaffMember) -> Sequence[SavedFilter]:
    """The member's own narrowings, by name."""
    return session.scalars(
        select(SavedFilter).where(SavedFilter.staff_id == by.id).order_by(SavedFilter.name)
    ).all()


def save_filter(session: Session, name: str, query: str, *, by: StaffMember) -> SavedFilter:
    """Keep a narrowing, as it stands in the address; the same name is given to the newer one.

    Raises InvalidInputError for a name or query that is empty or too long, and for one too many.
    """
    name = " ".join(clean(name).split())
    if not name or len(name) > FILTER_NAME_MAX:
        raise InvalidInputError("name", "length")
    if not query or len(query) > FILTER_QUERY_MAX:
        raise InvalidInputError("query", "length")
    kept = {row.name: row for row in saved_filters(session, by)}
    if name in kept:
        kept[name].query = query
        return kept[name]
    if len(kept) >= MOST_FILTERS:
        raise InvalidInputError("name", "too_many")
    saved = SavedFilter(staff_id=by.id, name=name, query=query)
    session.add(saved)
    session.flush()
    return saved


def delete_filter(session: Session, filter_id: int, *, by: StaffMember) -> None:
    """Forget one of the member's own narrowings; raises NotFoundError for anybody else's."""
    saved = session.get(SavedFilter, filter_id)
    if saved is None or saved.staff_id != by.id:
        raise NotFoundError("saved filter", str(filter_id))
    session.delete(saved)

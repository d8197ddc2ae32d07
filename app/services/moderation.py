"""Triage: the queue, one suggestion on the desk, and deciding on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from app.engines.moderation import deadlines
from app.engines.moderation.assessment import Assessment, assess
from app.engines.moderation.workflow import (
    Actor,
    Transition,
    actions_for,
    may_be_undone,
    next_state,
    transition_for,
)
from app.engines.search.document import document_key
from app.engines.search.index import SearchIndex
from app.engines.search.similar import SimilarRequest
from app.engines.text import personal_data
from app.engines.text.normalise import clean
from app.errors import (
    IndexUnavailableError,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from app.models import Decision, PlanItem, ReasonCode, StaffMember, Suggestion, Tag
from app.models.moderation import NOTE_MAX
from app.models.suggestion import IMPORTED_TEXT_MAX
from app.services import indexing, plans, search, suggestions
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
    Visibility,
)

PUBLIC_TITLE_MAX = 200
WAITING_SHOWN = 10

_QUEUE_ORDER = (
    Suggestion.due_on,
    Suggestion.priority.desc(),
    Suggestion.submitted_at,
    Suggestion.id,
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


@dataclass(frozen=True)
class QueueRow:
    """A line of the queue; `title` is fit for a list that lies open on a screen."""

    suggestion: Suggestion
    title: str
    days_left: int | None
    priority: int


def queue(session: Session, narrowed: QueueFilter, *, number: int, today: date) -> Page[QueueRow]:
    """One page of suggestions in a state: what is due first, then what matters most."""
    page = paged(session, _queue_query(narrowed), number=number)
    rows = [_queue_row(suggestion, today) for suggestion in page.rows]
    return Page(rows, page.number, page.per_page, page.total)


def _queue_row(suggestion: Suggestion, today: date) -> QueueRow:
    return QueueRow(
        suggestion=suggestion,
        title=masked(suggestion.title),
        days_left=days_left(suggestion, today),
        priority=_assessed(suggestion, today).priority,
    )


def masked(text: str) -> str:
    """The text with the personal data that the machine finds in it hidden."""
    return personal_data.mask(text, personal_data.find(text))


def days_left(suggestion: Suggestion, today: date) -> int | None:
    """Working days until the review is due, below zero when it is late; None without a date."""
    if suggestion.due_on is None or suggestion.review_state is not ReviewState.PENDING:
        return None
    left = deadlines.days_left(today, suggestion.due_on)
    # Due on a Friday and read on the Saturday, no working day has passed: it is late all the same.
    return min(left, -1) if suggestion.due_on < today else left


def _assessed(suggestion: Suggestion, today: date) -> Assessment:
    return assess(
        suggestion.title,
        suggestion.original_text or suggestion.text,
        kind=suggestion.kind,
        supports=suggestion.supporters,
        days_left=days_left(suggestion, today),
    )


def _queue_query(narrowed: QueueFilter) -> Select[Suggestion]:
    query = (
        select(Suggestion)
        .where(Suggestion.review_state == narrowed.state)
        .options(
            selectinload(Suggestion.district),
            selectinload(Suggestion.tags).selectinload(Tag.item).selectinload(PlanItem.texts),
        )
    )
    if narrowed.state is ReviewState.PENDING:
        query = query.order_by(*_QUEUE_ORDER)
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
    words = clean(narrowed.words)
    if words:
        query = query.where(
            or_(
                Suggestion.title.contains(words, autoescape=True),
                Suggestion.number == words.upper(),
            )
        )
    return query


def counts(session: Session) -> dict[ReviewState, int]:
    """How many suggestions stand in each state."""
    rows = session.execute(
        select(Suggestion.review_state, func.count()).group_by(Suggestion.review_state)
    )
    found: dict[ReviewState, int] = dict(rows.all())
    return {state: found.get(state, 0) for state in ReviewState}


@dataclass(frozen=True)
class Desk:
    """One suggestion with all that a moderator needs to decide on it.

    `original` is the text as it was sent; spans are offsets into the title and into it. The
    public title and text are what the machine proposes to publish. `similar` is None when the
    search index cannot be read.
    """

    suggestion: Suggestion
    original: str
    title_spans: Sequence[personal_data.PersonalDataSpan]
    text_spans: Sequence[personal_data.PersonalDataSpan]
    public_title: str
    public_text: str
    days_left: int | None
    assessment: Assessment
    decisions: Sequence[Decision]
    transitions: Sequence[Transition]
    reasons: Sequence[ReasonCode]
    items: Sequence[PlanItem]
    proposals: Sequence[suggestions.ProposedItem]
    similar: Sequence[tuple[Suggestion, search.Shown]] | None
    waiting: Sequence[QueueRow]


def desk(session: Session, number: str, *, index: SearchIndex, plan_year: int, today: date) -> Desk:
    """The suggestion of that number, whatever its state; raises NotFoundError."""
    suggestion = _by_number(session, number)
    original = suggestion.original_text or suggestion.text
    return Desk(
        suggestion=suggestion,
        original=original,
        title_spans=personal_data.find(suggestion.title),
        text_spans=personal_data.find(original),
        public_title=masked(suggestion.title),
        public_text=masked(suggestion.text),
        days_left=days_left(suggestion, today),
        assessment=_assessed(suggestion, today),
        decisions=suggestions.decisions_on(session, suggestion.id),
        transitions=actions_for(suggestion.review_state, Actor.STAFF),
        reasons=session.scalars(select(ReasonCode).order_by(ReasonCode.position)).all(),
        items=plans.choices(session, plan_year),
        proposals=suggestions.proposed_items(
            session, f"{suggestion.title}\n{original}", year=plan_year
        ),
        similar=_similar(session, index, suggestion),
        waiting=queue(session, QueueFilter(), number=1, today=today).rows[:WAITING_SHOWN],
    )


def _similar(
    session: Session, index: SearchIndex, suggestion: Suggestion
) -> Sequence[tuple[Suggestion, search.Shown]] | None:
    request = SimilarRequest(
        title=suggestion.title,
        text=suggestion.text,
        items=tuple(f"{tag.item.plan.year}-{tag.item.number}" for tag in suggestion.tags),
        district=suggestion.district_code or "",
        exclude=frozenset({document_key(DocumentType.SUGGESTION, suggestion.id)}),
    )
    try:
        return search.similar_shown(session, index, request)
    except IndexUnavailableError:
        # A moderator can decide without it; the page says that it is missing.
        return None


def next_pending(session: Session) -> str | None:
    """The number of the suggestion that the queue puts first."""
    return session.scalar(
        select(Suggestion.number)
        .where(Suggestion.review_state == ReviewState.PENDING)
        .order_by(*_QUEUE_ORDER)
        .limit(1)
    )


@dataclass(frozen=True)
class JustDecided:
    """A decision of a moment ago, for the one who made it; `may_reopen` is the way to undo it."""

    number: str
    decision: Decision
    visibility: Visibility
    may_reopen: bool


def just_decided(
    session: Session, number: str, *, by: StaffMember, now: datetime
) -> JustDecided | None:
    """The member's own latest decision on the suggestion while it is fresh, else None."""
    row = session.execute(
        select(Decision, Suggestion)
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .where(Suggestion.number == number)
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    decision, suggestion = row
    is_fresh = may_be_undone(decision.action, decided_at=decision.decided_at, now=now)
    if decision.staff_id != by.id or not is_fresh:
        return None
    actions = [each.action for each in actions_for(suggestion.review_state, Actor.STAFF)]
    return JustDecided(
        number=suggestion.number,
        decision=decision,
        visibility=suggestion.visibility,
        may_reopen=decision.from_state is not decision.to_state
        and ModerationAction.REOPEN in actions
        and suggestion.version == decision.version_after,
    )


@dataclass(frozen=True)
class Act:
    """What a moderator asks for, and the version of the suggestion that was on the screen."""

    action: ModerationAction
    seen_version: int
    reason_code: str | None = None
    note: str = ""
    public_title: str | None = None
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
        _publish_words(suggestion, act)
    # Every decision raises the version, also one that leaves the row itself as it was.
    flag_modified(suggestion, "priority")
    decision = record(session, suggestion, act, before=before, by=by, detail=detail, now=now)
    indexing.enqueue_suggestion(session, suggestion.id, now=now)
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
    try:
        session.flush()
    except StaleDataError as error:
        # A colleague's change came between reading the row and writing it.
        raise StaleEditError(act.seen_version, act.seen_version + 1) from error
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


def _by_number(session: Session, number: str) -> Suggestion:
    found = session.scalar(
        select(Suggestion).where(Suggestion.number == number).options(*suggestions.NEIGHBOURS)
    )
    if found is None:
        raise NotFoundError("suggestion", number)
    return found


def _check_reason(session: Session, act: Act) -> None:
    if len(act.note) > NOTE_MAX:
        raise InvalidInputError("note", "too_long")
    if act.reason_code:
        known = select(ReasonCode.code).where(ReasonCode.action == act.action)
        if act.reason_code not in session.scalars(known).all():
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


def _publish_words(suggestion: Suggestion, act: Act) -> None:
    """Publish what the moderator masked; what was sent is kept beside it."""
    typed_title = None if act.public_title is None else " ".join(act.public_title.split())
    title = _fit("public_title", typed_title, suggestion.title, PUBLIC_TITLE_MAX)
    text = _fit("public_text", act.public_text, suggestion.text, IMPORTED_TEXT_MAX)
    if (title, text) == (suggestion.title, suggestion.text):
        return
    if suggestion.original_text is None:
        # There is one column for what was sent, so a title that is changed goes on top of it.
        is_renamed = title != suggestion.title
        suggestion.original_text = (
            f"{suggestion.title}\n\n{suggestion.text}" if is_renamed else suggestion.text
        )
    suggestion.title, suggestion.text = title, text


def _fit(field: str, typed: str | None, present: str, longest: int) -> str:
    if typed is None:
        return present
    fit = clean(typed)
    if not fit or len(fit) > longest:
        raise InvalidInputError(field, "length")
    return fit

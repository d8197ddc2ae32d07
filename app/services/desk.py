"""One suggestion on the desk, with all that helps a moderator to decide; it changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.engines.moderation.workflow import Actor, Transition, actions_for
from app.engines.search.document import document_key
from app.engines.search.index import SearchIndex
from app.engines.search.similar import SimilarRequest
from app.engines.text import personal_data
from app.errors import IndexUnavailableError
from app.models import (
    Appeal,
    Assignment,
    Claim,
    Decision,
    District,
    Flag,
    PlanItem,
    ReasonCode,
    Report,
    StaffMember,
    Suggestion,
    Unit,
)
from app.services import (
    appeals,
    claims,
    flags,
    matters,
    moderation,
    originals,
    plans,
    reports,
    review_queue,
    search,
    suggestions,
    undoing,
)
from app.services.matters import MatterView
from app.services.review_queue import Clock, QueueFilter, QueueRow
from app.vocabulary import DocumentType, ReviewCause

WAITING_SHOWN = 10
LOOKED_AT = 100
"""Lines of the queue among which the next free one is sought."""


@dataclass(frozen=True)
class Found:
    """A phrase in title or text that looks like personal data, once however often it stands."""

    phrase: str
    kind: personal_data.PersonalDataKind


@dataclass(frozen=True)
class Choices:
    """What the forms of the desk choose from; reasons are those in use."""

    reasons: Sequence[ReasonCode]
    items: Sequence[PlanItem]
    units: Sequence[Unit]
    districts: Sequence[District]


@dataclass(frozen=True)
class Past:
    """What happened to a suggestion: decisions, oldest first, and what was said against them.

    `undoable` is the decision that this member may still take back, else None.
    """

    decisions: Sequence[Decision]
    undoable: Decision | None
    assignment: Assignment | None
    appeal: Appeal | None
    reports: Sequence[Report]


@dataclass(frozen=True)
class Help:
    """What the machine says: `similar` is None when the search index cannot be read."""

    flags: Sequence[Flag]
    proposals: Sequence[suggestions.ProposedItem]
    similar: Sequence[tuple[Suggestion, search.Shown]] | None


@dataclass(frozen=True)
class Desk:
    """One suggestion with all that a moderator needs to decide on it.

    Spans are offsets into title and text as they stand in the row; `found` are their phrases.
    `has_original` says that something else was sent and is kept sealed. `is_own_appeal` says that
    the open appeal is against this member's decision, so that a colleague must settle it. `row`
    is the suggestion as a line of the queue, with its deadline, place and holder.
    """

    suggestion: Suggestion
    row: QueueRow
    title_spans: Sequence[personal_data.PersonalDataSpan]
    text_spans: Sequence[personal_data.PersonalDataSpan]
    found: Sequence[Found]
    has_original: bool
    is_own_appeal: bool
    transitions: Sequence[Transition]
    others: int
    matter: MatterView | None
    choices: Choices
    past: Past
    help: Help
    waiting: Sequence[QueueRow]


def desk(
    session: Session,
    number: str,
    *,
    by: StaffMember,
    index: SearchIndex,
    plan_year: int,
    clock: Clock,
) -> Desk:
    """The suggestion of that number, whatever its state; raises NotFoundError."""
    suggestion = moderation.by_number(session, number)
    title_spans = personal_data.find(suggestion.title)
    text_spans = personal_data.find(suggestion.text)
    choices = _choices(session, plan_year)
    past = _past(session, suggestion, by=by, now=clock.now)
    is_own_appeal = past.appeal is not None and moderation.made_appealed_decision(
        session, suggestion, by=by
    )
    offered = actions_for(
        suggestion.review_state, suggestion.review_cause, actor=Actor.STAFF, role=by.role
    )
    return Desk(
        suggestion=suggestion,
        row=review_queue.rows_of(session, [suggestion], clock=clock)[0],
        title_spans=title_spans,
        text_spans=text_spans,
        found=_phrases(suggestion, title_spans, text_spans),
        has_original=originals.is_kept(suggestion),
        is_own_appeal=is_own_appeal,
        transitions=[
            each
            for each in offered
            if not is_own_appeal or ReviewCause.APPEALED not in each.settles
        ],
        others=len(moderation.others_waiting(session, suggestion)),
        matter=matters.of(session, suggestion.id),
        choices=choices,
        past=past,
        help=_help(session, suggestion, index=index, plan_year=plan_year),
        waiting=review_queue.waiting(session, most=WAITING_SHOWN, clock=clock),
    )


def _phrases(
    suggestion: Suggestion,
    title_spans: Sequence[personal_data.PersonalDataSpan],
    text_spans: Sequence[personal_data.PersonalDataSpan],
) -> Sequence[Found]:
    stretches = [(suggestion.title, span) for span in title_spans]
    stretches += [(suggestion.text, span) for span in text_spans]
    kinds: dict[str, personal_data.PersonalDataKind] = {}
    for words, span in stretches:
        kinds.setdefault(words[span.start : span.end], span.kind)
    return [Found(phrase, kind) for phrase, kind in kinds.items()]


def _choices(session: Session, plan_year: int) -> Choices:
    return Choices(
        reasons=session.scalars(
            select(ReasonCode).where(ReasonCode.is_active).order_by(ReasonCode.position)
        ).all(),
        items=plans.choices(session, plan_year),
        units=session.scalars(select(Unit).order_by(Unit.code)).all(),
        districts=suggestions.districts(session),
    )


def _past(session: Session, suggestion: Suggestion, *, by: StaffMember, now: datetime) -> Past:
    decisions = suggestions.decisions_on(session, suggestion.id)
    latest = decisions[-1] if decisions else None
    is_open = latest is not None and undoing.is_open_to(latest, suggestion, by=by, now=now)
    appeal = appeals.of(session, suggestion.id)
    return Past(
        decisions=decisions,
        undoable=latest if is_open else None,
        assignment=session.scalar(
            select(Assignment)
            .where(Assignment.suggestion_id == suggestion.id)
            .options(selectinload(Assignment.unit))
            .order_by(Assignment.id.desc())
            .limit(1)
        ),
        appeal=appeal if appeal is not None and appeal.settled_at is None else None,
        reports=reports.open_on(session, suggestion.id),
    )


def _help(session: Session, suggestion: Suggestion, *, index: SearchIndex, plan_year: int) -> Help:
    return Help(
        flags=flags.open_flags(session, [suggestion.id]).get(suggestion.id, ()),
        proposals=suggestions.proposed_items(
            session, f"{suggestion.title}\n{suggestion.text}", year=plan_year
        ),
        similar=_similar(session, index, suggestion),
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


def next_waiting(session: Session, *, by: StaffMember, clock: Clock) -> str | None:
    """The number that the queue puts first among what no colleague works on; else None."""
    first = review_queue.chosen(session, QueueFilter(), most=LOOKED_AT, clock=clock)
    held = claims.held_by_number(session, [number for number, _ in first], now=clock.now)
    return next((number for number, _ in first if _is_free(held, number, by)), None)


def _is_free(held: Mapping[str, Claim], number: str, by: StaffMember) -> bool:
    claim = held.get(number)
    return claim is None or claim.staff_id == by.id

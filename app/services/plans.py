"""The plan as readers see it, and the official text as an operator brings it in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.engines.plan_text.structure import PlanDocument
from app.engines.plan_text.targets import ProposedTarget, propose_targets
from app.errors import NotFoundError
from app.models import (
    Chapter,
    ChapterText,
    Plan,
    PlanItem,
    PlanItemText,
    PlanText,
    ScenarioCase,
    Suggestion,
    Tag,
    Target,
    TargetProposal,
    TargetText,
    case_item,
)
from app.services import indexing
from app.services.texts import source_hash
from app.vocabulary import Comparator, DocumentType, Language

SHOWN_SUGGESTIONS = 5


def outline(session: Session, year: int) -> Plan:
    """The plan of that year with chapters, items and targets; raises NotFoundError."""
    items = selectinload(Plan.chapters).selectinload(Chapter.items)
    plan = session.scalar(
        select(Plan)
        .where(Plan.year == year)
        .options(
            selectinload(Plan.texts),
            selectinload(Plan.chapters).selectinload(Chapter.texts),
            items.selectinload(PlanItem.texts),
            items.selectinload(PlanItem.targets).selectinload(Target.texts),
            items.selectinload(PlanItem.targets).selectinload(Target.progress),
            items.selectinload(PlanItem.unit),
        )
    )
    if plan is None:
        raise NotFoundError("plan", str(year))
    return plan


def newest_year(session: Session) -> int | None:
    """The year of the newest plan, or None before one is loaded."""
    return session.scalar(select(func.max(Plan.year)))


@dataclass(frozen=True)
class ItemPage:
    """An item with what hangs on it, and its neighbours' numbers."""

    item: PlanItem
    cases: Sequence[ScenarioCase]
    suggestions: Sequence[Suggestion]
    suggestion_count: int
    before: int | None
    after: int | None


def item_page(session: Session, year: int, number: int) -> ItemPage:
    """The item of that number; raises NotFoundError."""
    item = session.scalar(
        select(PlanItem)
        .join(PlanItem.plan)
        .where(Plan.year == year, PlanItem.number == number)
        .options(
            selectinload(PlanItem.texts),
            selectinload(PlanItem.unit),
            selectinload(PlanItem.plan).selectinload(Plan.texts),
            selectinload(PlanItem.chapter).selectinload(Chapter.texts),
            selectinload(PlanItem.targets).selectinload(Target.texts),
            selectinload(PlanItem.targets).selectinload(Target.progress),
        )
    )
    if item is None:
        raise NotFoundError("plan item", f"{year}/{number}")
    numbers = session.scalars(
        select(PlanItem.number).where(PlanItem.plan_id == item.plan_id).order_by(PlanItem.number)
    ).all()
    place = numbers.index(number)
    suggestions = (
        select(Suggestion)
        .join(Tag)
        .where(Tag.item_id == item.id, Suggestion.publicly_visible())
        .options(selectinload(Suggestion.district))
    )
    return ItemPage(
        item=item,
        cases=session.scalars(
            select(ScenarioCase)
            .join(case_item)
            .where(case_item.c.item_id == item.id)
            .options(selectinload(ScenarioCase.texts))
            .order_by(ScenarioCase.position)
        ).all(),
        suggestions=session.scalars(
            suggestions.order_by(Suggestion.published_at.desc(), Suggestion.id.desc()).limit(
                SHOWN_SUGGESTIONS
            )
        ).all(),
        suggestion_count=session.scalar(select(func.count()).select_from(suggestions.subquery()))
        or 0,
        before=numbers[place - 1] if place else None,
        after=numbers[place + 1] if place + 1 < len(numbers) else None,
    )


def choices(session: Session, year: int) -> Sequence[PlanItem]:
    """The year's items in order, with their texts, for choosing and tagging."""
    return session.scalars(
        select(PlanItem)
        .join(PlanItem.plan)
        .where(Plan.year == year)
        .options(selectinload(PlanItem.texts))
        .order_by(PlanItem.number)
    ).all()


def voices(session: Session, year: int) -> dict[int, int]:
    """How many public suggestions each item of the year has, by its number."""
    rows = session.execute(
        select(PlanItem.number, func.count())
        .join(Tag, Tag.item_id == PlanItem.id)
        .join(Suggestion, Suggestion.id == Tag.suggestion_id)
        .join(PlanItem.plan)
        .where(Plan.year == year, Suggestion.publicly_visible())
        .group_by(PlanItem.number)
    )
    return dict(rows.all())


@dataclass(frozen=True)
class MonthCount:
    """How many suggestions were sent in a month; `month` is its first day."""

    month: date
    count: int


def voices_by_month(
    session: Session, item_id: int, *, today: date, zone: tzinfo, months: int = 12
) -> Sequence[MonthCount]:
    """How many public suggestions on the item were sent in each of the last months, oldest first.

    Months are the city's, which a database that stores UTC cannot tell by itself.
    """
    listed = _last_months(today, months)
    sent = session.scalars(
        select(Suggestion.submitted_at)
        .join(Tag)
        .where(
            Tag.item_id == item_id,
            Suggestion.publicly_visible(),
            Suggestion.submitted_at >= datetime.combine(listed[0], time(), zone),
        )
    )
    counted = Counter(moment.astimezone(zone).date().replace(day=1) for moment in sent)
    return [MonthCount(month, counted[month]) for month in listed]


def _last_months(today: date, count: int) -> Sequence[date]:
    newest = today.year * 12 + today.month - 1
    return [
        date(number // 12, number % 12 + 1, 1) for number in range(newest - count + 1, newest + 1)
    ]


@dataclass(frozen=True)
class ItemChange:
    """What an import does to one item's official text."""

    number: int
    title: str
    before: int
    after: int
    is_new: bool
    is_changed: bool


@dataclass(frozen=True)
class ImportReport:
    """What an import changed, or would change, and the places a person should look at."""

    document: PlanDocument
    changes: tuple[ItemChange, ...]
    proposals: dict[int, tuple[ProposedTarget, ...]]
    missing: tuple[int, ...]

    @property
    def changed(self) -> tuple[ItemChange, ...]:
        """Only the items whose text differs from what is stored."""
        return tuple(change for change in self.changes if change.is_changed)


def compare(session: Session, document: PlanDocument, *, year: int) -> ImportReport:
    """What importing the document would change.

    `missing` are the document's items that the stored plan does not have; they are left out. A
    year without a plan misses none, for the import makes the plan.
    """
    stored = {item.number: item for item in choices(session, year)}
    has_plan = session.scalar(select(Plan.id).where(Plan.year == year)) is not None
    changes: list[ItemChange] = []
    proposals: dict[int, tuple[ProposedTarget, ...]] = {}
    for chapter in document.chapters:
        for item in chapter.items:
            known = stored.get(item.number)
            before = (known.official_text if known else None) or ""
            changes.append(
                ItemChange(
                    number=item.number,
                    title=item.title,
                    before=len(before),
                    after=len(item.text),
                    is_new=not before,
                    is_changed=before != item.text and (known is not None or not has_plan),
                )
            )
            proposals[item.number] = propose_targets(item.text)
    missing = tuple(change.number for change in changes if change.number not in stored)
    return ImportReport(document, tuple(changes), proposals, missing if has_plan else ())


def import_official(
    session: Session, document: PlanDocument, *, year: int, now: datetime
) -> ImportReport:
    """Store the official text and the proposed targets; a second run changes nothing.

    A year that has no plan yet gets one, in the document's own words.
    """
    report = compare(session, document, year=year)
    if session.scalar(select(Plan.id).where(Plan.year == year)) is None:
        _create(session, document, year=year, now=now)
    stored = {item.number: item for item in choices(session, year)}
    for chapter in document.chapters:
        for official in chapter.items:
            item = stored.get(official.number)
            if item is None or item.official_text == official.text:
                continue
            item.official_title = official.title
            item.official_text = official.text
            item.official_imported_at = now
            item.updated_at = now
            _replace_proposals(session, item, report.proposals[official.number])
            indexing.enqueue(session, DocumentType.ITEM, item.id, now=now)
    return report


def _create(session: Session, document: PlanDocument, *, year: int, now: datetime) -> None:
    """A plan in the document's own words: Chinese titles, no digest and no translation yet.

    Nobody has worded its targets, so the figures found in the text stand for them meanwhile.
    """
    plan = Plan(
        year=year,
        published_on=document.published_on or now.date(),
        texts=[
            PlanText(
                language=Language.ZH,
                title=document.title,
                publisher="",
                source_note="",
            )
        ],
        chapters=[],
    )
    for part in document.chapters:
        chapter = Chapter(number=part.number, items=[])
        chapter.texts = [ChapterText(language=Language.ZH, title=part.title)]
        plan.chapters.append(chapter)
        for official in part.items:
            text = PlanItemText(
                language=Language.ZH,
                title=official.title,
                digest=[],
                keywords=[],
                source_hash=source_hash(official.title),
            )
            item = PlanItem(plan=plan, number=official.number, texts=[text], updated_at=now)
            item.targets = [
                _proposed_target(position, proposal)
                for position, proposal in enumerate(propose_targets(official.text), 1)
            ]
            chapter.items.append(item)
    session.add(plan)
    session.flush()


def _proposed_target(position: int, proposal: ProposedTarget) -> Target:
    text = TargetText(language=Language.ZH, measure=proposal.measure, unit=proposal.unit)
    return Target(
        position=position, comparator=proposal.comparator, value=proposal.value, texts=[text]
    )


def _replace_proposals(
    session: Session, item: PlanItem, proposals: Sequence[ProposedTarget]
) -> None:
    for old in session.scalars(select(TargetProposal).where(TargetProposal.item_id == item.id)):
        session.delete(old)
    session.add_all(
        TargetProposal(
            item_id=item.id,
            measure=proposal.measure,
            comparator=proposal.comparator,
            value=proposal.value,
            unit=proposal.unit,
            excerpt=proposal.excerpt,
        )
        for proposal in proposals
    )


@dataclass(frozen=True)
class TargetState:
    """A target beside the newest figure reported for it."""

    target: Target
    reached: Decimal | None
    share: float
    is_reached: bool
    reported_on: date | None = None


def target_states(item: PlanItem) -> Sequence[TargetState]:
    """Each target of the item with how far it has come; `share` runs from 0 to 1."""
    return [_state_of(target) for target in item.targets]


def _state_of(target: Target) -> TargetState:
    if not target.progress:
        return TargetState(target, None, 0.0, is_reached=False)
    reached = target.progress[-1].value
    if target.comparator is Comparator.AT_MOST:
        is_reached = reached <= target.value
        share = 1.0 if is_reached else float(target.value / reached)
    else:
        is_reached = (
            reached > target.value
            if target.comparator is Comparator.MORE_THAN
            else reached >= target.value
        )
        share = min(1.0, float(reached / target.value)) if target.value else 1.0
    reported_on = target.progress[-1].reported_on
    return TargetState(target, reached, share, is_reached=is_reached, reported_on=reported_on)


@dataclass(frozen=True)
class TargetCount:
    """How many figures an item promises, and how far they have come."""

    promised: int
    reported: int
    reached: int

    @classmethod
    def of_all(cls, counts: Iterable["TargetCount"]) -> "TargetCount":
        """The counts of several items taken together."""
        listed = list(counts)
        return cls(
            promised=sum(count.promised for count in listed),
            reported=sum(count.reported for count in listed),
            reached=sum(count.reached for count in listed),
        )


def target_count(item: PlanItem) -> TargetCount:
    """How many of the item's targets there are, have a report, and are reached."""
    states = target_states(item)
    return TargetCount(
        promised=len(states),
        reported=sum(state.reached is not None for state in states),
        reached=sum(state.is_reached for state in states),
    )


def as_data(plan: Plan) -> dict[str, object]:
    """The plan as plain data for JSON: chapters, items, texts per language, targets."""
    return {
        "year": plan.year,
        "published_on": plan.published_on.isoformat(),
        "title": {text.language.value: text.title for text in plan.texts},
        "chapters": [
            {
                "number": chapter.number,
                "title": {text.language.value: text.title for text in chapter.texts},
                "items": [_item_as_data(item) for item in chapter.items],
            }
            for chapter in plan.chapters
        ],
    }


def _item_as_data(item: PlanItem) -> dict[str, object]:
    return {
        "number": item.number,
        "title": {text.language.value: text.title for text in item.texts},
        "digest": {text.language.value: text.digest for text in item.texts},
        "official_title": item.official_title,
        "official_text": item.official_text,
        "targets": [_target_as_data(target) for target in item.targets],
    }


def _target_as_data(target: Target) -> dict[str, object]:
    chinese = next(text for text in target.texts if text.language is Language.ZH)
    return {
        "measure": chinese.measure,
        "comparator": target.comparator.value,
        "value": plain_number(target.value),
        "unit": chinese.unit,
        "due_on": target.due_on.isoformat() if target.due_on else None,
        "texts": {
            text.language.value: {"measure": text.measure, "unit": text.unit}
            for text in target.texts
        },
    }


def plain_number(value: Decimal) -> int | float:
    """The figure as JSON and CSV write it: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)

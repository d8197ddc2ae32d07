"""What the public may find, as the index is given it: rows made into search documents."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.engines.search.document import SearchDocument
from app.models import (
    Answer,
    Edition,
    HotIssue,
    HotIssueMember,
    PlanItem,
    ScenarioCase,
    Suggestion,
    Tag,
    Target,
)
from app.services.texts import TextT
from app.vocabulary import AnswerStatus, DocumentType, EditionStatus, Language

BATCH = 500


def every(session: Session, zone: ZoneInfo) -> Iterator[SearchDocument]:
    """Everything that the public may find, in a fixed order; days are the city's."""
    yield from _items(session, None)
    yield from _cases(session, None)
    last = 0
    while ids := session.scalars(
        select(Suggestion.id)
        .where(Suggestion.publicly_visible(), Suggestion.id > last)
        .order_by(Suggestion.id)
        .limit(BATCH)
    ).all():
        yield from _suggestions(session, ids, zone)
        last = ids[-1]
    yield from _issues(session, None)


def some(
    session: Session, wanted: set[tuple[DocumentType, int]], zone: ZoneInfo
) -> Iterator[SearchDocument]:
    """Those of the wanted that the public may find."""
    ids = {
        kind: sorted(number for found, number in wanted if found is kind) for kind in DocumentType
    }
    yield from _items(session, ids[DocumentType.ITEM])
    yield from _cases(session, ids[DocumentType.CASE])
    yield from _suggestions(session, ids[DocumentType.SUGGESTION], zone)
    yield from _issues(session, ids[DocumentType.ISSUE])


def _items(session: Session, ids: Sequence[int] | None) -> Iterator[SearchDocument]:
    query = (
        select(PlanItem)
        .options(
            selectinload(PlanItem.texts),
            selectinload(PlanItem.plan),
            selectinload(PlanItem.targets).selectinload(Target.texts),
        )
        .order_by(PlanItem.id)
    )
    for item in session.scalars(query if ids is None else query.where(PlanItem.id.in_(ids))):
        texts = _in_order(item.texts)
        points = [point for text in texts for point in text.digest]
        measures = [text.measure for target in item.targets for text in _in_order(target.texts)]
        yield SearchDocument(
            type=DocumentType.ITEM,
            id=item.id,
            ref=_item_ref(item),
            language=Language.ZH,
            title=" / ".join(text.title for text in texts),
            body="\n".join([*points, *measures, item.official_text or ""]).strip(),
            tags=tuple(word for text in texts for word in text.keywords),
            items=(_item_ref(item),),
            published_on=item.plan.published_on,
        )


def _cases(session: Session, ids: Sequence[int] | None) -> Iterator[SearchDocument]:
    query = (
        select(ScenarioCase)
        .options(
            selectinload(ScenarioCase.texts),
            selectinload(ScenarioCase.items).selectinload(PlanItem.plan),
        )
        .order_by(ScenarioCase.id)
    )
    for case in session.scalars(query if ids is None else query.where(ScenarioCase.id.in_(ids))):
        texts = _in_order(case.texts)
        yield SearchDocument(
            type=DocumentType.CASE,
            id=case.id,
            ref=case.slug,
            language=Language.ZH,
            title=" / ".join(text.title for text in texts),
            body="\n".join(text.digest for text in texts),
            items=_refs(case.items),
        )


def _in_order(texts: Iterable[TextT]) -> list[TextT]:
    """Chinese first: a bilingual row is one document, found by the words of either language."""
    return sorted(texts, key=lambda text: text.language is not Language.ZH)


def _suggestions(session: Session, ids: Sequence[int], zone: ZoneInfo) -> Iterator[SearchDocument]:
    query = (
        select(Suggestion)
        .where(Suggestion.id.in_(ids), Suggestion.publicly_visible())
        .options(
            selectinload(Suggestion.tags)
            .selectinload(Tag.item)
            .options(selectinload(PlanItem.texts), selectinload(PlanItem.plan)),
        )
        .order_by(Suggestion.id)
    )
    answers = _answers(session, ids)
    for suggestion in session.scalars(query):
        titles = {
            text.title
            for tag in suggestion.tags
            for text in tag.item.texts
            if text.language is suggestion.language
        }
        yield SearchDocument(
            type=DocumentType.SUGGESTION,
            id=suggestion.id,
            ref=suggestion.outside_ref or suggestion.number,
            language=suggestion.language,
            title=suggestion.title,
            body=suggestion.text,
            answer=answers.get(suggestion.id, ""),
            tags=tuple(sorted(titles)),
            items=_refs(tag.item for tag in suggestion.tags),
            question=suggestion.question,
            district=suggestion.district_code or "",
            state=suggestion.handling_state,
            published_on=_city_day(suggestion, zone),
            support=suggestion.supporters,
        )


def _answers(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    """The published answers' words by suggestion, newest first."""
    rows = session.execute(
        select(Answer.suggestion_id, Answer.text)
        .where(Answer.suggestion_id.in_(ids), Answer.status == AnswerStatus.PUBLISHED)
        .order_by(Answer.published_at.desc(), Answer.id.desc())
    )
    found: dict[int, list[str]] = {}
    for suggestion_id, text in rows:
        found.setdefault(suggestion_id, []).append(text)
    return {suggestion_id: "\n".join(texts) for suggestion_id, texts in found.items()}


def _issues(session: Session, ids: Sequence[int] | None) -> Iterator[SearchDocument]:
    query = (
        select(HotIssue)
        .join(HotIssue.edition)
        .where(Edition.status == EditionStatus.PUBLISHED, HotIssue.rank.is_not(None))
        .options(
            selectinload(HotIssue.texts),
            selectinload(HotIssue.edition),
            selectinload(HotIssue.members)
            .selectinload(HotIssueMember.suggestion)
            .selectinload(Suggestion.tags)
            .selectinload(Tag.item)
            .selectinload(PlanItem.plan),
        )
        .order_by(HotIssue.id)
    )
    for issue in session.scalars(query if ids is None else query.where(HotIssue.id.in_(ids))):
        texts = _in_order(issue.texts)
        members = [m.suggestion for m in issue.members if m.suggestion.is_public]
        titles = [suggestion.title for suggestion in members]
        about = [part for text in texts for part in (text.place, text.people)]
        yield SearchDocument(
            type=DocumentType.ISSUE,
            id=issue.id,
            ref=f"{issue.edition.number}-{issue.number}",
            language=texts[0].language,
            title=" / ".join(text.title for text in texts),
            body="\n".join([*about, *titles]).strip(),
            items=_common_items(members),
            published_on=issue.last_on,
            support=sum(suggestion.supporters for suggestion in members),
        )


def _city_day(suggestion: Suggestion, zone: ZoneInfo) -> date | None:
    published = suggestion.published_at
    return published.astimezone(zone).date() if published else None


def _item_ref(item: PlanItem) -> str:
    return f"{item.plan.year}-{item.number}"


def _refs(items: Iterable[PlanItem]) -> tuple[str, ...]:
    return tuple(sorted({_item_ref(item) for item in items}))


def _common_items(members: Sequence[Suggestion]) -> tuple[str, ...]:
    """The items that at least half of an issue's suggestions are about."""
    counts = Counter(_item_ref(tag.item) for member in members for tag in member.tags)
    return tuple(sorted(ref for ref, count in counts.items() if 2 * count >= len(members)))

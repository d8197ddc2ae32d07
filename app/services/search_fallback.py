"""Searching without an index: while it is away, the database is asked for the words themselves.

It knows no other wordings, no order but newest first, and no narrowing but by kind; what it finds
is public by the same conditions as what the index finds.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.engines.search.analysis import default_analyser
from app.engines.search.query import Facet, QueryPlan, SearchRequest, make_plan
from app.engines.search.results import Hit, ResultPage
from app.engines.text.normalise import fold
from app.models import Edition, HotIssue, PlanItem, ScenarioCase, Suggestion
from app.services.search import Found, FoundPage, FoundRow, wording
from app.vocabulary import DocumentType, EditionStatus, Language

MOST = 50
"""Finds that are shown at most, all on one page."""
SCANNED = 100_000
"""The newest suggestions that are looked through; more would take too long."""
ISSUES_SCANNED = 500


def find(session: Session, request: SearchRequest) -> FoundPage:
    """The newest public rows that hold every word, on one page; of a request only kind and words.

    `page.total` and the counts go no further than what is shown and found here.
    """
    plan = make_plan(request.text, default_analyser())
    words = _words(plan)
    kinds = request.types or tuple(DocumentType)
    every = [found for kind in DocumentType for found in _FINDERS[kind](session, words) if words]
    counts = Counter(found.hit.type for found in every)
    wanted = sorted((found for found in every if found.hit.type in kinds), key=_newest_first)[:MOST]
    page = ResultPage(
        hits=tuple(found.hit for found in wanted if isinstance(found.hit, Hit)),
        total=len(wanted),
        page=1,
        per_page=MOST,
        plan=plan,
        facets={Facet.TYPE: {kind.value: counts[kind] for kind in DocumentType if counts[kind]}},
    )
    return FoundPage(page, wanted)


def _words(plan: QueryPlan) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(unit.text for each in plan.concepts for unit in each.readings[0].units)
    )


def _newest_first(found: Found) -> tuple[int, str, int]:
    day = found.hit.published_on
    return -(day.toordinal() if day else 0), found.hit.type, -found.hit.id


def _suggestions(session: Session, words: Sequence[str]) -> Iterator[Found]:
    """The newest fifty; the order is that of an index, so that common words end the scan early."""
    public = Suggestion.publicly_visible()
    newest = Suggestion.published_at.desc()
    oldest = session.scalar(
        select(Suggestion.published_at).where(public).order_by(newest).offset(SCANNED).limit(1)
    )
    query = (
        select(Suggestion)
        .where(public, *(_says(word) for word in words))
        .options(joinedload(Suggestion.district))
        .order_by(newest, Suggestion.id.desc())
        .limit(MOST)
    )
    if oldest is not None:
        query = query.where(Suggestion.published_at > oldest)
    for row in session.scalars(query):
        day = row.published_at.date() if row.published_at else None
        yield _found(DocumentType.SUGGESTION, row, row.number, day)


def _says(word: str) -> ColumnElement[bool]:
    return or_(
        Suggestion.title.icontains(word, autoescape=True),
        Suggestion.text.icontains(word, autoescape=True),
    )


def _items(session: Session, words: Sequence[str]) -> Iterator[Found]:
    rows = session.scalars(
        select(PlanItem).options(selectinload(PlanItem.texts), joinedload(PlanItem.plan))
    )
    for row in rows:
        if _holds(row, words):
            reference = f"{row.plan.year}-{row.number}"
            yield _found(DocumentType.ITEM, row, reference, row.plan.published_on)


def _cases(session: Session, words: Sequence[str]) -> Iterator[Found]:
    for row in session.scalars(select(ScenarioCase).options(selectinload(ScenarioCase.texts))):
        if _holds(row, words):
            yield _found(DocumentType.CASE, row, row.slug, None)


def _issues(session: Session, words: Sequence[str]) -> Iterator[Found]:
    rows = session.scalars(
        select(HotIssue)
        .join(HotIssue.edition)
        .where(HotIssue.rank.is_not(None), Edition.status == EditionStatus.PUBLISHED)
        .options(
            selectinload(HotIssue.texts),
            contains_eager(HotIssue.edition).defer(Edition.evidence),
        )
        .order_by(HotIssue.id.desc())
        .limit(ISSUES_SCANNED)
    )
    for row in rows:
        if _holds(row, words):
            reference = f"{row.edition.number}-{row.number}"
            yield _found(DocumentType.ISSUE, row, reference, row.last_on)


def _holds(row: FoundRow, words: Iterable[str]) -> bool:
    """Whether every word stands in the row's title or text, in whatever language."""
    said = [wording(row, language) for language in Language]
    text = fold("\n".join(part for one in said for part in (one.title, one.body))).text
    return all(word in text for word in words)


def _found(kind: DocumentType, row: FoundRow, reference: str, day: date | None) -> Found:
    hit = Hit(type=kind, id=row.id, ref=reference, title="", score=0.0, published_on=day)
    return Found(hit, row)


_FINDERS: dict[DocumentType, Callable[[Session, Sequence[str]], Iterator[Found]]] = {
    DocumentType.ITEM: _items,
    DocumentType.CASE: _cases,
    DocumentType.SUGGESTION: _suggestions,
    DocumentType.ISSUE: _issues,
}

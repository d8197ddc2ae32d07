"""From a reader's words to rows: the index proposes, the database disposes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from app.engines.search.index import SearchIndex
from app.engines.search.query import SearchRequest
from app.engines.search.results import Hit, ResultPage
from app.engines.search.similar import SimilarHit, SimilarRequest
from app.models import Edition, HotIssue, PlanItem, ScenarioCase, Suggestion
from app.vocabulary import DocumentType, EditionStatus

FoundRow = PlanItem | ScenarioCase | Suggestion | HotIssue


@dataclass(frozen=True)
class Found:
    """A hit beside the row that it stands for."""

    hit: Hit | SimilarHit
    row: FoundRow


@dataclass(frozen=True)
class FoundPage:
    """The page of results that may be shown; `page.total` is what the index counted."""

    page: ResultPage
    found: Sequence[Found]


def find(session: Session, index: SearchIndex, request: SearchRequest) -> FoundPage:
    """The hits whose rows are public now; raises IndexUnavailableError."""
    page = index.search(request)
    return FoundPage(page, public_rows(session, page.hits))


def similar(session: Session, index: SearchIndex, request: SimilarRequest) -> Sequence[Found]:
    """Published suggestions that say something like it; raises IndexUnavailableError."""
    return public_rows(session, index.similar(request))


def public_rows(session: Session, hits: Sequence[Hit | SimilarHit]) -> Sequence[Found]:
    """The hits in their order, each with its row; what the row says is not public falls out."""
    rows: dict[tuple[DocumentType, int], FoundRow] = {}
    for kind, query in _QUERIES.items():
        ids = {hit.id for hit in hits if hit.type is kind}
        if ids:
            rows |= {(kind, row.id): row for row in session.scalars(query(ids))}
    return [Found(hit, rows[hit.type, hit.id]) for hit in hits if (hit.type, hit.id) in rows]


def _items(ids: set[int]) -> Select[PlanItem]:
    return (
        select(PlanItem)
        .where(PlanItem.id.in_(ids))
        .options(selectinload(PlanItem.texts), selectinload(PlanItem.plan))
    )


def _cases(ids: set[int]) -> Select[ScenarioCase]:
    return (
        select(ScenarioCase)
        .where(ScenarioCase.id.in_(ids))
        .options(selectinload(ScenarioCase.texts))
    )


def _suggestions(ids: set[int]) -> Select[Suggestion]:
    return (
        select(Suggestion)
        .where(Suggestion.id.in_(ids), Suggestion.publicly_visible())
        .options(selectinload(Suggestion.district))
    )


def _issues(ids: set[int]) -> Select[HotIssue]:
    return (
        select(HotIssue)
        .join(HotIssue.edition)
        .where(
            HotIssue.id.in_(ids),
            HotIssue.rank.is_not(None),
            Edition.status == EditionStatus.PUBLISHED,
        )
        .options(selectinload(HotIssue.texts), selectinload(HotIssue.edition))
    )


_QUERIES: dict[DocumentType, Callable[[set[int]], Select[FoundRow]]] = {
    DocumentType.ITEM: _items,
    DocumentType.CASE: _cases,
    DocumentType.SUGGESTION: _suggestions,
    DocumentType.ISSUE: _issues,
}

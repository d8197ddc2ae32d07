"""From a reader's words to rows: the index proposes, the database disposes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.engines.search.analysis import MAX_QUERY_LENGTH
from app.engines.search.document import document_key
from app.engines.search.index import SearchIndex
from app.engines.search.query import QueryPlan, SearchRequest, SearchSort
from app.engines.search.results import Excerpt, Hit, ResultPage, highlight, make_excerpt
from app.engines.search.similar import SimilarHit, SimilarRequest
from app.engines.text.normalise import normalise
from app.models import Edition, HotIssue, PlanItem, ScenarioCase, Suggestion
from app.services import glossary
from app.services.glossary import Words
from app.services.texts import Pieces, in_pieces, text_in
from app.vocabulary import DocumentType, EditionStatus, Language

LEAST_LIKENESS = 0.17
"""Two texts less alike than this have, for their readers, nothing in common."""

FEW = 3
"""Where fewer are found than this, another spelling that finds more is offered."""

FoundRow = PlanItem | ScenarioCase | Suggestion | HotIssue


@dataclass(frozen=True)
class Found:
    """A hit beside the row that it stands for."""

    hit: Hit | SimilarHit
    row: FoundRow


@dataclass(frozen=True)
class FoundPage:
    """The page of results that may be shown; `page.total` is what the index counted.

    `shown_instead` is the query whose results these are where nothing holds what was typed;
    `did_you_mean` is one that finds more where little does. `is_partial` is set where even the best
    hit lacks some of what was asked for.
    """

    page: ResultPage
    found: Sequence[Found]
    shown_instead: str = ""
    did_you_mean: str = ""
    is_partial: bool = False


def find(session: Session, index: SearchIndex, request: SearchRequest) -> FoundPage:
    """The hits whose rows are public now; raises IndexUnavailableError."""
    page = index.search(request)
    return FoundPage(page, public_rows(session, page.hits))


def widened(index: SearchIndex, request: SearchRequest, words: Words | None = None) -> FoundPage:
    """The hits for what was typed and what means the same, else for what was likely meant.

    The rows are still to be fetched. Without words only the bundled glossary is known, and nothing
    is set right. Raises IndexUnavailableError.
    """
    meaning = words.glossary if words is not None else glossary.bundled()
    page = index.search(request, meaning)
    if words is None or page.total >= FEW:
        return FoundPage(page, ())
    bare = without_narrowing(request)
    total = page.total if request == bare else index.search(bare, meaning).total
    if total >= FEW:
        return FoundPage(page, ())
    better = _better(index, bare, words, than=total)
    if total or not better:
        return FoundPage(page, (), did_you_mean=better)
    return FoundPage(index.search(replace(request, text=better), meaning), (), better)


def find_widely(session: Session, index: SearchIndex, request: SearchRequest) -> FoundPage:
    """What `widened` finds, with the rows that are public now; raises IndexUnavailableError."""
    known = glossary.words(session, index)
    found = widened(index, request, known)
    asked = replace(request, text=found.shown_instead or request.text)
    return replace(
        found,
        found=public_rows(session, found.page.hits),
        is_partial=_is_partial(index, asked, found.page, known),
    )


def _is_partial(index: SearchIndex, request: SearchRequest, page: ResultPage, words: Words) -> bool:
    """Whether the best of all hits lacks a concept; asked of the first page by relevance only."""
    is_told = page.page == 1 and request.sort is SearchSort.RELEVANCE
    if not is_told or not page.hits or len(page.plan.concepts) < 2:
        return False
    best = page.hits[0]
    told = index.explain(request, document_key(best.type, best.id), words.glossary)
    return told is not None and told.coverage < 1


def without_narrowing(request: SearchRequest) -> SearchRequest:
    """The same words, looked for everywhere; of the page only its size is kept."""
    return SearchRequest(text=request.text, sort=request.sort, per_page=request.per_page)


def _better(index: SearchIndex, request: SearchRequest, words: Words, *, than: int) -> str:
    """The likeliest query meant instead that finds more, by sound first; else nothing."""
    typed = request.text
    meant = (*words.speller.by_sound(typed), *words.speller.suggest(typed, index.analyser()))
    for text in dict.fromkeys(meant):
        fits = len(text) <= MAX_QUERY_LENGTH and normalise(text) != normalise(typed)
        if fits and index.search(replace(request, text=text), words.glossary).total > than:
            return text
    return ""


def similar(session: Session, index: SearchIndex, request: SimilarRequest) -> Sequence[Found]:
    """Published suggestions that say something like it; raises IndexUnavailableError."""
    meaning = glossary.words(session, index).glossary
    return public_rows(session, index.similar(request, meaning))


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
        .options(selectinload(PlanItem.texts), joinedload(PlanItem.plan))
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
        .options(joinedload(Suggestion.district))
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
        .options(
            selectinload(HotIssue.texts),
            contains_eager(HotIssue.edition).defer(Edition.evidence),
        )
    )


_QUERIES: dict[DocumentType, Callable[[set[int]], Select[FoundRow]]] = {
    DocumentType.ITEM: _items,
    DocumentType.CASE: _cases,
    DocumentType.SUGGESTION: _suggestions,
    DocumentType.ISSUE: _issues,
}


@dataclass(frozen=True)
class Wording:
    """What a row says to a reader of one language; `language` is the one it says it in."""

    language: Language
    title: str
    body: str


@dataclass(frozen=True)
class Shown:
    """A find ready to be shown: its words in pieces, those that were looked for told apart."""

    row: FoundRow
    type: DocumentType
    language: Language
    title: Pieces
    excerpt: Pieces
    is_cut_before: bool
    is_cut_after: bool


def wording(row: FoundRow, language: Language) -> Wording:
    """The row's title and text, in that language where it has one."""
    if isinstance(row, Suggestion):
        return Wording(row.language, row.title, row.text)
    if isinstance(row, PlanItem):
        item = text_in(row.texts, language)
        official = row.official_text if item.language is Language.ZH else None
        return Wording(item.language, item.title, "\n".join([*item.digest, official or ""]).strip())
    if isinstance(row, ScenarioCase):
        case = text_in(row.texts, language)
        return Wording(case.language, case.title, case.digest)
    issue = text_in(row.texts, language)
    about = [part for part in (issue.place, issue.people) if part]
    return Wording(issue.language, issue.title, "\n".join(about))


def shown(found: Sequence[Found], plan: QueryPlan, language: Language) -> Sequence[Shown]:
    """The finds with what was looked for marked in the rows' own texts."""
    return [_marked(one, plan, language) for one in found]


def _marked(found: Found, plan: QueryPlan, language: Language) -> Shown:
    said = wording(found.row, language)
    spans = highlight(said.title, plan)
    return _shown(found, said, in_pieces(said.title, spans), make_excerpt(said.body, plan))


def _shown(found: Found, said: Wording, title: Pieces, excerpt: Excerpt) -> Shown:
    return Shown(
        row=found.row,
        type=found.hit.type,
        language=said.language,
        title=title,
        excerpt=in_pieces(excerpt.text, excerpt.spans),
        is_cut_before=excerpt.cut_before,
        is_cut_after=excerpt.cut_after,
    )


def similar_shown(
    session: Session, index: SearchIndex, request: SimilarRequest
) -> Sequence[tuple[Suggestion, Shown]]:
    """Similar published suggestions with the shared phrases marked.

    The words are the row's; the index's places are used only where it still holds those words.
    Raises IndexUnavailableError.
    """
    return [
        (one.row, _with_shared_phrases(one, one.hit))
        for one in similar(session, index, request)
        if isinstance(one.row, Suggestion)
        and isinstance(one.hit, SimilarHit)
        and one.hit.score >= LEAST_LIKENESS
    ]


def _with_shared_phrases(found: Found, hit: SimilarHit) -> Shown:
    said = wording(found.row, Language.ZH)
    is_current = hit.title == said.title and hit.excerpt.text in said.body.replace("\n", " ")
    if is_current:
        return _shown(found, said, in_pieces(said.title, hit.title_spans), hit.excerpt)
    return _shown(found, said, ((said.title, False),), make_excerpt(said.body, QueryPlan(())))

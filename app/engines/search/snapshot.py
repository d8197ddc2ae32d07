"""One open, unchanging view of the index: its facts by document, and the pages made from it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from whoosh.reading import IndexReader

from app.engines.search.query import QueryPlan, SearchRequest, SearchSort, joined, loosen
from app.engines.search.ranking import ENOUGH, Lengths, Match, Ranker, best_covered
from app.engines.search.results import Hit, ResultPage, highlight, make_excerpt
from app.engines.search.schema import FACT_COLUMNS
from app.vocabulary import DocumentType

# Scores are sums of fractions; beyond this place they differ by the order of adding only.
SCORE_PLACES = 6
# What answers only a part of a word stands below everything that answers the word.
LOOSE_WORTH = 0.2
OTHER_WORDING_WORTH = 0.6
AFTER_EVERY_DAY = date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """A match with all that its place in the list depends on."""

    type: DocumentType
    id: int
    docnum: int
    score: float
    published: int

    @property
    def published_on(self) -> date | None:
        """The day as a date; None when the document has none."""
        return date.fromordinal(self.published) if self.published else None


class Snapshot:
    """Reads one generation of the index as it stood when opened; for one thread at a time."""

    def __init__(self, reader: IndexReader, lengths: Lengths) -> None:
        """Take over an open Whoosh reader."""
        self._reader = reader
        self.ranker = Ranker(reader, lengths)
        # A reader of no documents has no columns to open.
        names = (*FACT_COLUMNS, "number", "published") if reader.doc_count_all() else ()
        self._columns = {name: reader.column_reader(name, translate=False) for name in names}

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()

    def document_count(self) -> int:
        """Return how many documents can be found."""
        count: int = self._reader.doc_count()
        return count

    def entries(self) -> Iterator[tuple[str, str]]:
        """Yield every document's key and content hash."""
        for _, stored in self._reader.iter_docs():
            yield stored["key"], stored["content_hash"]

    def stored(self, docnum: int) -> Mapping[str, str]:
        """Return what was stored of a document as it was typed."""
        stored: Mapping[str, str] = self._reader.stored_fields(docnum)
        return stored

    def ranked(self, match: Match) -> Ranked:
        """Return a match with its type, id and day."""
        docnum = match.docnum
        return Ranked(
            DocumentType(self._columns["type"][docnum].decode()),
            int(self._columns["number"][docnum]),
            docnum,
            round(match.score, SCORE_PLACES),
            int(self._columns["published"][docnum]),
        )

    def search(self, request: SearchRequest, plans: Sequence[QueryPlan]) -> ResultPage:
        """Return the page of hits that was asked for, with the totals of all pages.

        The first plan is what was typed, the others are other wordings of it.
        """
        ranked = [self.ranked(match) for match in self._matches(request, plans)]
        counts = Counter(each.type for each in ranked)
        wanted = of_types(ranked, request.types)
        in_order = sorted(wanted, key=ORDERS[request.sort])
        first = (request.page - 1) * request.per_page
        shown = in_order[first : first + request.per_page]
        marked = joined(plans)
        return ResultPage(
            hits=tuple(self._hit(each, marked) for each in shown),
            total=len(wanted),
            page=request.page,
            per_page=request.per_page,
            counts_by_type={kind: counts[kind] for kind in DocumentType if counts[kind]},
        )

    def _matches(self, request: SearchRequest, plans: Sequence[QueryPlan]) -> Iterable[Match]:
        """Return what answers the plans, and what answers them loosely where that is too little."""
        found: dict[int, Match] = {}
        self._add(found, request, plans[0], worth=1.0)
        for plan in plans[1:]:
            self._add(found, request, plan, worth=OTHER_WORDING_WORTH)
        loose = loosen(plans[0])
        if len(found) < ENOUGH and loose != plans[0]:
            self._add(found, request, loose, worth=LOOSE_WORTH)
        return found.values()

    def _add(
        self, found: dict[int, Match], request: SearchRequest, plan: QueryPlan, *, worth: float
    ) -> None:
        """Add what answers the plan and is not yet found, at a part of its score."""
        for match in self._covered(request, plan):
            found.setdefault(match.docnum, replace(match, score=match.score * worth))

    def _covered(self, request: SearchRequest, plan: QueryPlan) -> list[Match]:
        matches = self._narrow(self.ranker.match(plan), request) if plan.units else []
        return best_covered(matches, len(plan.units))

    def _narrow(self, matches: list[Match], request: SearchRequest) -> list[Match]:
        """Keep what has every fact asked for, except the type, which is counted first."""
        wanted = {
            "language": request.language,
            "question": request.question,
            "district": request.district,
        }
        for name, value in wanted.items():
            if value is not None:
                column, sought = self._columns[name], value.encode("utf-8", "replace")
                matches = [match for match in matches if column[match.docnum] == sought]
        return self._within(matches, request.date_from, request.date_to)

    def _within(self, matches: list[Match], first: date | None, last: date | None) -> list[Match]:
        if first is None and last is None:
            return matches
        lowest = first.toordinal() if first is not None else 1
        highest = last.toordinal() if last is not None else AFTER_EVERY_DAY
        published = self._columns["published"]
        return [match for match in matches if lowest <= published[match.docnum] <= highest]

    def _hit(self, ranked: Ranked, plan: QueryPlan) -> Hit:
        stored = self.stored(ranked.docnum)
        return Hit(
            type=ranked.type,
            id=ranked.id,
            ref=stored["ref"],
            title=stored["title"],
            score=ranked.score,
            published_on=ranked.published_on,
            excerpt=make_excerpt(stored["body"], plan),
            title_spans=highlight(stored["title"], plan),
        )


def of_types(ranked: Iterable[Ranked], types: tuple[DocumentType, ...]) -> list[Ranked]:
    """Return those of the given types; all when none is given."""
    return [each for each in ranked if not types or each.type in types]


def by_relevance(ranked: Ranked) -> tuple[float, str, int]:
    """Best first; equals by type and id, so that pages never overlap."""
    return -ranked.score, ranked.type, ranked.id


def by_newest(ranked: Ranked) -> tuple[float, str, int]:
    """Latest day first; documents without a day last."""
    return -ranked.published, ranked.type, ranked.id


def by_oldest(ranked: Ranked) -> tuple[float, str, int]:
    """Earliest day first; documents without a day last."""
    return ranked.published or AFTER_EVERY_DAY, ranked.type, ranked.id


ORDERS = {
    SearchSort.RELEVANCE: by_relevance,
    SearchSort.NEWEST: by_newest,
    SearchSort.OLDEST: by_oldest,
}

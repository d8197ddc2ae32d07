"""One commit of the index, opened: the pages, explanations and likenesses made from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from app.engines.search.analysis import Analyser
from app.engines.search.closeness import closeness
from app.engines.search.document import document_key
from app.engines.search.explanation import Explanation
from app.engines.search.glossary import Glossary
from app.engines.search.index import Signals
from app.engines.search.on_disk import narrowing
from app.engines.search.on_disk.columns import Numbers
from app.engines.search.on_disk.explaining import Explainer
from app.engines.search.on_disk.ranking import Matches, Ranker
from app.engines.search.on_disk.schema import ITEMS_JOINT, WORDS, field_of
from app.engines.search.on_disk.view import Floats, SignalFactors, View
from app.engines.search.query import QueryPlan, SearchRequest, SearchSort, loosen, make_plan
from app.engines.search.results import Hit, ResultPage
from app.engines.search.similar import Candidate, SimilarRequest
from app.engines.search.weights import RESCORED, SCORE_PLACES, coverage, nearness
from app.vocabulary import DocumentType

AFTER_EVERY_DAY = date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class _Answer:
    """All that answers a request, before and after narrowing by facets, scored."""

    plan: QueryPlan
    plans: tuple[QueryPlan, ...]
    brought: Sequence[int]
    matches: Matches
    scores: Floats


class Snapshot:
    """Answers from one view; nothing in it changes, and threads may share it."""

    def __init__(self, view: View, analyser: Analyser, signals: Signals) -> None:
        """Take over the view."""
        self.analyser = analyser
        self._view = view
        self._signals = signals
        self._ranker = Ranker(view)

    def document_count(self) -> int:
        """Return how many documents can be found."""
        return self._view.count

    def entries(self) -> Iterator[tuple[str, str]]:
        """Yield every document's key and content hash."""
        for number in np.flatnonzero(self._view.live).tolist():
            yield self._key(number), self._view.text("content_hash", number)

    def search(self, request: SearchRequest, glossary: Glossary | None) -> ResultPage:
        """See SearchIndex.search."""
        answer = self._answer(request, glossary)
        documents = answer.matches.documents
        masks = narrowing.by_facets(self._view, request, documents)
        kept = np.flatnonzero(narrowing.within_all(masks, None, documents.size))
        end = request.page * request.per_page
        places, scores = self._ordered(request.sort, answer, kept, end)
        shown = slice(end - request.per_page, end)
        return ResultPage(
            hits=tuple(
                self._hit(number, score)
                for number, score in zip(
                    documents[places[shown]].tolist(), scores[shown].tolist(), strict=True
                )
            ),
            total=int(kept.size),
            page=request.page,
            per_page=request.per_page,
            plan=answer.plan,
            facets=narrowing.count_facets(self._view, documents, masks),
        )

    def explain(
        self, request: SearchRequest, key: str, glossary: Glossary | None
    ) -> Explanation | None:
        """See SearchIndex.explain."""
        answer = self._answer(request, glossary)
        documents = answer.matches.documents
        masks = narrowing.by_facets(self._view, request, documents)
        kept = np.flatnonzero(narrowing.within_all(masks, None, documents.size))
        places, scores = self._ordered(request.sort, answer, kept, int(kept.size))
        keys = [self._key(number) for number in documents[places].tolist()]
        if key not in keys:
            return None
        position = keys.index(key)
        is_near = request.sort is SearchSort.RELEVANCE and position < RESCORED
        near = self._nearness(documents[places[position]], answer.plan) if is_near else 1.0
        return self._explanation(answer, int(places[position]), float(scores[position]), near)

    def vocabulary(self) -> Mapping[str, int]:
        """See SearchIndex.vocabulary; what has a figure in it is a number, not a word."""
        titles, tags = field_of("title", WORDS), field_of("tags", WORDS)
        in_titles, in_tags = self._view.counts(titles), self._view.counts(tags)
        counts = dict(sorted(({**in_titles, **in_tags}).items()))
        for term in in_titles.keys() & in_tags.keys():
            first, second = (self._view.postings(field, term).documents for field in (titles, tags))
            counts[term] = int(np.union1d(first, second).size)
        return {
            term: count
            for term, count in counts.items()
            if not any(char.isdigit() for char in term)
        }

    def rarities(self, words: Sequence[str]) -> Mapping[str, float]:
        """See Source.rarities."""
        found = {word: self._ranker.term(word, WORDS).documents.size for word in words}
        return {word: self._ranker.rarity(count) for word, count in found.items() if count}

    def candidates(
        self, weights: Mapping[str, float], request: SimilarRequest, limit: int
    ) -> Sequence[Candidate]:
        """See Source.candidates."""
        scores = np.zeros(self._view.size)
        for word, weight in weights.items():
            found = self._ranker.term(word, WORDS)
            scores[found.documents] += weight * found.worth
        wanted = SearchRequest(text="", types=request.types)
        documents = np.flatnonzero(scores)
        masks = narrowing.by_facets(self._view, wanted, documents)
        documents = documents[narrowing.within_all(masks, None, documents.size)]
        ordered = self._first(-_rounded(scores[documents]), documents, limit + len(request.exclude))
        every = documents[ordered].tolist()
        return [
            self._candidate(number) for number in every if self._key(number) not in request.exclude
        ][:limit]

    @cached_property
    def _factors(self) -> SignalFactors:
        return SignalFactors(self._view, self._signals)

    def _answer(self, request: SearchRequest, glossary: Glossary | None) -> _Answer:
        plan = make_plan(request.text, self.analyser, glossary)
        loose = loosen(plan, self.analyser)
        plans = (plan,) if loose == plan else (plan, loose)
        found, brought = self._ranker.answer(
            plans, lambda numbers: narrowing.before_facets(self._view, request, numbers)
        )
        scores = _rounded(found.scores * self._factors.both[found.documents])
        return _Answer(plan, plans, brought, found, scores)

    def _ordered(
        self, sort: SearchSort, answer: _Answer, kept: Numbers, count: int
    ) -> tuple[Numbers, Floats]:
        """Return the places of the first hits among all matches, in order, and their scores."""
        documents = answer.matches.documents[kept]
        if sort is SearchSort.RELEVANCE:
            return self._by_relevance(answer, kept, max(count, RESCORED))
        published = self._view.numbers("published")[documents]
        if sort is SearchSort.OLDEST:
            published = np.where(published > 0, published, AFTER_EVERY_DAY)
        keys = (published if sort is SearchSort.OLDEST else -published).astype(np.float64)
        places = kept[self._first(keys, documents, count)]
        return places, answer.scores[places]

    def _by_relevance(self, answer: _Answer, kept: Numbers, count: int) -> tuple[Numbers, Floats]:
        """Order by score; the best are scored again by how near to one another words stand.

        Closeness only adds, so none of the best can fall below one that was not looked at.
        """
        documents = answer.matches.documents[kept]
        places = kept[self._first(-answer.scores[kept], documents, count)]
        scores = answer.scores[places]
        best = answer.matches.documents[places[:RESCORED]]
        near = [self._nearness(number, answer.plan) for number in best.tolist()]
        scores[: best.size] = _rounded(scores[: best.size] * np.array(near))
        again = self._first(-scores[: best.size], best, best.size)
        order = np.concatenate((again, np.arange(best.size, places.size)))
        return places[order], scores[order]

    def _nearness(self, number: int, plan: QueryPlan) -> float:
        if len(plan.concepts) < 2:
            return nearness(0.0)
        title, body = self._view.text("title", number), self._view.text("body", number)
        return nearness(closeness(title, body, plan))

    def _first(self, keys: Floats, documents: Numbers, count: int) -> Numbers:
        """Return the places of the smallest keys in order; equals go by type and id."""
        chosen = np.arange(keys.size)
        if 0 < count < keys.size:
            chosen = np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])
        numbers = documents[chosen]
        types = self._view.names("type")[0][numbers]
        order = np.lexsort((self._view.numbers("number")[numbers], types, keys[chosen]))
        return chosen[order[:count]]

    def _explanation(self, answer: _Answer, place: int, score: float, near: float) -> Explanation:
        number = int(answer.matches.documents[place])
        plan = answer.plans[0 if place < answer.brought[0] else 1]
        return Explanation(
            total=score,
            parts=Explainer(self._view, self._ranker).parts(plan, number),
            coverage=coverage(int(answer.matches.concepts[place]), len(plan.concepts)),
            closeness=near,
            newness=float(self._factors.newness[number]),
            support=float(self._factors.support[number]),
        )

    def _hit(self, number: int, score: float) -> Hit:
        return Hit(
            type=self._type(number),
            id=int(self._view.numbers("number")[number]),
            ref=self._view.text("ref", number),
            title=self._view.text("title", number),
            score=score,
            published_on=self._day(number),
        )

    def _candidate(self, number: int) -> Candidate:
        items = self._name("items", number)
        return Candidate(
            type=self._type(number),
            id=int(self._view.numbers("number")[number]),
            ref=self._view.text("ref", number),
            title=self._view.text("title", number),
            body=self._view.text("body", number),
            items=tuple(items.split(ITEMS_JOINT)) if items else (),
            district=self._name("district", number),
            published_on=self._day(number),
        )

    def _key(self, number: int) -> str:
        return document_key(self._type(number), int(self._view.numbers("number")[number]))

    def _type(self, number: int) -> DocumentType:
        return DocumentType(self._name("type", number))

    def _name(self, column: str, number: int) -> str:
        codes, names = self._view.names(column)
        return names[int(codes[number])]

    def _day(self, number: int) -> date | None:
        day = int(self._view.numbers("published")[number])
        return date.fromordinal(day) if day else None


def _rounded(scores: Floats) -> Floats:
    return np.round(scores, SCORE_PLACES)

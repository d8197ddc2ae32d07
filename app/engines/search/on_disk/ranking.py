"""Which documents answer a query plan, and how well: BM25F over arrays of postings.

Every match must be counted for the totals and facets anyway, so all of them are scored at once,
term by term. Time grows with the length of the posting lists only; no typed sign can make it grow
otherwise.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from app.engines.search.on_disk.columns import Numbers
from app.engines.search.on_disk.postings import Postings
from app.engines.search.on_disk.schema import GRAMS, WORDS, field_of
from app.engines.search.on_disk.view import Floats, Mask, View
from app.engines.search.query import Concept, QueryPlan, Reading, Unit
from app.engines.search.weights import (
    BRIDGE_WORTH,
    ENOUGH,
    FEW,
    GRAM_SHARE,
    GRAM_WORTH,
    LONG_SHARE,
    PART_WEIGHTS,
    SATURATION,
    SHORT_SHARE,
    coverage,
    misses_the_point,
    rarity,
)

CACHE_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scores:
    """Some documents, in order, and what each is worth."""

    documents: Numbers
    worth: Floats

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        return int(self.documents.nbytes + self.worth.nbytes)


@dataclass(frozen=True, slots=True)
class Matches:
    """The documents that answer: how many concepts each has, and its score before the signals."""

    documents: Numbers
    concepts: Numbers
    scores: Floats

    def only(self, mask: Mask) -> "Matches":
        """Return those for which the mask is set."""
        return Matches(self.documents[mask], self.concepts[mask], self.scores[mask])


class _Cache:
    """The scores of what was looked for last, up to a number of bytes; threads may share it."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._known: OrderedDict[Hashable, Scores] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Scores]) -> Scores:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
                return found
        made = make()
        with self._lock:
            if key not in self._known:
                self._known[key] = made
                self._size += made.nbytes
            while self._size > self._limit:
                _, oldest = self._known.popitem(last=False)
                self._size -= oldest.nbytes
        return made


class Ranker:
    """Scores the documents of one view."""

    def __init__(self, view: View, cache_bytes: int = CACHE_BYTES) -> None:
        """Begin with nothing known."""
        self._view = view
        self._cache = _Cache(cache_bytes)

    def answer(
        self, plans: Sequence[QueryPlan], is_wanted: Callable[[Numbers], Mask]
    ) -> tuple[Matches, Sequence[int]]:
        """Return the wanted that answer the first plan, then those that only a later one finds.

        A later plan is asked where the ones before found too few. Beside the matches comes how
        many of them each plan has brought.
        """
        brought: list[Matches] = []
        for plan in plans:
            if sum(each.documents.size for each in brought) >= FEW:
                break
            found = self.match(plan)
            more = best_covered(found.only(is_wanted(found.documents)), len(plan.concepts))
            if not brought:
                brought.append(more)
                continue
            known = np.concatenate([each.documents for each in brought])
            brought.append(more.only(~np.isin(more.documents, known)))
        return _joined(brought), [each.documents.size for each in brought]

    def match(self, plan: QueryPlan) -> Matches:
        """Return the documents that have at least the least share of the plan's concepts."""
        scores, concepts = np.zeros(self._view.size), np.zeros(self._view.size, np.int64)
        every = [self.concept(concept) for concept in plan.concepts]
        for found in every:
            scores[found.documents] += found.worth
            concepts[found.documents] += 1
        least = max(1, math.ceil(len(plan.concepts) * SHORT_SHARE))
        documents = np.flatnonzero(concepts >= least)
        if misses_the_point([found.documents.size for found in every], max(1, self._view.count)):
            documents = documents[:0]
        for bridge in plan.bridges:
            found = self.term(bridge, GRAMS)
            scores[found.documents] += BRIDGE_WORTH * found.worth
        counts = concepts[documents]
        shares = [
            coverage(count, max(1, len(plan.concepts))) for count in range(len(plan.concepts) + 1)
        ]
        return Matches(documents, counts, scores[documents] * np.array(shares)[counts])

    def concept(self, concept: Concept) -> Scores:
        """Return how good each document is for a concept: as good as the best reading it has."""
        readings = [self.reading(reading) for reading in concept.readings]
        if len(readings) == 1:
            return readings[0]
        best = np.zeros(self._view.size)
        for found in readings:
            best[found.documents] = np.maximum(best[found.documents], found.worth)
        return _sparse(best)

    def reading(self, reading: Reading) -> Scores:
        """Return what a reading is worth in each document that has enough of its units."""
        if len(reading.units) == 1:
            found = self.unit(reading.units[0])
            return Scores(found.documents, reading.worth * found.worth)
        total, present = np.zeros(self._view.size), np.zeros(self._view.size, np.int64)
        for unit in reading.units:
            found = self.unit(unit)
            total[found.documents] += found.worth
            present[found.documents] += 1
        share = present / len(reading.units)
        return _sparse(np.where(share >= reading.least, reading.worth * share * total, 0.0))

    def unit(self, unit: Unit) -> Scores:
        """Return what a unit is worth in each document."""
        if unit.is_character:
            return self._cache.get((unit.text, ""), lambda: self._scored(self._opened(unit.text)))
        if not unit.grams:
            return self.term(unit.word, WORDS)
        return self._cache.get(unit, lambda: self._with_grams(unit))

    def term(self, term: str, kind: str) -> Scores:
        """Return the BM25F score of each document that has a word, or a gram, in any part."""
        return self._cache.get((term, kind), lambda: self._scored(self._anywhere(term, kind)))

    def frequencies(self, term: str, kind: str, part: str) -> Scores:
        """Return how often each document's part has a term, weighted and lessened by length."""
        return self._weighted(self._view.postings(field_of(part, kind), term), part)

    def opened_frequencies(self, character: str, part: str) -> Scores:
        """Return the same for all pairs that open with a character; documents may come again."""
        return self._weighted(self._view.opening_with(field_of(part, GRAMS), character), part)

    def rarity(self, documents: int) -> float:
        """Return the inverse document frequency for so many documents."""
        return rarity(documents, max(1, self._view.count))

    def _weighted(self, found: Postings, part: str) -> Scores:
        lessened = found.frequencies / self._view.divisor(part)[found.documents]
        return Scores(found.documents, PART_WEIGHTS[part] * lessened)

    def _anywhere(self, term: str, kind: str) -> Floats:
        total = np.zeros(self._view.size)
        for part in PART_WEIGHTS:
            found = self.frequencies(term, kind, part)
            total[found.documents] += found.worth
        return total

    def _opened(self, character: str) -> Floats:
        total = np.zeros(self._view.size)
        for part in PART_WEIGHTS:
            found = self.opened_frequencies(character, part)
            total += np.bincount(found.documents, found.worth, self._view.size)
        return total

    def _scored(self, frequencies: Floats) -> Scores:
        documents = np.flatnonzero(frequencies)
        found = frequencies[documents]
        return Scores(documents, self.rarity(documents.size) * (found / (SATURATION + found)))

    def _with_grams(self, unit: Unit) -> Scores:
        whole = self.term(unit.word, WORDS)
        total, present = np.zeros(self._view.size), np.zeros(self._view.size, np.int64)
        for gram in unit.grams:
            found = self.term(gram, GRAMS)
            total[found.documents] += found.worth
            present[found.documents] += 1
        counts = present >= math.ceil(len(unit.grams) * GRAM_SHARE)
        counts[whole.documents] = True
        total = np.where(counts, total * (GRAM_WORTH / len(unit.grams)), 0.0)
        total[whole.documents] += whole.worth
        return _sparse(total)


def best_covered(matches: Matches, concepts: int) -> Matches:
    """Keep the documents with all concepts, or with most of them when too few have all."""
    for share, enough in ((1.0, ENOUGH), (LONG_SHARE, ENOUGH)):
        kept = matches.concepts >= math.ceil(concepts * share)
        if int(kept.sum()) >= enough:
            return matches.only(kept)
    return matches


def _sparse(worth: Floats) -> Scores:
    documents = np.flatnonzero(worth)
    return Scores(documents, worth[documents])


def _joined(matches: Sequence[Matches]) -> Matches:
    return Matches(
        np.concatenate([each.documents for each in matches]),
        np.concatenate([each.concepts for each in matches]),
        np.concatenate([each.scores for each in matches]),
    )

"""What each term adds to one document's score; it follows ranking.py step by step."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from app.engines.search.explanation import PartKind, ScorePart
from app.engines.search.on_disk.ranking import Ranker, Scores
from app.engines.search.on_disk.schema import GRAMS, WORDS
from app.engines.search.on_disk.view import View
from app.engines.search.query import Concept, QueryPlan, Reading, Unit
from app.engines.search.weights import (
    BRIDGE_WORTH,
    GRAM_SHARE,
    GRAM_WORTH,
    PART_WEIGHTS,
    SATURATION,
)


class Explainer:
    """Takes scores of one view's documents apart."""

    def __init__(self, view: View, ranker: Ranker) -> None:
        self._view, self._ranker = view, ranker

    def parts(self, plan: QueryPlan, document: int) -> tuple[ScorePart, ...]:
        """Return the parts of a document's score before coverage, closeness and the signals."""
        concepts = (part for concept in plan.concepts for part in self._concept(concept, document))
        bridges = (
            part
            for bridge in plan.bridges
            for part in self._term(bridge, GRAMS, PartKind.BRIDGE, document)
        )
        return (*concepts, *_times(bridges, BRIDGE_WORTH))

    def _concept(self, concept: Concept, document: int) -> Iterable[ScorePart]:
        worths = [_at(self._ranker.reading(each), document) for each in concept.readings]
        best = max(range(len(worths)), key=worths.__getitem__)
        if not worths[best]:
            return ()
        parts = self._reading(concept.readings[best], document)
        if best == 0:
            return parts
        return (replace(part, kind=PartKind.OTHER_WORDING) for part in parts)

    def _reading(self, reading: Reading, document: int) -> Iterable[ScorePart]:
        units = [unit for unit in reading.units if _at(self._ranker.unit(unit), document)]
        share = len(units) / len(reading.units)
        parts = (part for unit in units for part in self._unit(unit, document))
        return _times(parts, reading.worth * share)

    def _unit(self, unit: Unit, document: int) -> Iterator[ScorePart]:
        if unit.is_character:
            found = {
                part: self._ranker.opened_frequencies(unit.text, part) for part in PART_WEIGHTS
            }
            documents = self._ranker.unit(unit).documents.size
            yield from self._by_part(unit.text, PartKind.WORD, found, documents, document)
            return
        words = tuple(self._term(unit.word, WORDS, PartKind.WORD, document))
        yield from words
        pairs = [tuple(self._term(gram, GRAMS, PartKind.PAIR, document)) for gram in unit.grams]
        present = sum(1 for parts in pairs if parts)
        if words or present >= math.ceil(len(pairs) * GRAM_SHARE):
            every = (part for parts in pairs for part in parts)
            yield from _times(every, GRAM_WORTH / max(1, len(pairs)))

    def _term(self, term: str, kind: str, why: PartKind, document: int) -> Iterable[ScorePart]:
        found = {part: self._ranker.frequencies(term, kind, part) for part in PART_WEIGHTS}
        documents = self._ranker.term(term, kind).documents.size
        return self._by_part(term, why, found, documents, document)

    def _by_part(
        self,
        text: str,
        why: PartKind,
        found: Mapping[str, Scores],
        documents: int,
        document: int,
    ) -> Iterator[ScorePart]:
        """Share out by part what a term adds; it saturates over all parts together."""
        own = {
            part: float(each.worth[each.documents == document].sum())
            for part, each in found.items()
        }
        rarity = self._ranker.rarity(documents)
        for part, frequency in own.items():
            if frequency:
                yield ScorePart(
                    kind=why,
                    text=text,
                    field=part,
                    documents=documents,
                    frequency=self._unweighted(frequency, part, document),
                    worth=rarity * frequency / (SATURATION + sum(own.values())),
                )

    def _unweighted(self, frequency: float, part: str, document: int) -> float:
        """Return how often a term was really found."""
        times = frequency / PART_WEIGHTS[part] * float(self._view.divisor(part)[document])
        return round(times, 3)


def _at(scores: Scores, document: int) -> float:
    """Return what a document is worth; 0 where it is none of those scored."""
    place = int(np.searchsorted(scores.documents, document))
    is_there = place < scores.documents.size and scores.documents[place] == document
    return float(scores.worth[place]) if is_there else 0.0


def _times(parts: Iterable[ScorePart], factor: float) -> Iterator[ScorePart]:
    return (replace(part, worth=part.worth * factor) for part in parts)

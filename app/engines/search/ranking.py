"""Which documents answer a query plan, and how well: BM25F over Whoosh's postings.

The postings are added up term by term instead of through Whoosh's query trees: every match must be
counted for the totals anyway, and Whoosh's unions, made to skip what cannot win, then only cost.
Time grows with the length of the posting lists only; no typed sign can make it grow otherwise.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from whoosh.reading import IndexReader, TermNotFound

from app.engines.search.query import QueryPlan, Unit
from app.engines.search.schema import GRAM_FIELDS, WORD_FIELDS

SATURATION = 1.2
# How much a text's length counts, and the field that is measured for it: a title is short by
# nature, a long letter only partly wordy. Tags have no length to speak of.
LENGTH_SHARE = {
    "title_words": ("title_words", 0.3),
    "title_grams": ("title_words", 0.3),
    "body_words": ("body_words", 0.6),
    "body_grams": ("body_words", 0.6),
}
UNKNOWN_LENGTH = -1
GRAM_WORTH = 0.5
BRIDGE_WORTH = 0.4
# A long word counts as present when this share of its pairs is there: 公共的停车场 for 公共停车场.
GRAM_SHARE = 0.7
# A question of many words may miss some of them when too few documents have them all.
LONG_SHARE, SHORT_SHARE = 0.6, 0.34
ENOUGH = 3
COVERAGE_POWER = 1.5
# One character is found through the pairs it opens; a common one opens some hundreds.
MAX_PAIRS_OF_CHARACTER = 3_000

Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Match:
    """A document's number in the reader, with how many units it has and what it is worth."""

    docnum: int
    units: int
    score: float


class Lengths:
    """Remembers how many words a document has in a field, by segment; segments never change.

    Whoosh takes longer to look a length up than to find the document. Threads may share this: the
    worst of a race is to look the same length up twice.
    """

    def __init__(self) -> None:
        """Start with nothing known."""
        self._known: dict[tuple[str, str], list[int]] = {}

    def of_leaf(self, leaf: IndexReader, name: str) -> list[int]:
        """Return the segment's table for a field, in which UNKNOWN_LENGTH is still to be read."""
        return self._known.setdefault(
            (leaf.segment().segment_id(), name),
            [UNKNOWN_LENGTH] * leaf.doc_count_all(),
        )

    def forget_others(self, leaves: Iterable[IndexReader]) -> None:
        """Drop the tables of segments that are no longer in use."""
        used = {leaf.segment().segment_id() for leaf in leaves}
        for key in [key for key in self._known if key[0] not in used]:
            self._known.pop(key, None)


class Ranker:
    """Scores documents of one open reader; not shared between threads."""

    def __init__(self, reader: IndexReader, lengths: Lengths) -> None:
        """Note the mean lengths that every score needs."""
        self._reader = reader
        self._lengths = lengths
        self._tables: dict[tuple[IndexReader, str], list[int]] = {}
        self._leaves = list(reader.leaf_readers())
        self._count = max(1, reader.doc_count())
        everything = max(1, reader.doc_count_all())
        measured = {name for name, _ in LENGTH_SHARE.values()}
        self._mean_length = {
            name: max(1.0, reader.field_length(name) / everything) for name in measured
        }
        if reader.doc_count_all():
            lengths.forget_others(leaf for leaf, _ in self._leaves)

    def match(self, plan: QueryPlan) -> list[Match]:
        """Return the documents that have at least the least share of the plan's units."""
        scores: Scores = {}
        units: Counter[int] = Counter()
        for unit in plan.units:
            for docnum, score in self._unit_scores(unit).items():
                scores[docnum] = scores.get(docnum, 0.0) + score
                units[docnum] += 1
        total = len(plan.units)
        least = math.ceil(total * SHORT_SHARE)
        found = {docnum: scores[docnum] for docnum, count in units.items() if count >= least}
        self._reward_bridges(plan.bridges, found)
        return [
            Match(docnum, units[docnum], score * (units[docnum] / total) ** COVERAGE_POWER)
            for docnum, score in found.items()
        ]

    def term_scores(self, term: str, fields: Mapping[str, float]) -> Scores:
        """Return the BM25F score of every document that has the term in one of the fields."""
        frequencies = self._frequencies(term, fields)
        rarity = self.rarity(len(frequencies))
        return {
            docnum: rarity * frequency / (SATURATION + frequency)
            for docnum, frequency in frequencies.items()
        }

    def rarity(self, documents: int) -> float:
        """Return the inverse document frequency, never negative."""
        return math.log1p((self._count - documents + 0.5) / (documents + 0.5))

    def document_frequency(self, term: str, fields: Iterable[str]) -> int:
        """Return about how many documents have the term: the most of any field."""
        found: int = max(self._reader.doc_frequency(name, term) for name in fields)
        return found

    def _unit_scores(self, unit: Unit) -> Scores:
        if unit.is_character:
            return self._character_scores(unit.text)
        scores = self.term_scores(unit.word, WORD_FIELDS)
        if not unit.grams:
            return scores
        gram_scores: Scores = {}
        present: Counter[int] = Counter()
        for gram in unit.grams:
            for docnum, score in self.term_scores(gram, GRAM_FIELDS).items():
                gram_scores[docnum] = gram_scores.get(docnum, 0.0) + score
                present[docnum] += 1
        needed = math.ceil(len(unit.grams) * GRAM_SHARE)
        share = GRAM_WORTH / len(unit.grams)
        for docnum, score in gram_scores.items():
            if docnum in scores or present[docnum] >= needed:
                scores[docnum] = scores.get(docnum, 0.0) + share * score
        return scores

    def _character_scores(self, char: str) -> Scores:
        frequencies: Scores = {}
        for name, weight in GRAM_FIELDS.items():
            opening = islice(self._reader.expand_prefix(name, char), MAX_PAIRS_OF_CHARACTER)
            for term in opening:
                self._add_frequencies(term, name, weight, frequencies)
        rarity = self.rarity(len(frequencies))
        return {
            docnum: rarity * frequency / (SATURATION + frequency)
            for docnum, frequency in frequencies.items()
        }

    def _reward_bridges(self, bridges: Iterable[str], found: Scores) -> None:
        for bridge in bridges:
            for docnum, score in self.term_scores(bridge, GRAM_FIELDS).items():
                if docnum in found:
                    found[docnum] += BRIDGE_WORTH * score

    def _frequencies(self, term: str, fields: Mapping[str, float]) -> Scores:
        frequencies: Scores = {}
        for name, weight in fields.items():
            self._add_frequencies(term, name, weight, frequencies)
        return frequencies

    def _add_frequencies(
        self, term: str | bytes, name: str, weight: float, frequencies: Scores
    ) -> None:
        """Add a field's weighted frequencies of a term, each lessened by the text's length."""
        measured, share = LENGTH_SHARE.get(name, ("", 0.0))
        fixed = 1.0 - share
        growing = share / self._mean_length[measured] if measured else 0.0
        for leaf, offset in self._leaves:
            for local, frequency in _postings(leaf, name, term):
                length = self._length(leaf, local, measured) if measured else 0
                worth = weight * frequency / (fixed + growing * length)
                docnum = local + offset
                frequencies[docnum] = frequencies.get(docnum, 0.0) + worth

    def _length(self, leaf: IndexReader, local: int, name: str) -> int:
        table = self._tables.get((leaf, name))
        if table is None:
            table = self._tables[leaf, name] = self._lengths.of_leaf(leaf, name)
        if table[local] == UNKNOWN_LENGTH:
            table[local] = leaf.doc_field_length(local, name)
        return table[local]


def _postings(leaf: IndexReader, name: str, term: str | bytes) -> Iterator[tuple[int, float]]:
    """Yield the documents of a segment that have the term, and how often."""
    try:
        matcher = leaf.postings(name, term)
    except TermNotFound:
        return
    while matcher.is_active():
        yield matcher.id(), matcher.weight()
        matcher.next()


def best_covered(matches: list[Match], units: int) -> list[Match]:
    """Keep the documents with all units, or with most of them when too few have all."""
    for share, enough in ((1.0, ENOUGH if units > 2 else 1), (LONG_SHARE, 1)):
        needed = math.ceil(units * share)
        kept = [match for match in matches if match.units >= needed]
        if len(kept) >= enough:
            return kept
    return matches

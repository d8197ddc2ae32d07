"""A query plan as PostgreSQL is asked it: which vectors match, and the formula of their score.

Every lexeme is quoted and every tsquery is bound as a parameter, so no typed sign has a power of
its own. The formula is made of our own numbers and column names only.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engines.search.explanation import PartKind
from app.engines.search.in_postgresql.entries import GRAM, RANK_UNIT, WORD, quoted
from app.engines.search.query import Concept, QueryPlan, Reading, Unit
from app.engines.search.weights import (
    BRIDGE_WORTH,
    COVERAGE_POWER,
    GRAM_SHARE,
    GRAM_WORTH,
    rarity,
)

# "At least so many of these" must be written out as a tsquery; of longer lists so many are taken.
MAX_WAYS, SAMPLED = 70, 8
# A query of so many words is answered from the index alone in about 0.1 s over 100,000 documents.
MAX_OPERANDS = 1_000


@dataclass(frozen=True, slots=True)
class Counts:
    """In how many documents each lexeme of a plan is; a lone character by the lexeme it opens."""

    documents: Mapping[str, int]
    everything: int

    def of(self, lexeme: str) -> int:
        """Return the number of documents that have the lexeme."""
        return self.documents.get(lexeme, 0)

    def rarity(self, lexeme: str) -> float:
        """Return the lexeme's inverse document frequency."""
        return rarity(self.of(lexeme), self.everything)


@dataclass(frozen=True, slots=True)
class Part:
    """Lexemes that are ranked at once, and what their ranks together are multiplied by."""

    kind: PartKind
    text: str
    lexemes: tuple[str, ...]
    documents: int
    factor: float
    is_opening: bool = False

    @property
    def query(self) -> str:
        """The tsquery that finds any of them."""
        if self.is_opening:
            return f"{quoted(self.lexemes[0])}:*"
        return any_of([quoted(lexeme) for lexeme in self.lexemes])

    @property
    def rank_factor(self) -> float:
        """What `ts_rank` is multiplied by: it gives the mean of the lexemes' ranks."""
        return self.factor * RANK_UNIT * len(self.lexemes)


def lexemes_of(plan: QueryPlan) -> tuple[list[str], list[str]]:
    """Return the lexemes that must be counted, and those counted by what they open."""
    whole = [GRAM + bridge for bridge in plan.bridges]
    opening: list[str] = []
    for unit in plan.units:
        if unit.is_character:
            opening.append(GRAM + unit.text)
        else:
            whole += [WORD + unit.word, *(GRAM + gram for gram in unit.grams)]
    return whole, opening


def parts_of(unit: Unit, counts: Counts) -> tuple[Part, ...]:
    """Return what a unit's score is made of: its word, and its pairs by their mean rarity."""
    if unit.is_character:
        lexeme = GRAM + unit.text
        factor = counts.rarity(lexeme)
        return (
            Part(PartKind.WORD, unit.text, (lexeme,), counts.of(lexeme), factor, is_opening=True),
        )
    word = WORD + unit.word
    parts = [Part(PartKind.WORD, unit.text, (word,), counts.of(word), counts.rarity(word))]
    grams = tuple(dict.fromkeys(GRAM + gram for gram in unit.grams))
    if grams:
        rarities = [counts.rarity(gram) for gram in grams]
        factor = GRAM_WORTH * sum(rarities) / len(grams) / len(grams)
        documents = min(map(counts.of, grams))
        parts.append(Part(PartKind.PAIR, unit.text, grams, documents, factor))
    return tuple(parts)


def bridge_part(bridge: str, counts: Counts) -> Part:
    """Return what words that stand together as typed add."""
    lexeme = GRAM + bridge
    factor = BRIDGE_WORTH * counts.rarity(lexeme)
    return Part(PartKind.BRIDGE, bridge, (lexeme,), counts.of(lexeme), factor)


def any_of(queries: Sequence[str]) -> str:
    """Return the tsquery for one or more of the queries."""
    return queries[0] if len(queries) == 1 else f"({' | '.join(queries)})"


def all_of(queries: Sequence[str]) -> str:
    """Return the tsquery for all of the queries."""
    return queries[0] if len(queries) == 1 else f"({' & '.join(queries)})"


def at_least(least: int, queries: Sequence[str]) -> str:
    """Return the tsquery for so many of the queries; of a long list some stand for the rest."""
    if least <= 1:
        return any_of(queries)
    if math.comb(len(queries), least) > MAX_WAYS:
        least = math.ceil(SAMPLED * least / len(queries))
        queries = [queries[place * len(queries) // SAMPLED] for place in range(SAMPLED)]
    return any_of([all_of(way) for way in itertools.combinations(queries, least)])


def has_unit(unit: Unit) -> str:
    """Return the tsquery for documents that have the unit, or enough of its pairs."""
    if unit.is_character:
        return f"{quoted(GRAM + unit.text)}:*"
    word = quoted(WORD + unit.word)
    grams = [quoted(GRAM + gram) for gram in dict.fromkeys(unit.grams)]
    if not grams:
        return word
    return any_of([word, at_least(math.ceil(len(grams) * GRAM_SHARE), grams)])


def has_concept(concept: Concept) -> str:
    """Return the tsquery for documents that have one of the readings."""
    return any_of([_has_reading(reading) for reading in concept.readings])


def _has_reading(reading: Reading) -> str:
    units = [has_unit(unit) for unit in reading.units]
    return at_least(math.ceil(len(units) * reading.least), units)


def has_concepts(plan: QueryPlan, least: int, counts: Counts) -> str:
    """Return a tsquery that every document with so many concepts answers, and few others.

    Whoever has m of n has one of any n - m + 1, so where all the ways to have m would make too long
    a query, the rarest ones are asked for.
    """
    concepts = [has_concept(concept) for concept in plan.concepts]
    copies = math.comb(len(concepts), least) * least / len(concepts)
    if least == 1 or copies * " ".join(concepts).count("'") <= 2 * MAX_OPERANDS:
        return at_least(least, concepts)
    rarest = sorted(plan.concepts, key=lambda concept: documents_with(concept, counts))
    return any_of([has_concept(each) for each in rarest[: len(concepts) - least + 1]])


def documents_with(concept: Concept, counts: Counts) -> int:
    """Return about how many documents have the concept."""
    return sum(
        min(max(part.documents for part in parts_of(unit, counts)) for unit in reading.units)
        for reading in concept.readings
    )


class Formula:
    """The score of a plan over columns that the statement computes once for each match.

    `flags` and `ranks` name these columns by the tsquery they are computed from; a rank with a
    flag is looked up only where the flag is set, as most documents have few of many readings.
    """

    def __init__(self, plan: QueryPlan, counts: Counts, *, least: int) -> None:
        """Write the formula down; the plan must have a concept, and a match has `least` of them."""
        self._counts = counts
        self._has_all = least == len(plan.concepts)
        self.ranks: dict[tuple[str, str], str] = {}
        self.flags: dict[str, str] = {}
        self.concepts = [self._concept(concept) for concept in plan.concepts]
        names = [f"c{number}" for number in range(len(self.concepts))]
        bridges = [self._part(bridge_part(bridge, counts)) for bridge in plan.bridges]
        self.covered = " + ".join(f"({name} > 0)::int" for name in names)
        self.worth = (
            f"({' + '.join([*names, *bridges])})"
            f" * power((covered)::float8 / {len(names)}, {COVERAGE_POWER})"
        )

    def _concept(self, concept: Concept) -> str:
        is_certain = self._has_all and len(concept.readings) == 1
        flags = ["" if is_certain else self._flag(_has_reading(each)) for each in concept.readings]
        readings = map(self._reading, concept.readings, flags)
        return f"greatest({', '.join(readings)})"

    def _reading(self, reading: Reading, flag: str) -> str:
        units = [self._unit(unit, flag) for unit in reading.units]
        if len(units) == 1:
            return f"{reading.worth!r} * {units[0]}"
        has = " + ".join(f"({unit} > 0)::int" for unit in units)
        share = f"({has})::float8 / {len(units)}"
        least = math.ceil(len(units) * reading.least)
        together = f"{reading.worth!r} * {share} * ({' + '.join(units)})"
        return f"CASE WHEN {has} >= {least} THEN {together} ELSE 0 END"

    def _unit(self, unit: Unit, flag: str) -> str:
        ranks = " + ".join(self._part(part, flag) for part in parts_of(unit, self._counts))
        if len(unit.grams) < 2:
            return f"({ranks})"
        return f"(CASE WHEN {self._flag(has_unit(unit))} THEN {ranks} ELSE 0 END)"

    def _flag(self, query: str) -> str:
        return self.flags.setdefault(query, f"h{len(self.flags)}")

    def _part(self, part: Part, flag: str = "") -> str:
        column = self.ranks.setdefault((part.query, flag), f"r{len(self.ranks)}")
        return f"{part.rank_factor!r} * {column}"

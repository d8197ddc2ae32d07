"""How a document's score is made up: the server's formula once more, part by part, for one text."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from app.engines.search.explanation import PartKind, ScorePart
from app.engines.search.in_postgresql.entries import worth_of
from app.engines.search.in_postgresql.matching import Counts, Part, bridge_part, parts_of
from app.engines.search.query import Concept, QueryPlan, Reading, Unit
from app.engines.search.weights import GRAM_SHARE

FieldFrequencies = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Explained:
    """What the parts are, and how many of the plan's concepts the document has."""

    parts: tuple[ScorePart, ...]
    concepts: int


def explain_parts(plan: QueryPlan, fields: FieldFrequencies, counts: Counts) -> Explained:
    """Return what each term adds; `fields` has a document's weighted frequencies by field."""
    concepts = [_concept_parts(concept, fields, counts) for concept in plan.concepts]
    bridges = [
        part
        for bridge in plan.bridges
        for part in _score_parts(bridge_part(bridge, counts), fields)
    ]
    every = (*(part for parts in concepts for part in parts), *bridges)
    return Explained(every, sum(1 for parts in concepts if parts))


def _concept_parts(
    concept: Concept, fields: FieldFrequencies, counts: Counts
) -> tuple[ScorePart, ...]:
    """Return the parts of the best reading; none where the document has no reading."""
    readings = [
        tuple(_reading_parts(reading, fields, counts, is_typed=number == 0))
        for number, reading in enumerate(concept.readings)
    ]
    return max(readings, key=lambda parts: sum(part.worth for part in parts))


def _reading_parts(
    reading: Reading, fields: FieldFrequencies, counts: Counts, *, is_typed: bool
) -> Iterator[ScorePart]:
    units = [tuple(_unit_parts(unit, fields, counts)) for unit in reading.units]
    present = sum(1 for parts in units if parts)
    if present < math.ceil(len(units) * reading.least):
        return
    for part in (part for parts in units for part in parts):
        kind = part.kind if is_typed else PartKind.OTHER_WORDING
        yield replace(part, kind=kind, worth=part.worth * reading.worth * present / len(units))


def _unit_parts(unit: Unit, fields: FieldFrequencies, counts: Counts) -> Iterable[ScorePart]:
    parts = parts_of(unit, counts)
    has_word = any(_total(lexeme, fields) for lexeme in parts[0].lexemes)
    if len(unit.grams) > 1 and not has_word:
        grams = parts[1].lexemes
        present = sum(1 for gram in grams if _total(gram, fields))
        if present < math.ceil(len(grams) * GRAM_SHARE):
            return ()
    return [score for part in parts for score in _score_parts(part, fields)]


def _score_parts(part: Part, fields: FieldFrequencies) -> Iterator[ScorePart]:
    """Yield what the part adds in each field: a term's worth is shared out by its frequencies."""
    lexemes = _opened(part.lexemes[0], fields) if part.is_opening else part.lexemes
    for name, frequencies in fields.items():
        here = {lexeme: frequencies[lexeme] for lexeme in lexemes if lexeme in frequencies}
        if here:
            yield ScorePart(
                kind=part.kind,
                text=part.text,
                field=name,
                documents=part.documents,
                frequency=sum(here.values()),
                worth=part.factor
                * sum(
                    worth_of(_total(lexeme, fields)) * frequency / _total(lexeme, fields)
                    for lexeme, frequency in here.items()
                ),
            )


def _opened(opening: str, fields: FieldFrequencies) -> list[str]:
    found = {lexeme for frequencies in fields.values() for lexeme in frequencies}
    return sorted(lexeme for lexeme in found if lexeme.startswith(opening))


def _total(lexeme: str, fields: FieldFrequencies) -> float:
    return sum(frequencies.get(lexeme, 0.0) for frequencies in fields.values())

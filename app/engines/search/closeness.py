"""How near to one another the words of a query stand in a text.

It tells a document about parking at the hospital from one that has both words, far apart. Where
words stand is found in the text itself, so that every index comes to the same figure.
"""

from collections.abc import Iterable, Sequence

from app.engines.search.query import Concept, QueryPlan, Unit
from app.engines.text.normalise import fold

# Of a long letter the opening is read; what it is about stands there or in the title.
READ_LENGTH = 600
PLACES_PER_UNIT = 20

Place = tuple[int, int, int]
"""Where a concept was found: start, end, and the concept's number."""


def closeness(title: str, body: str, plan: QueryPlan) -> float:
    """Return how near the plan's concepts stand in the title or the text, from 0 to 1.

    1 where all of them stand side by side; 0 where fewer than two can be found in one of the two,
    or where there is only one concept.
    """
    if len(plan.concepts) < 2:
        return 0.0
    return max(_nearness(text, plan.concepts) for text in (title, body[:READ_LENGTH]))


def _nearness(text: str, concepts: Sequence[Concept]) -> float:
    folded = fold(text).text
    places = sorted(
        (start, end, number)
        for number, concept in enumerate(concepts)
        for start, end in _places_of(concept, folded)
    )
    found = {number for _, _, number in places}
    if len(found) < 2:
        return 0.0
    return len(found) / len(concepts) * max(_tightness(places, len(found)), default=0.0)


def _tightness(places: Sequence[Place], wanted: int) -> Iterable[float]:
    """Yield, for each stretch that has all that was found, how much of it is searched words."""
    counts: dict[int, int] = {}
    first = 0
    for last, (_, end, number) in enumerate(places):
        counts[number] = counts.get(number, 0) + 1
        while counts[places[first][2]] > 1:
            counts[places[first][2]] -= 1
            first += 1
        if len(counts) == wanted:
            yield _filled(places[first : last + 1]) / max(1, end - places[first][0])


def _filled(places: Sequence[Place]) -> int:
    """Return how many characters the places cover, overlaps once, and a blank after each word."""
    covered, reached = 0, places[0][0]
    for start, end, _ in places:
        covered += max(0, end - max(start, reached))
        covered += 1 if start == reached + 1 else 0
        reached = max(reached, end)
    return covered


def _places_of(concept: Concept, folded: str) -> Iterable[tuple[int, int]]:
    for unit in {unit for reading in concept.readings for unit in reading.units}:
        yield from _occurrences(unit, folded)


def _occurrences(unit: Unit, folded: str) -> Iterable[tuple[int, int]]:
    """Yield where a unit stands, by its text, or else by its stem."""
    for wanted in dict.fromkeys((unit.text, unit.word)):
        start = folded.find(wanted) if wanted else -1
        if start < 0:
            continue
        for _ in range(PLACES_PER_UNIT):
            yield start, start + len(wanted)
            start = folded.find(wanted, start + len(wanted))
            if start < 0:
                break
        return

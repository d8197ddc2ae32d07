"""What a search returns, and where in the original text the searched words stand.

Places are spans of characters, never markup: whoever shows them escapes the text and marks it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.engines.search.analysis import word_term
from app.engines.search.query import Facet, QueryPlan, Unit
from app.engines.text.normalise import Folded, fold
from app.engines.text.segment import default_segmenter
from app.vocabulary import DocumentType

EXCERPT_LENGTH = 120
# A mark is put a little way into the excerpt, so that the reader sees what leads up to it.
LEAD = 20
CLOSING_SIGNS = "，。、；：！？）》”’ ,.;:!?)\n"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text, from `start` up to but not including `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Part of a text with the places to mark in it; says on which sides something was cut."""

    text: str
    spans: tuple[Span, ...] = ()
    cut_before: bool = False
    cut_after: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One document found; its words are its row's, not the index's."""

    type: DocumentType
    id: int
    ref: str
    title: str
    score: float
    published_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """One page of hits, and how many there are by each fact.

    A facet counts what answers with every other narrowing but its own, so that its other values can
    be offered. `plan` is what was looked for: it marks the words, and names other wordings.
    """

    hits: tuple[Hit, ...]
    total: int
    page: int
    per_page: int
    plan: QueryPlan
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)


def highlight(text: str, plan: QueryPlan) -> tuple[Span, ...]:
    """Return where the plan's words stand in the text, in order, none overlapping."""
    folded = fold(text)
    places = (place for unit in plan.units for place in _places(unit, folded.text))
    return merge_spans(_original(folded, places))


def make_excerpt(text: str, plan: QueryPlan, *, length: int = EXCERPT_LENGTH) -> Excerpt:
    """Return the stretch of the text that shows most of the plan's words, marked."""
    folded = fold(text)
    places = [
        (Span(*folded.span(start, end)), number)
        for number, unit in enumerate(plan.units)
        for start, end in _places(unit, folded.text)
    ]
    places.sort(key=lambda place: place[0])
    start = _best_start(places, length)
    spans = merge_spans(span for span, _ in places)
    return cut_excerpt(text, spans, start=start, length=length)


def cut_excerpt(
    text: str, spans: Iterable[Span], *, start: int, length: int = EXCERPT_LENGTH
) -> Excerpt:
    """Return `length` characters of the text from `start` or earlier, and the spans inside.

    An English word is never cut through: the excerpt grows by what is missing of it. A sign that
    closes what was cut away before is left out.
    """
    start = max(0, min(start, len(text) - length))
    end = min(len(text), start + length)
    start, end = _whole_words(text, start, end)
    inside = tuple(
        Span(max(span.start, start) - start, min(span.end, end) - start)
        for span in spans
        if span.start < end and span.end > start
    )
    shown = text[start:end].replace("\n", " ")
    return Excerpt(shown, inside, cut_before=start > 0, cut_after=end < len(text))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and end - start < 2 * EXCERPT_LENGTH and _is_inside_word(text, start):
        start -= 1
    while end < len(text) and end - start < 2 * EXCERPT_LENGTH and _is_inside_word(text, end):
        end += 1
    while 0 < start < end and text[start] in CLOSING_SIGNS:
        start += 1
    return start, end


def _is_inside_word(text: str, place: int) -> bool:
    """Tell whether a cut before this place would part two letters or digits of one word."""
    return all(sign.isascii() and sign.isalnum() for sign in text[place - 1 : place + 1])


def merge_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same places in order, touching and overlapping ones joined."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def _original(folded: Folded, places: Iterable[tuple[int, int]]) -> Iterable[Span]:
    return (Span(*folded.span(start, end)) for start, end in places)


def _places(unit: Unit, text: str) -> list[tuple[int, int]]:
    """Return where a unit stands; where a long word never stands whole, its pairs stand for it."""
    if unit.grams or unit.is_character:
        whole = _occurrences(unit.text, text)
        return whole or [place for gram in unit.grams for place in _occurrences(gram, text)]
    pieces = [
        (start, end)
        for piece, start, end, kind in default_segmenter().pieces(text)
        if piece == unit.word or (kind.is_foreign and word_term(piece, kind) == unit.word)
    ]
    # A word of mixed scripts may be known to the index's dictionary only.
    return pieces if pieces or unit.word.isascii() else _occurrences(unit.word, text)


def _occurrences(wanted: str, text: str) -> list[tuple[int, int]]:
    places = []
    start = text.find(wanted)
    while start >= 0:
        places.append((start, start + len(wanted)))
        start = text.find(wanted, start + len(wanted))
    return places


def _best_start(places: list[tuple[Span, int]], length: int) -> int:
    """Return where to cut so that most different units, then most marks, are to be seen."""
    best_start, best_worth = 0, (0, 0)
    last = 0
    for first, (opening, _) in enumerate(places):
        last = max(last, first)
        while last < len(places) and places[last][0].end <= opening.start + length - LEAD:
            last += 1
        window = places[first:last]
        worth = (len({number for _, number in window}), len(window))
        if worth > best_worth:
            best_start, best_worth = max(0, opening.start - LEAD), worth
    return best_start

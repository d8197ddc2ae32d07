"""Find what was already said: documents like a text, with the phrases both have in common.

A first version by shared words and pairs of characters; judging whether two are the same matter
is left to whoever shows them side by side.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from app.engines.search.analysis import Analysis, analyse_folded
from app.engines.search.document import document_key
from app.engines.search.query import STOP_WORDS
from app.engines.search.ranking import Match
from app.engines.search.results import Excerpt, Span, cut_excerpt, merge_spans
from app.engines.search.schema import WORD_FIELDS
from app.engines.search.snapshot import Ranked, Snapshot, by_relevance, of_types
from app.engines.text.normalise import fold
from app.vocabulary import DocumentType

MAX_TERMS = 24
CANDIDATES = 40
TITLE_COUNTS = 3
# Four characters are the shortest stretch that two people seldom share by chance.
PHRASE_LENGTH = 4
LEAST_SCORE = 0.12
WORDS_SHARE, TEXT_SHARE, TITLE_SHARE = 0.5, 0.25, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarRequest:
    """A text to find the like of; `exclude` names keys that must not be returned."""

    text: str
    title: str = ""
    limit: int = 5
    types: tuple[DocumentType, ...] = (DocumentType.SUGGESTION,)
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarHit:
    """A document like the text: how alike from 0 to 1, and the shared phrases to mark."""

    type: DocumentType
    id: int
    ref: str
    title: str
    score: float
    published_on: date | None
    excerpt: Excerpt
    title_spans: tuple[Span, ...] = ()

    @property
    def key(self) -> str:
        """The document's name in the index."""
        return document_key(self.type, self.id)


@dataclass(frozen=True, slots=True)
class _Subject:
    """The text asked about, taken apart once for all candidates."""

    weights: dict[str, float]
    title_grams: Counter[str]
    grams: Counter[str]
    phrases: frozenset[str]


def find_similar(snapshot: Snapshot, request: SimilarRequest) -> tuple[SimilarHit, ...]:
    """Return the documents most like the text, best first; none that has little in common."""
    subject = _subject(snapshot, request)
    hits = (_compare(snapshot, each, subject) for each in _candidates(snapshot, subject, request))
    alike = [hit for hit in hits if hit.score >= LEAST_SCORE]
    alike.sort(key=lambda hit: (-hit.score, hit.type, hit.id))
    return tuple(alike[: request.limit])


def shared_spans(text: str, phrases: Collection[str]) -> tuple[Span, ...]:
    """Return the stretches of the text of which every four characters are in `phrases`."""
    folded = fold(text)
    spans = (
        Span(*folded.span(start, start + PHRASE_LENGTH))
        for start in range(len(folded.text) - PHRASE_LENGTH + 1)
        if folded.text[start : start + PHRASE_LENGTH] in phrases
    )
    return merge_spans(spans)


def _subject(snapshot: Snapshot, request: SimilarRequest) -> _Subject:
    title, text = fold(request.title).text, fold(request.text).text
    title_terms, text_terms = analyse_folded(title), analyse_folded(text)
    counts = Counter(text_terms.words)
    for word in title_terms.words:
        counts[word] += TITLE_COUNTS
    return _Subject(
        _weights(snapshot, counts),
        Counter(title_terms.grams),
        Counter(title_terms.grams + text_terms.grams),
        _phrases((title, text)),
    )


def _weights(snapshot: Snapshot, counts: Counter[str]) -> dict[str, float]:
    """Return the most telling words; one that no document has tells nothing."""
    weights: dict[str, float] = {}
    for word, count in counts.items():
        documents = snapshot.ranker.document_frequency(word, WORD_FIELDS)
        if documents and word not in STOP_WORDS:
            weights[word] = (1 + math.log(count)) * snapshot.ranker.rarity(documents)
    telling = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(telling[:MAX_TERMS])


def _phrases(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(
        text[start : start + PHRASE_LENGTH]
        for text in texts
        for start in range(len(text) - PHRASE_LENGTH + 1)
        if text[start : start + PHRASE_LENGTH].isalnum()
    )


def _candidates(snapshot: Snapshot, subject: _Subject, request: SimilarRequest) -> list[Ranked]:
    scores: dict[int, float] = {}
    for word, weight in subject.weights.items():
        for docnum, score in snapshot.ranker.term_scores(word, WORD_FIELDS).items():
            scores[docnum] = scores.get(docnum, 0.0) + weight * score
    every = (snapshot.ranked(Match(docnum, 0, score)) for docnum, score in scores.items())
    wanted = [
        each
        for each in of_types(every, request.types)
        if document_key(each.type, each.id) not in request.exclude
    ]
    return sorted(wanted, key=by_relevance)[: max(CANDIDATES, 2 * request.limit)]


def _compare(snapshot: Snapshot, ranked: Ranked, subject: _Subject) -> SimilarHit:
    stored = snapshot.stored(ranked.docnum)
    title = analyse_folded(fold(stored["title"]).text)
    body = analyse_folded(fold(stored["body"]).text)
    spans = shared_spans(stored["body"], subject.phrases)
    return SimilarHit(
        type=ranked.type,
        id=ranked.id,
        ref=stored["ref"],
        title=stored["title"],
        score=round(_likeness(subject, title, body), 4),
        published_on=ranked.published_on,
        excerpt=cut_excerpt(stored["body"], spans, start=spans[0].start if spans else 0),
        title_spans=shared_spans(stored["title"], subject.phrases),
    )


def _likeness(subject: _Subject, title: Analysis, body: Analysis) -> float:
    """Return how alike two texts are, from 0 to 1."""
    words = {*title.words, *body.words}
    everything = sum(subject.weights.values())
    shared = sum(weight for word, weight in subject.weights.items() if word in words)
    by_words = shared / everything if everything else 0.0
    by_text = _dice(subject.grams, Counter(title.grams + body.grams))
    if not subject.title_grams:
        return (WORDS_SHARE * by_words + TEXT_SHARE * by_text) / (WORDS_SHARE + TEXT_SHARE)
    by_title = _dice(subject.title_grams, Counter(title.grams))
    return WORDS_SHARE * by_words + TEXT_SHARE * by_text + TITLE_SHARE * by_title


def _dice(first: Counter[str], second: Counter[str]) -> float:
    together = first.total() + second.total()
    return 2 * (first & second).total() / together if together else 0.0

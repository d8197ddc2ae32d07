"""A document as it lies in the table: its facts, its words as typed, and its terms.

Each term carries what it is worth in the document: BM25F's saturated frequency, which depends on
the text alone. It is written in the letters of a tsvector's places, so that the server adds the
documents' worth up with `ts_rank` and compares no lengths while people wait. No PostgreSQL parser
ever sees a text; the terms arrive ready cut.
"""

import itertools
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg.rows import TupleRow

from app.engines.search.analysis import Analyser, Analysis
from app.engines.search.document import SearchDocument
from app.engines.search.weights import LENGTH_SHARE, PART_WEIGHTS, saturated
from app.vocabulary import DocumentType, Language, Question

WORD, GRAM, NAMED = "w", "g", "n"
"""What a lexeme opens with: a word, a pair, a word of the title or the tags."""
# No letter of a citizen has as many different terms; a vector has an end.
MAX_LEXEMES = 30_000

LETTERS = {"D": 0.125, "C": 0.25, "B": 0.5, "A": 1.0}
RANK_WEIGHTS = list(LETTERS.values())
"""As `ts_rank` wants them: for the letters D, C, B, A."""
LONGEST_CODE = 3

DocumentRow = TupleRow
Column = str | int | date | list[str] | None


@dataclass(frozen=True, slots=True)
class MeanLengths:
    """How many words a title, a text and an answer have on average."""

    title: float = 1.0
    body: float = 1.0
    answer: float = 1.0


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document with its fields taken apart."""

    document: SearchDocument
    title: Analysis
    body: Analysis
    answer: Analysis
    tags: Analysis

    @property
    def fields(self) -> dict[str, Analysis]:
        """The fields by name."""
        return {
            "title": self.title,
            "tags": self.tags,
            "answer": self.answer,
            "body": self.body,
        }


def analyse(document: SearchDocument, analyser: Analyser) -> Analysed:
    """Take a document's fields apart."""
    return Analysed(
        document,
        analyser.analyse(document.title),
        analyser.analyse(document.body),
        analyser.analyse(document.answer),
        analyser.analyse("\n".join((*document.tags, document.ref))),
    )


def mean_lengths(documents: Sequence[Analysed]) -> MeanLengths:
    """Return the documents' mean lengths in words; at least one word."""
    count = max(1, len(documents))
    return MeanLengths(
        max(1.0, sum(len(each.title.words) for each in documents) / count),
        max(1.0, sum(len(each.body.words) for each in documents) / count),
        max(1.0, sum(len(each.answer.words) for each in documents) / count),
    )


def frequencies(analysed: Analysed, lengths: MeanLengths) -> dict[str, dict[str, float]]:
    """Return for each field how often it has each lexeme, weighted and lessened by its length."""
    means = {"title": lengths.title, "body": lengths.body, "answer": lengths.answer}
    found: dict[str, dict[str, float]] = {}
    for name, analysis in analysed.fields.items():
        share = LENGTH_SHARE[name]
        relative = len(analysis.words) / means[name] if name in means else 0.0
        worth = PART_WEIGHTS[name] / (1.0 - share + share * relative)
        counts = Counter(WORD + word for word in analysis.words)
        counts.update(GRAM + gram for gram in analysis.grams)
        found[name] = {lexeme: count * worth for lexeme, count in counts.items()}
    return found


def codes(analysed: Analysed, lengths: MeanLengths) -> dict[str, str]:
    """Return the document's lexemes, each with the code of what it is worth."""
    together: dict[str, float] = {}
    for found in frequencies(analysed, lengths).values():
        for lexeme, frequency in found.items():
            together[lexeme] = together.get(lexeme, 0.0) + frequency
    named = {NAMED + word: "1D" for word in (*analysed.title.words, *analysed.tags.words)}
    coded = {lexeme: code_of(frequency) for lexeme, frequency in together.items()}
    return dict(itertools.islice((named | coded).items(), MAX_LEXEMES))


def code_of(frequency: float) -> str:
    """Return the places whose rank is nearest to the saturated frequency."""
    return CODES[_nearest(saturated(frequency))]


def worth_of(frequency: float) -> float:
    """Return what `ts_rank` makes of a frequency: saturated, from 0 to 1, in small steps."""
    return RANKS[_nearest(saturated(frequency))]


def _nearest(worth: float) -> int:
    above = min(bisect_left(RANKS, worth), len(RANKS) - 1)
    below = max(0, above - 1)
    return below if worth - RANKS[below] <= RANKS[above] - worth else above


def _rank(letters: Sequence[str]) -> float:
    """Return what `ts_rank` gives a term in these places, up to a constant: tsrank.c, one term."""
    worths = [LETTERS[letter] for letter in letters]
    best = max(worths)
    by_place = sum(worth / (place + 1) ** 2 for place, worth in enumerate(worths))
    return best + by_place - best / (worths.index(best) + 1) ** 2


def _all_codes() -> dict[float, str]:
    """Return every code by its rank; of several with one rank the shortest."""
    found: dict[float, str] = {}
    for length in range(1, LONGEST_CODE + 1):
        for letters in itertools.product(LETTERS, repeat=length):
            code = ",".join(f"{place}{letter}" for place, letter in enumerate(letters, start=1))
            found.setdefault(_rank(letters), code)
    return found


_BY_RANK = sorted(_all_codes().items())
_HIGHEST = _BY_RANK[-1][0]
CODES = [code for _, code in _BY_RANK]
RANKS = [rank / _HIGHEST for rank, _ in _BY_RANK]
RANK_UNIT = 1.64493406685 / _HIGHEST
"""Times this, a rank of `ts_rank` is from 0 to 1; the number is its limit, pi squared by six."""


def vector_of(lexemes: Mapping[str, str]) -> str:
    """Return the text of a tsvector of ready terms; no sign in them has a power of its own."""
    return " ".join(f"{quoted(lexeme)}:{code}" for lexeme, code in lexemes.items())


def quoted(lexeme: str) -> str:
    """Return a lexeme as tsvector and tsquery read it literally."""
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


# In the order of `columns_of`; `document_of` reads the same columns but the last and the hash.
COLUMNS = (
    "key",
    "content_hash",
    "ref",
    "title",
    "body",
    "answer",
    "tags",
    "type",
    "number",
    "language",
    "question",
    "district",
    "state",
    "items",
    "published",
    "support",
    "terms",
)
DOCUMENT_COLUMNS = COLUMNS[2:-1]


def columns_of(document: SearchDocument, vector: str) -> tuple[Column, ...]:
    """Return the row of a document in the order of COLUMNS."""
    return (
        document.key,
        document.content_hash,
        storable(document.ref),
        storable(document.title),
        storable(document.body),
        storable(document.answer),
        _storable_list(document.tags),
        document.type.value,
        document.id,
        document.language.value,
        document.question.value if document.question is not None else None,
        storable(document.district),
        storable(document.state),
        _storable_list(document.items),
        document.published_on,
        document.support,
        vector,
    )


def document_of(row: DocumentRow) -> SearchDocument:
    """Return the document of a row in the order of DOCUMENT_COLUMNS."""
    ref, title, body, answer, tags, kind, number, language, question, *facts = row
    district, state, items, published, support = facts
    return SearchDocument(
        type=DocumentType(kind),
        id=number,
        ref=ref,
        language=Language(language),
        title=title,
        body=body,
        answer=answer,
        tags=tuple(tags),
        question=Question(question) if question is not None else None,
        district=district,
        state=state,
        items=tuple(items),
        published_on=published,
        support=support,
    )


def storable(text: str) -> str:
    """Return the text without what PostgreSQL cannot hold: noughts and halves of characters."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def _storable_list(texts: Iterable[str]) -> list[str]:
    return [storable(text) for text in texts]

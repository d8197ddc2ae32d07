"""The one analyser: what a text is indexed by, and what a query looks for, come from here.

Words (Chinese words, English stems, codes) and grams (neighbouring pairs of characters or of
English words) are kept apart, because a shared word says more than a shared pair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from whoosh.lang.porter import stem as porter_stem

from app.engines.text.normalise import fold
from app.engines.text.segment import TokenKind, default_segmenter

PAIR_JOINT = " "
# An endless string of letters is nobody's word; it must not become a key of the index either.
MAX_TERM_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text's terms in reading order, repeats included."""

    words: list[str]
    grams: list[str]


def analyse(text: str) -> Analysis:
    """Return the terms that stand for a text in the index."""
    return analyse_folded(fold(text).text)


def analyse_folded(folded: str) -> Analysis:
    """Return the terms of a text that is already folded."""
    words: list[str] = []
    grams: list[str] = []
    alone: tuple[str, int] | None = None
    for piece, start, _, kind in default_segmenter().pieces(folded):
        if alone is not None and not (kind is TokenKind.BIGRAM and alone[1] == start):
            # The last character of a run opens no pair; it is kept so that it can be found alone.
            grams.append(alone[0])
        alone = (piece, start) if kind is TokenKind.SINGLE else None
        if kind is TokenKind.BIGRAM:
            grams.append(piece)
        elif kind is not TokenKind.SINGLE:
            words.append(word_term(piece, kind))
    if alone is not None:
        grams.append(alone[0])
    grams.extend(_latin_pairs(folded))
    return Analysis(words, grams)


def word_term(piece: str, kind: TokenKind) -> str:
    """Return the term a piece is known by: a stem for a Latin word, itself for the rest."""
    return stem(piece) if kind is TokenKind.LATIN else piece[:MAX_TERM_LENGTH]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return an English word's stem; words of other alphabets stay whole."""
    if not word.isascii() or len(word) > MAX_TERM_LENGTH:
        return word[:MAX_TERM_LENGTH]
    stemmed: str = porter_stem(word)
    return stemmed


def pair_term(first: str, second: str) -> str:
    """Return the term for two English words that stand side by side."""
    return f"{first}{PAIR_JOINT}{second}"


def _latin_pairs(folded: str) -> Iterator[str]:
    previous: tuple[str, int] | None = None
    for piece, start, end, kind in default_segmenter().latin(folded):
        term = word_term(piece, kind)
        if previous is not None and previous[1] + 1 == start:
            yield pair_term(previous[0], term)
        previous = term, end

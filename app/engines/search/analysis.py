"""The one analyser: what a text is indexed by, and what a query looks for, come from here.

Words (Chinese words, English stems, codes) and grams (neighbouring pairs of characters or of
English words) are kept apart, because a shared word says more than a shared pair.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from whoosh.lang.porter import stem as porter_stem

from app.engines.text.normalise import fold, normalise
from app.engines.text.segment import (
    GOV_WORDS,
    Segmenter,
    TokenKind,
    default_segmenter,
    read_words,
)

PAIR_JOINT = " "
# An endless string of letters is nobody's word; it must not become a key of the index either.
MAX_TERM_LENGTH = 64
MAX_QUERY_LENGTH = 100
RULES = "2"
"""Raised when the same text would be taken apart in another way, so that indexes are made anew."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text's terms in reading order, repeats included."""

    words: list[str]
    grams: list[str]


class Analyser:
    """Takes texts apart with the bundled dictionary and, on top of it, words that staff added.

    An index remembers the words it was made with, so that a query is always taken apart as the
    texts were.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        """Learn the words; the bundled ones need not be given."""
        bundled = _bundled_words()
        self.words = added_words(words)
        self.segmenter = Segmenter((*bundled, *self.words)) if self.words else default_segmenter()
        self.version = hashlib.sha256(
            "\n".join((RULES, *bundled, "", *self.words)).encode("utf-8", "surrogatepass")
        ).hexdigest()

    def analyse(self, text: str) -> Analysis:
        """Return the terms that stand for a text in the index."""
        return self.analyse_folded(fold(text).text)

    def analyse_folded(self, folded: str) -> Analysis:
        """Return the terms of a text that is already folded."""
        words: list[str] = []
        grams: list[str] = []
        alone: tuple[str, int] | None = None
        for piece, start, _, kind in self.segmenter.pieces(folded):
            if alone is not None and not (kind is TokenKind.BIGRAM and alone[1] == start):
                # The last character of a run opens no pair; it is kept to be found alone.
                grams.append(alone[0])
            alone = (piece, start) if kind is TokenKind.SINGLE else None
            if kind is TokenKind.BIGRAM:
                grams.append(piece)
            elif kind is not TokenKind.SINGLE:
                words.append(word_term(piece, kind))
        if alone is not None:
            grams.append(alone[0])
        grams.extend(self._latin_pairs(folded))
        return Analysis(words, grams)

    def _latin_pairs(self, folded: str) -> Iterator[str]:
        previous: tuple[str, int] | None = None
        for piece, start, end, kind in self.segmenter.latin(folded):
            term = word_term(piece, kind)
            if previous is not None and previous[1] + 1 == start:
                yield pair_term(previous[0], term)
            previous = term, end


def added_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return what an analyser of these words knows beyond the bundled ones, in order."""
    return tuple(sorted({normalise(word) for word in words} - {""} - set(_bundled_words())))


@cache
def _bundled_words() -> tuple[str, ...]:
    return read_words(GOV_WORDS)


@cache
def default_analyser() -> Analyser:
    """Return the analyser that knows the bundled words only."""
    return Analyser()


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

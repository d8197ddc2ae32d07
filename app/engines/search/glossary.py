"""The same thing in other words: a glossary of Chinese and English that widens a query.

A reader who types `parking` also means 停车; one who types 电瓶车 also means 电动自行车. What was
looked for besides is said on the page, so nothing is found by magic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Protocol

from app.engines.search.analysis import stem
from app.engines.text.normalise import normalise
from app.engines.text.segment import Piece, default_segmenter
from app.vocabulary import Language

MAX_WORDINGS = 8
"""More other wordings than this of one word only make a search slower."""
LONGEST = 12
"""Characters of a Chinese word, or words of an English phrase, that are looked for at once."""
SURE_LENGTH = 3
"""A Chinese word this long is meant wherever it stands; a shorter one may be an accident."""
LEAST_STEM = 3
"""Letters of a stem that may stand for another word of its kind; `so` is no `SOS`."""
JOINTS = frozenset(("", " ", "-", "'", "’", "/"))
"""What may stand between two words of one English phrase."""


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One thing with its words in both languages; the first word of each is the usual one."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

    def words(self, language: Language) -> tuple[str, ...]:
        """The words in one language."""
        return self.zh if language is Language.ZH else self.en


@dataclass(frozen=True, slots=True)
class GlossaryMatch:
    """A stretch of a query that the glossary knows, and how else it may be said, best first."""

    start: int
    end: int
    wordings: tuple[str, ...]


class Guesser(Protocol):
    """Whoever can tell what was meant by words that no glossary has."""

    def guesses(self, folded: str, pieces: Sequence[Piece]) -> Sequence[GlossaryMatch]:
        """Return the stretches that are slips, with the words that were meant."""


class Glossary:
    """Finds the words of a query that it knows, the longest first.

    A word may stand in several entries; the wordings of earlier ones come first.
    """

    def __init__(self, entries: Iterable[GlossaryEntry], guesser: Guesser | None = None) -> None:
        """Learn the entries; the guesser is asked about what no entry has."""
        self._guesser = guesser
        self._chinese: dict[str, list[GlossaryEntry]] = {}
        self._english: dict[tuple[str, ...], list[GlossaryEntry]] = {}
        self._as_written: dict[str, list[GlossaryEntry]] = {}
        for entry in entries:
            for word in dict.fromkeys(map(normalise, entry.zh)):
                self._chinese.setdefault(word, []).append(entry)
            for stems in dict.fromkeys(map(_stems, entry.en)):
                self._english.setdefault(stems, []).append(entry)
            for phrase in dict.fromkeys(map(normalise, entry.en)):
                self._as_written.setdefault(phrase, []).append(entry)

    def matches(self, folded: str, pieces: Sequence[Piece]) -> tuple[GlossaryMatch, ...]:
        """Return what is known of a folded text, in order and without overlaps.

        `pieces` are the text cut into consecutive words. A Chinese word is found across their
        borders too; but one of two characters must begin or end where a piece does, and a single
        character must be a piece of its own.
        """
        edges = {place for _, start, end, _ in pieces for place in (start, end)}
        foreign = {piece[1]: number for number, piece in enumerate(pieces) if piece[3].is_foreign}
        guesses = self._guesser.guesses(folded, pieces) if self._guesser is not None else ()
        pieces = _set_right(pieces, guesses)
        found: list[GlossaryMatch] = []
        place = 0
        while place < len(folded):
            match = self._chinese_at(folded, place, edges)
            if place in foreign:
                phrase = self._english_at(folded, pieces[foreign[place] :])
                match = max((each for each in (match, phrase) if each), key=_end, default=None)
            if match is not None:
                found.append(match)
            place = match.end if match is not None else place + 1
        return self._with_guesses(guesses, found)

    def _with_guesses(
        self, guesses: Iterable[GlossaryMatch], found: Sequence[GlossaryMatch]
    ) -> tuple[GlossaryMatch, ...]:
        """Add the slips, each with the usual words for what was meant.

        A slip that has a known word inside is read as a whole; one that only meets it is no slip.
        """
        kept = list(found)
        for guess in guesses:
            met = [each for each in kept if each.start < guess.end and guess.start < each.end]
            if all(guess.start <= each.start and each.end <= guess.end for each in met):
                wordings = self._with_wordings(guess.wordings)
                kept = [each for each in kept if each not in met]
                kept.append(GlossaryMatch(guess.start, guess.end, wordings))
        return tuple(sorted(kept, key=lambda match: match.start))

    def _with_wordings(self, words: Sequence[str]) -> tuple[str, ...]:
        more = [
            wording
            for word in words
            for own, entries in (
                (Language.ZH, self._chinese.get(word)),
                (Language.EN, self._as_written.get(word) or self._english.get(_stems(word))),
            )
            if entries
            for wording in _wordings(entries, own, word)
        ]
        return tuple(dict.fromkeys((*words, *more)))[:MAX_WORDINGS]

    def _chinese_at(self, text: str, start: int, edges: set[int]) -> GlossaryMatch | None:
        for end in range(min(start + LONGEST, len(text)), start, -1):
            word = text[start:end]
            if word in self._chinese and _stands_alone(word, start, end, edges):
                wordings = _wordings(self._chinese[word], Language.ZH, word)
                return GlossaryMatch(start, end, wordings)
        return None

    def _english_at(self, text: str, pieces: Sequence[Piece]) -> GlossaryMatch | None:
        run = _phrase_run(text, pieces[:LONGEST])
        stems = tuple(stem(piece) for piece, _, _, _ in run)
        for count in range(len(run), 0, -1):
            start, end = run[0][1], run[count - 1][2]
            # A park is no parking, although both have one stem.
            entries = self._as_written.get(text[start:end])
            if entries is None and len("".join(stems[:count])) >= LEAST_STEM:
                entries = self._english.get(stems[:count])
            if entries is not None:
                wordings = _wordings(entries, Language.EN, text[start:end])
                return GlossaryMatch(start, end, wordings)
        return None


def _set_right(pieces: Sequence[Piece], guesses: Iterable[GlossaryMatch]) -> Sequence[Piece]:
    """Return the pieces with each misspelt English word as it was meant, so that phrases hold."""
    meant = {(guess.start, guess.end): guess.wordings[0] for guess in guesses if guess.wordings}
    return [
        (meant.get((start, end), piece) if kind.is_foreign else piece, start, end, kind)
        for piece, start, end, kind in pieces
    ]


def _end(match: GlossaryMatch) -> int:
    return match.end


def _stands_alone(word: str, start: int, end: int, edges: set[int]) -> bool:
    """Tell whether a word is likely meant, not merely two others' neighbouring characters."""
    if (word[0].isascii() and start not in edges) or (word[-1].isascii() and end not in edges):
        return False
    if len(word) == 1:
        return start in edges and end in edges
    return len(word) >= SURE_LENGTH or start in edges or end in edges


def _phrase_run(text: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the first pieces that are not Chinese and follow closely on one another."""
    run: list[Piece] = []
    for piece in pieces:
        if not piece[3].is_foreign or (run and text[run[-1][2] : piece[1]] not in JOINTS):
            break
        run.append(piece)
    return run


def _wordings(entries: Sequence[GlossaryEntry], own: Language, typed: str) -> tuple[str, ...]:
    """Return the other words, of the other language and the own in turn, the usual ones first."""
    other = Language.EN if own is Language.ZH else Language.ZH
    foreign = [word for entry in entries for word in entry.words(other)]
    same = [word for entry in entries for word in entry.words(own)]
    known = {_stems(typed) or (normalise(typed),)}
    kept: list[str] = []
    for word in filter(None, chain.from_iterable(zip_longest(foreign, same))):
        form = _stems(word) or (normalise(word),)
        if form not in known:
            known.add(form)
            kept.append(word)
    return tuple(kept[:MAX_WORDINGS])


def _stems(phrase: str) -> tuple[str, ...]:
    """Return the stems of an English phrase; of a text with Chinese in it, nothing."""
    tokens = list(default_segmenter().consecutive(normalise(phrase)))
    if not all(kind.is_foreign for _, _, _, kind in tokens):
        return ()
    return tuple(stem(piece) for piece, _, _, _ in tokens)

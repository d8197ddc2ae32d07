"""The signs a machine can see in a text, one small function each; none of them decides anything.

A sign's `detail` holds bare facts (a count, a list of kinds) for a page to word in two languages.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.engines.text.normalise import fold, normalise
from app.engines.text.personal_data import find


class SignCode(StrEnum):
    """What was seen in a text, or in what came with it: a copy and a flood need more than one."""

    TOO_SHORT_CONTENT = "too_short_content"
    NEAR_EMPTY = "near_empty"
    LINK_HEAVY = "link_heavy"
    SHOUTING = "shouting"
    PERSONAL_DATA = "personal_data"
    REPEATED_CHARACTERS = "repeated_characters"
    INSULTS = "insults"
    LANGUAGE_MISMATCH = "language_mismatch"
    NEAR_DUPLICATE = "near_duplicate"
    FLOOD = "flood"


@dataclass(frozen=True)
class TextSpan:
    """A stretch of the text that a page can mark."""

    start: int
    end: int


@dataclass(frozen=True)
class Sign:
    """One thing seen; the weight is what it adds to the priority, below zero for likely noise."""

    code: SignCode
    weight: int
    spans: tuple[TextSpan, ...]
    detail: str


# Personal data and insults want a person's eye soon; noise may wait behind what others wrote.
# A copy, a flood and a third language say nothing about how urgent the matter is.
WEIGHTS = {
    SignCode.TOO_SHORT_CONTENT: -5,
    SignCode.NEAR_EMPTY: -20,
    SignCode.LINK_HEAVY: -15,
    SignCode.SHOUTING: -3,
    SignCode.PERSONAL_DATA: 10,
    SignCode.REPEATED_CHARACTERS: -5,
    SignCode.INSULTS: 5,
    SignCode.LANGUAGE_MISMATCH: 0,
    SignCode.NEAR_DUPLICATE: 0,
    SignCode.FLOOD: 0,
}

LEAST_CHARACTERS = 10
LEAST_DIFFERENT_CHARACTERS = 4
MOST_LINKS = 2
MOST_SHARE_OF_LINKS = 0.4
LEAST_LETTERS_TO_SHOUT = 20
MOST_SHARE_OF_CAPITALS = 0.7
LEAST_LETTERS_TO_TELL = 6
LEAST_SHARE_OF_KNOWN_LETTERS = 0.5
MOST_COMPARED = 3_000
"""Characters of a text that `likeness` reads."""
_SHINGLE = 3

_LINK = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}", re.IGNORECASE)
_EXCLAMATIONS = re.compile(r"[!！]{4,}")
# Rules of dashes, dots and blanks are layout; digits and stars stand for hidden numbers.
_REPEATED = re.compile(r"([^\s\d.。…·,，*_=~\-—])\1{5,}")
_REPEATED_PHRASE = re.compile(r"([^\s\d.。…·,，*_=~\-—]{2,8}?)\1{4,}")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_KNOWN_SCRIPTS = frozenset({"CJK", "LATIN", "FULLWIDTH"})


def _sign(code: SignCode, spans: Sequence[TextSpan], detail: str) -> Sign:
    return Sign(code, WEIGHTS[code], tuple(spans), detail)


def _spans(pattern: re.Pattern[str], text: str) -> list[TextSpan]:
    return [TextSpan(*match.span()) for match in pattern.finditer(text)]


def _readable(text: str) -> list[str]:
    """The letters, characters and digits of a text, without what only parts or decorates them."""
    return [character for character in text if unicodedata.category(character)[0] in "LN"]


def too_short_content(text: str) -> Sign | None:
    """Fewer readable characters than a matter can be told in."""
    count = len(_readable(text))
    if count >= LEAST_CHARACTERS:
        return None
    return _sign(SignCode.TOO_SHORT_CONTENT, (), str(count))


def near_empty(text: str) -> Sign | None:
    """Hardly any different characters, however long the text is."""
    different = len({character.casefold() for character in _readable(text)})
    if different >= LEAST_DIFFERENT_CHARACTERS:
        return None
    return _sign(SignCode.NEAR_EMPTY, (), str(different))


def link_heavy(text: str) -> Sign | None:
    """More links, or more of the text in links, than someone who tells of a matter needs."""
    spans = _spans(_LINK, text)
    linked = sum(span.end - span.start for span in spans)
    if len(spans) <= MOST_LINKS and linked <= MOST_SHARE_OF_LINKS * len(text):
        return None
    return _sign(SignCode.LINK_HEAVY, spans, str(len(spans)))


def shouting(text: str) -> Sign | None:
    """Mostly capitals, or exclamation marks in a row."""
    spans = _spans(_EXCLAMATIONS, text)
    letters = [character for character in text if _LATIN.match(character)]
    capitals = sum(character.isupper() for character in letters)
    is_loud = len(letters) >= LEAST_LETTERS_TO_SHOUT and capitals > MOST_SHARE_OF_CAPITALS * len(
        letters
    )
    if not spans and not is_loud:
        return None
    return _sign(SignCode.SHOUTING, spans, str(capitals if is_loud else len(spans)))


def personal_data(text: str) -> Sign | None:
    """Numbers, accounts or homes that should be masked before the text is public."""
    found = find(text)
    if not found:
        return None
    kinds = sorted({span.kind.value for span in found})
    spans = [TextSpan(span.start, span.end) for span in found]
    return _sign(SignCode.PERSONAL_DATA, spans, ",".join(kinds))


def repeated_characters(text: str) -> Sign | None:
    """One character or one short phrase again and again."""
    spans = _spans(_REPEATED, text) or _spans(_REPEATED_PHRASE, text)
    if not spans:
        return None
    return _sign(SignCode.REPEATED_CHARACTERS, spans, str(len(spans)))


def insults(text: str, words: Collection[str]) -> Sign | None:
    """Words of the office's list, however they are cased; a Latin one only where it stands alone.

    Traditional characters and full-width letters are read as what they stand for.
    """
    folded = fold(text)
    found = _listed_in(folded.text, _by_opening(frozenset(words)))
    spans = [TextSpan(*folded.span(start, end)) for start, end in found]
    if not spans:
        return None
    return _sign(SignCode.INSULTS, spans, str(len(spans)))


def language_mismatch(text: str) -> Sign | None:
    """Mostly letters that are neither Chinese nor Latin; the desk reads Chinese and English."""
    scripts = [unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha()]
    known = sum(script in _KNOWN_SCRIPTS for script in scripts)
    if len(scripts) < LEAST_LETTERS_TO_TELL or known >= LEAST_SHARE_OF_KNOWN_LETTERS * len(scripts):
        return None
    return _sign(SignCode.LANGUAGE_MISMATCH, (), str(len(scripts) - known))


def likeness(one: str, other: str) -> float:
    """How much of two texts is the same, from 0 to 1: shared runs of three signs over all runs.

    The Jaccard index over character shingles (Broder 1997). Case, blanks and punctuation do not
    count, so that a copy with another full stop is still a copy.
    """
    shingles = (_shingles(one), _shingles(other))
    every = shingles[0] | shingles[1]
    return len(shingles[0] & shingles[1]) / len(every) if every else 0.0


def _shingles(text: str) -> frozenset[str]:
    signs = "".join(char for char in normalise(text) if char.isalnum())[:MOST_COMPARED]
    if len(signs) <= _SHINGLE:
        return frozenset({signs} - {""})
    return frozenset(signs[at : at + _SHINGLE] for at in range(len(signs) - _SHINGLE + 1))


Openings = Mapping[str, Sequence[tuple[int, frozenset[str]]]]


@lru_cache(maxsize=4)
def _by_opening(words: frozenset[str]) -> Openings:
    """The words by their first character, the longest first.

    No pattern is made of them: thousands of words in one are tried one by one at every place.
    """
    grouped: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for word in filter(None, map(normalise, words)):
        grouped[word[0]][len(word)].add(word)
    return {
        opening: [(length, frozenset(same)) for length, same in sorted(lengths.items())[::-1]]
        for opening, lengths in grouped.items()
    }


def _listed_in(text: str, openings: Openings) -> Iterator[tuple[int, int]]:
    """Where a listed word starts and ends; of two that overlap the first, then the longer."""
    at = 0
    while at < len(text):
        end = _end_of_word(text, at, openings.get(text[at], ()))
        if end:
            yield at, end
        at = end or at + 1


def _end_of_word(text: str, start: int, lengths: Sequence[tuple[int, frozenset[str]]]) -> int:
    for length, words in lengths:
        end = start + length
        if text[start:end] in words and _stands_alone(text, start, end):
            return end
    return 0


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no Latin word is cut at either end; Chinese writes its words without blanks."""
    cuts_before = start > 0 and _is_latin(text[start - 1]) and _is_latin(text[start])
    cuts_after = end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end])
    return not cuts_before and not cuts_after


def _is_latin(character: str) -> bool:
    return _LATIN.match(character) is not None

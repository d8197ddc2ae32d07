"""The signs a machine can see in a text, one small function each; none of them decides anything.

A sign's `detail` holds bare facts (a count, a list of kinds) for a page to word in two languages.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.engines.text.personal_data import find


class SignCode(StrEnum):
    """What was seen in a text."""

    TOO_SHORT_CONTENT = "too_short_content"
    NEAR_EMPTY = "near_empty"
    LINK_HEAVY = "link_heavy"
    SHOUTING = "shouting"
    PERSONAL_DATA = "personal_data"
    REPEATED_CHARACTERS = "repeated_characters"
    INSULTS = "insults"


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
WEIGHTS = {
    SignCode.TOO_SHORT_CONTENT: -5,
    SignCode.NEAR_EMPTY: -20,
    SignCode.LINK_HEAVY: -15,
    SignCode.SHOUTING: -3,
    SignCode.PERSONAL_DATA: 10,
    SignCode.REPEATED_CHARACTERS: -5,
    SignCode.INSULTS: 5,
}

LEAST_CHARACTERS = 10
LEAST_DIFFERENT_CHARACTERS = 4
MOST_LINKS = 2
MOST_SHARE_OF_LINKS = 0.4
LEAST_LETTERS_TO_SHOUT = 20
MOST_SHARE_OF_CAPITALS = 0.7

_LINK = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}", re.IGNORECASE)
_EXCLAMATIONS = re.compile(r"[!！]{4,}")
# Rules of dashes, dots and blanks are layout; digits and stars stand for hidden numbers.
_REPEATED = re.compile(r"([^\s\d.。…·,，*_=~\-—])\1{5,}")
_REPEATED_PHRASE = re.compile(r"([^\s\d.。…·,，*_=~\-—]{2,8}?)\1{4,}")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


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
    """Words of the office's list; a Latin word only where it stands by itself."""
    pattern = _any_of(frozenset(word for word in words if word.strip()))
    spans = _spans(pattern, text) if pattern else []
    if not spans:
        return None
    return _sign(SignCode.INSULTS, spans, str(len(spans)))


@lru_cache(maxsize=8)
def _any_of(words: frozenset[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(_as_pattern, longest_first)), re.IGNORECASE)


def _as_pattern(word: str) -> str:
    escaped = re.escape(word)
    return rf"(?<![a-z]){escaped}(?![a-z])" if _LATIN.match(word) else escaped

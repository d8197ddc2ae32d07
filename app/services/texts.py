"""Choosing the row of a bilingual thing that a reader should see, and hashing its source."""

import hashlib
from collections.abc import Iterable
from typing import Protocol, TypeVar

from app.vocabulary import Language


class HasLanguage(Protocol):
    """A text row that says which language it is in."""

    @property
    def language(self) -> Language:
        """The row's language."""


TextT = TypeVar("TextT", bound=HasLanguage)


def text_in(texts: Iterable[TextT], language: Language) -> TextT:
    """The row in that language, or else the first there is; raises LookupError where none is."""
    rows = list(texts)
    for row in rows:
        if row.language is language:
            return row
    if not rows:
        raise LookupError("a bilingual thing has no text at all")
    return min(rows, key=lambda row: row.language is not Language.ZH)


class Translated(HasLanguage, Protocol):
    """A text row that knows the hash of the Chinese text it was made from."""

    @property
    def source_hash(self) -> str:
        """The hash of the source."""


def is_behind(texts: Iterable[Translated], language: Language) -> bool:
    """Whether the Chinese text changed after the row in that language was made from it."""
    hashes = {row.language: row.source_hash for row in texts}
    source = hashes.get(Language.ZH)
    return source is not None and hashes.get(language, source) != source


def source_hash(*parts: str) -> str:
    """The SHA-256 of a source text's parts, to tell when a translation has fallen behind."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class HasPlace(Protocol):
    """A stretch of a text, from `start` up to but not including `end`."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it has ended."""


Pieces = tuple[tuple[str, bool], ...]
"""A text cut where something was found in it: each part, and whether it is the found one."""


def in_pieces(text: str, places: Iterable[HasPlace]) -> Pieces:
    """The whole text as pieces; the places are in order and do not overlap."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for place in places:
        pieces += [(text[done : place.start], False), (text[place.start : place.end], True)]
        done = place.end
    return tuple(piece for piece in (*pieces, (text[done:], False)) if piece[0])

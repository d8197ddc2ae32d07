"""The same thing in other words: a glossary of Chinese and English that widens a query.

A reader who types `parking` also means 停车; one who types 电瓶车 also means 电动自行车. What was
looked for besides is said on the page, so nothing is found by magic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.engines.search.analysis import stem
from app.engines.search.query import MAX_OTHER_WORDINGS, MAX_QUERY_LENGTH
from app.engines.text.language import detect
from app.engines.text.normalise import normalise
from app.engines.text.segment import TokenKind, default_segmenter
from app.vocabulary import Language

LONGEST = 12
"""Characters of a Chinese word, or words of an English phrase, that are looked for at once."""


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One thing with its words in both languages; the first word of each is the usual one."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

    def words(self, language: Language) -> tuple[str, ...]:
        """The words in one language."""
        return self.zh if language is Language.ZH else self.en


@dataclass(frozen=True, slots=True)
class _Match:
    """A stretch of the query that the glossary knows."""

    typed: str
    entry: GlossaryEntry


class Glossary:
    """Looks up every word of a query, the longest first."""

    def __init__(self, entries: Iterable[GlossaryEntry]) -> None:
        self._chinese: dict[str, GlossaryEntry] = {}
        self._english: dict[tuple[str, ...], GlossaryEntry] = {}
        for entry in entries:
            for word in entry.zh:
                self._chinese.setdefault(normalise(word), entry)
            for phrase in entry.en:
                self._english.setdefault(_stems(phrase), entry)

    def other_wordings(self, text: str) -> tuple[str, ...]:
        """Up to three other ways to say the query; none where the glossary knows no word of it.

        The first is the query in the other language, as far as it is known; then come synonyms of
        its own language, put in the place of the word that was typed.
        """
        typed = normalise(text)[:MAX_QUERY_LENGTH]
        own = detect(typed)
        other = Language.EN if own is Language.ZH else Language.ZH
        matches = self._in_chinese(typed) if own is Language.ZH else self._in_english(typed)
        if not matches:
            return ()
        wordings = [" ".join(match.entry.words(other)[0] for match in matches)]
        wordings += [
            typed.replace(match.typed, normalise(word))
            for match in matches
            for word in match.entry.words(own)
            if normalise(word) != match.typed
        ]
        different = dict.fromkeys(wording for wording in wordings if normalise(wording) != typed)
        fitting = [wording for wording in different if len(wording) <= MAX_QUERY_LENGTH]
        return tuple(fitting[:MAX_OTHER_WORDINGS])

    def _in_chinese(self, typed: str) -> Sequence[_Match]:
        found: list[_Match] = []
        start = 0
        while start < len(typed):
            for length in range(min(LONGEST, len(typed) - start), 0, -1):
                word = typed[start : start + length]
                if word in self._chinese:
                    found.append(_Match(word, self._chinese[word]))
                    start += length
                    break
            else:
                start += 1
        return found

    def _in_english(self, typed: str) -> Sequence[_Match]:
        words = _latin(typed)
        found: list[_Match] = []
        start = 0
        while start < len(words):
            for length in range(min(LONGEST, len(words) - start), 0, -1):
                phrase = " ".join(words[start : start + length])
                entry = self._english.get(_stems(phrase))
                if entry is not None:
                    found.append(_Match(phrase, entry))
                    start += length
                    break
            else:
                start += 1
        return found


def _latin(text: str) -> list[str]:
    return [
        token.text.lower()
        for token in default_segmenter().tokens(text)
        if token.kind in {TokenKind.LATIN, TokenKind.CODE}
    ]


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in _latin(normalise(phrase)))

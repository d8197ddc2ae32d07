"""Chinese words by their sound: `tingche` and `tcc` lead to 停车 and 停车场.

Only words that the portal knows can be found so; a sound alone stands for too many characters.
"""

import re
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

from app.engines.search.query import MAX_OTHER_WORDINGS
from app.engines.text.normalise import normalise

LEAST_LETTERS, MOST_LETTERS = 2, 40
LEAST_INITIALS = 3
"""Two letters stand for hundreds of words; three seldom for more than a few."""

_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{2,12}")
_TYPED = re.compile(r"[a-z' ]+")


class PinyinTable:
    """Knows how each word sounds, in full and by its initials."""

    def __init__(self, words: Iterable[str]) -> None:
        self._full: dict[str, list[str]] = {}
        self._initials: dict[str, list[str]] = {}
        for word in sorted({normalise(word) for word in words}, key=lambda each: (len(each), each)):
            if not _HAN_WORD.fullmatch(word):
                continue
            self._full.setdefault("".join(lazy_pinyin(word)), []).append(word)
            initials = "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))
            if len(initials) >= LEAST_INITIALS:
                self._initials.setdefault(initials, []).append(word)

    def words(self, typed: str) -> tuple[str, ...]:
        """Up to three queries in characters that sound as typed; none for other writing."""
        folded = normalise(typed)
        letters = re.sub(r"[' ]", "", folded)
        if not _TYPED.fullmatch(folded) or not LEAST_LETTERS <= len(letters) <= MOST_LETTERS:
            return ()
        found = [*self._full.get(letters, ()), *self._initials.get(letters, ())]
        if not found:
            found = self._split(letters)
        return tuple(dict.fromkeys(found))[:MAX_OTHER_WORDINGS]

    def _split(self, letters: str) -> list[str]:
        """The letters as a row of known words, in as few as there can be."""
        best: list[list[str] | None] = [[], *([None] * len(letters))]
        for end in range(1, len(letters) + 1):
            for start in range(end):
                before, piece = best[start], self._full.get(letters[start:end])
                if before is None or not piece:
                    continue
                present = best[end]
                if present is None or len(before) + 1 < len(present):
                    best[end] = [*before, piece[0]]
        whole = best[-1]
        return [" ".join(whole)] if whole else []

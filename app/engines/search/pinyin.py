"""Chinese words by their sound: `tingche` and `tcc` lead to 停车 and 停车场.

Only words that the portal knows can be found so; a sound alone stands for too many characters. The
bundled table of syllables costs about a megabyte, a fiftieth of a dictionary of phrases; where a
character is read in two ways, both are taken.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from app.engines.search.analysis import stem
from app.engines.search.glossary import GlossaryEntry
from app.engines.text.normalise import normalise

SYLLABLES = Path(__file__).resolve().parents[2] / "content" / "pinyin.txt"
LEAST_LETTERS, MOST_LETTERS = 2, 40
LEAST_INITIALS = 3
"""Two letters stand for hundreds of words; three seldom for more than a few."""
LEAST_NAME = 4
"""A name in Latin letters shorter than this is more likely an English word."""
MAX_SOUNDS = 5
"""Readings of one word that are kept."""
MAX_QUERIES = 3

_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{2,12}")
_LATIN_WORD = re.compile(r"[a-z]+")
_TYPED = re.compile(r"[a-z]+(?:[' ]+[a-z]+)*")
_RUN = re.compile(r"[a-z]+(?:[1-5])?(?:[' ]*[a-z]+(?:[1-5])?)*")
_TONE_DIGIT = re.compile(r"(?<=[a-z])[1-5](?![0-9])")
_UMLAUT = re.compile("[üǖǘǚǜ]")


@cache
def syllables() -> Mapping[str, tuple[str, ...]]:
    """Return how each common character is read, without tones, the usual way first."""
    usual: dict[str, str] = {}
    second: dict[str, str] = {}
    for line in SYLLABLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        syllable, characters = line.split()
        first, _, others = characters.partition("|")
        usual |= dict.fromkeys(first, syllable)
        second |= dict.fromkeys(others, syllable)
    return {
        character: (syllable, second[character]) if character in second else (syllable,)
        for character, syllable in usual.items()
    }


@cache
def all_syllables() -> frozenset[str]:
    """Return every syllable that some character is read as."""
    return frozenset(syllable for readings in syllables().values() for syllable in readings)


def sounds(word: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways a Chinese word may be read, as syllables; none where one is unknown.

    The usual way comes first, then those with one character read in its second way.
    """
    table = syllables()
    readings = [table.get(character, ()) for character in word]
    if not all(readings):
        return ()
    usual = tuple(reading[0] for reading in readings)
    others = (
        (*usual[:place], reading[1], *usual[place + 1 :])
        for place, reading in enumerate(readings)
        if len(reading) > 1
    )
    return (usual, *islice(others, MAX_SOUNDS - 1))


def blurred(reading: Sequence[str]) -> str:
    """Return a sound as those write it who do not tell zh from z, n from l or ing from in."""
    return " ".join(_blurred(syllable) for syllable in reading)


@cache
def _blurred(syllable: str) -> str:
    opening, rest = syllable[:2], syllable[2:]
    if opening in ("zh", "ch", "sh"):
        syllable = opening[0] + rest
    if syllable.startswith("n"):
        syllable = "l" + syllable[1:]
    return syllable.removesuffix("g") if syllable.endswith(("ang", "eng", "ing")) else syllable


def plain_letters(typed: str) -> str:
    """Return a spelt-out sound without its tones, whether marked or numbered, with `v` for `ü`."""
    unmarked = _UMLAUT.sub("v", normalise(typed))
    decomposed = unicodedata.normalize("NFD", unmarked)
    letters = "".join(each for each in decomposed if not unicodedata.combining(each))
    letters = _TONE_DIGIT.sub("", letters)
    return letters.replace("lue", "lve").replace("nue", "nve")


class PinyinTable:
    """Knows how each word sounds, in full and by its initials; commoner words come first."""

    def __init__(self, words: Iterable[str], counts: Mapping[str, int] | None = None) -> None:
        """Learn the words, which must be folded already; `counts` says how common they are."""
        common = counts or {}
        self._full: dict[str, list[str]] = {}
        self._initials: dict[str, list[str]] = {}
        self._latin: set[str] = set()
        for word in sorted(set(words), key=lambda each: (-common.get(each, 0), len(each), each)):
            if _LATIN_WORD.fullmatch(word):
                self._latin.add(stem(word))
            elif _HAN_WORD.fullmatch(word):
                self._learn(word)

    def _learn(self, word: str) -> None:
        for reading in sounds(word):
            _add(self._full, "".join(reading), word)
            if len(reading) >= LEAST_INITIALS:
                _add(self._initials, "".join(syllable[0] for syllable in reading), word)

    def words(self, typed: str) -> tuple[str, ...]:
        """Return up to three queries in characters that sound as typed; none for other writing.

        Chinese in between stays, and so do Latin words that are known as such.
        """
        folded = plain_letters(typed)
        if _TYPED.fullmatch(folded):
            return self._spelt(re.sub("[' ]", "", folded))
        replaced = _RUN.sub(self._replaced, folded)
        is_changed = replaced != folded and _HAN_WORD.search(folded) is not None
        return (" ".join(replaced.split()),) if is_changed else ()

    def of_sound(self, letters: str) -> Sequence[str]:
        """Return the known words of exactly this sound, the commonest first."""
        return self._full.get(letters, ())

    def in_full(self, typed: str) -> tuple[str, ...]:
        """Return the words that the letters spell out in full, with nothing left over."""
        letters = re.sub("[' ]", "", plain_letters(typed))
        if not LEAST_NAME <= len(letters) <= MOST_LETTERS:
            return ()
        return tuple(self._full.get(letters, ())[:MAX_QUERIES]) or tuple(self._in_words(letters))

    def _replaced(self, run: re.Match[str]) -> str:
        letters = re.sub("[' ]", "", run.group())
        if any(stem(word) in self._latin for word in re.split("[' ]+", run.group())):
            return run.group()
        found = self._spelt(letters)
        return f" {found[0]} " if found else run.group()

    def _spelt(self, letters: str) -> tuple[str, ...]:
        if not LEAST_LETTERS <= len(letters) <= MOST_LETTERS:
            return ()
        found = [*self._full.get(letters, ()), *self._initials.get(letters, ())]
        if not found:
            found = self._in_words(letters)
        return tuple(dict.fromkeys(found))[:MAX_QUERIES]

    def _in_words(self, letters: str) -> list[str]:
        """Return the letters as a row of known words, in as few as there can be.

        One syllable may be left over at the end: the 路 of a road whose name alone is known.
        """
        best: list[list[str] | None] = [[], *([None] * len(letters))]
        for end in range(1, len(letters) + 1):
            for start in range(end):
                before, piece = best[start], self._full.get(letters[start:end])
                if before is None or not piece:
                    continue
                present = best[end]
                if present is None or len(before) + 1 < len(present):
                    best[end] = [*before, piece[0]]
        rest = (end for end in range(len(letters) - 1, 0, -1) if letters[end:] in all_syllables())
        whole = best[-1] or next((best[end] for end in rest if best[end]), None)
        return [" ".join(whole)] if whole else []


def names_in_both_scripts(
    words: Iterable[str], *, known: Iterable[GlossaryEntry] = ()
) -> tuple[GlossaryEntry, ...]:
    """Return the Chinese names that also stand among the words as they sound in Latin letters.

    `huilan` beside 汇澜 or 汇澜医院 makes one entry, so that either finds what holds the other.
    What the known entries have is no name: `change` only looks like a sound. The words must be
    folded already.
    """
    entries = list(known)
    taken = {stem(word) for entry in entries for phrase in entry.en for word in _latin(phrase)}
    taken |= {normalise(word) for entry in entries for word in entry.zh}
    free = sorted(set(words) - taken)
    latin = {
        word
        for word in free
        if _LATIN_WORD.fullmatch(word) and len(word) >= LEAST_NAME and stem(word) not in taken
    }
    openings = {word[:length] for word in latin for length in range(2, len(word) + 1)}
    names: dict[str, set[str]] = {}
    for word in free:
        if not _HAN_WORD.fullmatch(word) or openings.isdisjoint(_spelt(word[:2])):
            continue
        for name in (word[:end] for end in range(2, len(word) + 1)):
            met = {each for each in _spelt(name) if each in latin or stem(each) in latin}
            if met and name not in taken:
                names.setdefault(name, set()).update(met)
    return tuple(GlossaryEntry(zh=(name,), en=tuple(sorted(names[name]))) for name in sorted(names))


def _spelt(word: str) -> set[str]:
    return {"".join(reading) for reading in sounds(word)}


def _latin(phrase: str) -> list[str]:
    return _LATIN_WORD.findall(normalise(phrase))


def _add(table: dict[str, list[str]], key: str, word: str) -> None:
    words = table.setdefault(key, [])
    if word not in words:
        words.append(word)

"""What a reader may have meant to type: `pasport`, 末来街区 and 信用休复 set right.

Only words that the portal has are ever proposed. What is nearly certain is looked for beside what
was typed (`Speller.guesses`); the rest is offered as another query (`Speller.suggest`).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from app.engines.search.analysis import MAX_QUERY_LENGTH, Analyser, stem
from app.engines.search.glossary import Glossary, GlossaryEntry, GlossaryMatch
from app.engines.search.pinyin import PinyinTable, blurred, names_in_both_scripts, sounds
from app.engines.search.query import STOP_WORDS
from app.engines.text.normalise import fold, normalise
from app.engines.text.segment import Piece, TokenKind

NEAR_FORMS = Path(__file__).resolve().parents[2] / "content" / "near_forms.txt"
MAX_SUGGESTIONS = 3
MAX_STRANGE = 4
"""Latin words of one row that are set right; a query of more is in no language of ours."""
LONGEST = 8
"""Characters of a Chinese word that is set right as a whole."""
LEAST_LATIN = 4
"""A shorter Latin word has too many neighbours."""
LEAST_SURE = 5
"""Letters from which on a Latin word may be set right without asking."""
TWO_SLIPS_FROM = 7
"""Letters from which on a Latin word may be two slips away."""
LEAST_PART = 3
"""Letters of the shortest word that was glued to another."""

# What a way of reading the query costs: less is likelier. A known word costs next to nothing, a
# character that belongs to none the most, and a change the less, the commoner that slip is.
KNOWN_COST, UNKNOWN_COST = 0.01, 1.0
SOUND_COST, FORM_COST, DOUBLED_COST = 0.4, 0.4, 0.5
SLIP_COST, LONG_SLIP_COST = 0.7, 0.45
BLURRED_COST = 0.45
LONG_FROM = 4
"""Characters from which on one that is wrong, missing or too many leaves little doubt."""
FIRST_LETTER_COST = 0.2
"""Added where the first letter is another one, which people seldom get wrong."""
DOUBT_COST = 0.1
"""Added where the typed letters may well be another word: `teams` is no slip for `terms`."""
STEM_COST = 0.05
"""Added for what may be a mere stem, so that `status` is offered before `statu`."""
SURE_COST = 0.45
"""A change that costs no more is made without asking, beside what was typed."""

_LATIN_WORDS = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True)
class _Change:
    """A word put in the place of a stretch of the query; `words` are the likeliest first."""

    start: int
    end: int
    words: tuple[str, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class _Way:
    """One reading of a run of Chinese characters, as far as it was followed."""

    cost: float
    count: int
    changes: tuple[_Change, ...] = ()

    @property
    def order(self) -> tuple[float, int, tuple[str, ...]]:
        return round(self.cost, 6), -self.count, tuple(each.words[0] for each in self.changes)


class Speller:
    """Sets queries right by a vocabulary: by sound, by shape and by slips of the hand."""

    def __init__(self, words: Mapping[str, int], near_forms: Iterable[str] = ()) -> None:
        """Learn the words and how many documents have each.

        English words should be given as they are written; a stem among them is counted, and offered
        only where no word with that stem is there. `near_forms` are groups of characters that look
        alike.
        """
        self._sounds = PinyinTable(words, words)
        self._chinese = {
            word: count for word, count in words.items() if len(word) >= 2 and not word.isascii()
        }
        self._latin = _Latin({word: count for word, count in words.items() if word.isascii()})
        self._alike = _alike(near_forms)
        self._shapes: dict[str, list[str]] = {}
        for word in sorted(self._chinese):
            if 3 <= len(word) <= LONGEST:
                for shape in _shapes(word):
                    self._shapes.setdefault(shape, []).append(word)
        self._blurred: dict[str, list[str]] = {}
        for word in sorted(self._chinese):
            for reading in sounds(word)[:1]:
                self._blurred.setdefault(blurred(reading), []).append(word)

    def suggest(self, text: str, analyser: Analyser) -> tuple[str, ...]:
        """Return up to three whole queries that may have been meant, the likeliest first.

        There are none when every word is known, or when nothing known is near.
        """
        folded = fold(text, max_length=MAX_QUERY_LENGTH).text
        pieces = list(analyser.segmenter.consecutive(folded))
        ways = [*self._chinese_ways(folded, pieces), *self._latin_ways(folded, pieces)]
        ways = [kept for way in ways if (kept := [each for each in way if each])]
        if not ways:
            return ()
        best = [way[0] for way in ways]
        found = [_changed(folded, best)]
        found += [
            _changed(folded, [*best[:place], other, *best[place + 1 :]])
            for place, way in enumerate(ways)
            for other in way[1:]
        ]
        different = dict.fromkeys(each for each in found if each != normalise(folded))
        return tuple(different)[:MAX_SUGGESTIONS]

    def by_sound(self, typed: str) -> tuple[str, ...]:
        """Return up to three queries in characters that sound as typed: see PinyinTable.words."""
        return self._sounds.words(typed)

    def guesses(self, folded: str, pieces: Sequence[Piece]) -> Sequence[GlossaryMatch]:
        """Return the stretches that are almost certainly slips, with the words that were meant."""
        ways = [*self._chinese_ways(folded, pieces), *self._latin_ways(folded, pieces)]
        return [
            GlossaryMatch(change.start, change.end, change.words)
            for way in ways
            if way
            for change in way[0]
            if change.cost <= SURE_COST
        ]

    def _chinese_ways(
        self, folded: str, pieces: Sequence[Piece]
    ) -> Iterator[list[tuple[_Change, ...]]]:
        for start, end in _chinese_runs(pieces):
            yield [way.changes for way in self._ways(folded, start, end)]

    def _ways(self, text: str, start: int, end: int) -> list[_Way]:
        """Return the likeliest readings of a run; the first may well change nothing."""
        unknown = self._unknown(text, start, end)
        ways: list[list[_Way]] = [[_Way(0.0, 0)], *([] for _ in range(end - start))]
        if not unknown:
            return ways[0]
        for place in range(start, end):
            here = ways[place - start]
            _extend(ways[place + 1 - start], here, UNKNOWN_COST, 0, ())
            for until in range(place + 2, min(place + LONGEST + 1, end) + 1):
                count = self._chinese.get(text[place:until])
                if count is not None:
                    _extend(ways[until - start], here, KNOWN_COST, count, ())
                if count is None and not unknown.isdisjoint(range(place, until)):
                    for change in self._changes(text, place, until):
                        count = self._chinese[change.words[0]]
                        cost = change.cost + KNOWN_COST
                        _extend(ways[until - start], here, cost, count, (change,))
        return ways[-1]

    def _unknown(self, text: str, start: int, end: int) -> set[int]:
        """Return the places of characters that no known word covers."""
        unknown = set(range(start, end))
        for place in range(start, end - 1):
            for until in range(place + 2, min(place + LONGEST, end) + 1):
                if text[place:until] in self._chinese:
                    unknown.difference_update(range(place, until))
        return unknown

    def _changes(self, text: str, start: int, end: int) -> Iterator[_Change]:
        """Yield what a stretch may have been meant for, for each cost the commonest words."""
        typed = text[start:end]
        by_cost: dict[float, set[str]] = {}
        for cost, word in self._meant(typed):
            by_cost.setdefault(cost, set()).add(word)
        for cost in sorted(by_cost)[:2]:
            words = sorted(by_cost[cost], key=lambda word: (-self._chinese[word], word))
            yield _Change(start, end, tuple(words[:2]), cost)

    def _meant(self, typed: str) -> Iterator[tuple[float, str]]:
        """Yield the known words near to what was typed, with the cost of each."""
        for word in self._of_same_sound(typed):
            # Where both of two characters are others, the sound is all that is left of the word.
            is_sound_only = _differing(word, typed) == len(word) == 2
            yield SLIP_COST if is_sound_only else SOUND_COST, word
        for word in self._of_like_sound(typed):
            yield BLURRED_COST, word
        for cost, word in self._with_one_other(typed):
            if word in self._chinese:
                yield cost, word
        for word in {word for shape in _shapes(typed) for word in self._shapes.get(shape, ())}:
            if _is_one_slip(word, typed):
                yield LONG_SLIP_COST if len(word) >= LONG_FROM else SLIP_COST, word

    def _of_same_sound(self, typed: str) -> set[str]:
        return {
            word
            for reading in sounds(typed)
            for word in self._sounds.of_sound("".join(reading))
            if len(word) == len(typed)
        }

    def _of_like_sound(self, typed: str) -> set[str]:
        """Return the words that differ in one character, whose sound many do not tell apart."""
        return {
            word
            for reading in sounds(typed)
            for word in self._blurred.get(blurred(reading), ())
            if len(word) == len(typed) and _differing(word, typed) == 1
        }

    def _with_one_other(self, typed: str) -> Iterator[tuple[float, str]]:
        """Yield what is typed with one look-alike put right, or with one doubled sign undone."""
        for place, character in enumerate(typed):
            for other in self._alike.get(character, ""):
                yield FORM_COST, typed[:place] + other + typed[place + 1 :]
            if typed[place + 1 : place + 2] == character:
                yield DOUBLED_COST, typed[:place] + typed[place + 1 :]

    def _latin_ways(
        self, folded: str, pieces: Sequence[Piece]
    ) -> Iterator[list[tuple[_Change, ...]]]:
        for run in _latin_runs(folded, pieces):
            strange = [piece for piece in run if not self._latin.knows(piece[0])]
            if not strange:
                continue
            start, end = run[0][1], run[-1][2]
            spelt = self._sounds.in_full(folded[start:end]) if len(strange) == len(run) else ()
            if spelt:
                yield [(_Change(start, end, spelt, SOUND_COST),)]
                continue
            glued = self._glued(run)
            if glued is not None:
                yield [(glued,)]
                continue
            for piece in strange[:MAX_STRANGE]:
                yield [(change,) for change in self._of_latin(piece)]

    def _of_latin(self, piece: Piece) -> list[_Change]:
        """Return what a strange Latin word may stand for: a sound, or a word near to it."""
        typed, start, end, _ = piece
        spelt = self._sounds.in_full(typed)
        if spelt:
            return [_Change(start, end, spelt, SOUND_COST)]
        return [_Change(start, end, (word,), cost) for cost, word in self._latin.near(typed)]

    def _glued(self, run: Sequence[Piece]) -> _Change | None:
        """Return the first two words that are one: `under pass`."""
        for first, second in pairwise(run):
            together = first[0] + second[0]
            if self._latin.is_written(together):
                return _Change(first[1], second[2], (together,), SOUND_COST)
        return None


class _Latin:
    """The Latin words of the vocabulary, as they are written."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._stems = {stem(word) for word in words} | set(words)
        self._written = {
            word: max(count, words.get(stem(word), 0))
            for word, count in words.items()
            if word.isalpha()
        }
        self._maybe_bare = {stem(word) for word in self._written if stem(word) != word}
        self._by_length: dict[tuple[int, str], list[tuple[int, str]]] = {}
        for word in sorted(self._written):
            for opening in ("", word[0]):
                group = self._by_length.setdefault((len(word), opening), [])
                group.append((_letters(word), word))

    def knows(self, word: str) -> bool:
        """Whether the word, in this or another form, is in the vocabulary."""
        return stem(word) in self._stems or word in self._stems

    def is_written(self, word: str) -> bool:
        """Whether the word may be shown to a reader."""
        return word in self._written

    def near(self, typed: str) -> list[tuple[float, str]]:
        """Return what it costs to take the word for each of the likeliest others."""
        if len(typed) < LEAST_LATIN:
            return []
        found = list(self._within(typed, 1, ""))
        if not found and len(typed) >= TWO_SLIPS_FROM:
            found = list(self._within(typed, 2, typed[0]))
        found += [(DOUBLED_COST, 0, parts) for parts in self._parts(typed)]
        return [(cost, word) for cost, _, word in sorted(found)[:MAX_SUGGESTIONS]]

    def _within(self, typed: str, most: int, opening: str) -> Iterator[tuple[float, int, str]]:
        """Yield the words at most so many slips away that begin so, with their costs."""
        letters = _letters(typed)
        for length in range(len(typed) - most, len(typed) + most + 1):
            for others, word in self._by_length.get((length, opening), ()):
                if (letters ^ others).bit_count() > 2 * most:
                    continue
                slips = _slips(typed, word, most)
                if slips is not None:
                    yield self._cost(typed, word, slips), -self._written[word], word

    def _cost(self, typed: str, word: str, slips: int) -> float:
        """Return what it costs to take one word for the other."""
        cost = SOUND_COST * slips
        if typed[0] != word[0] and set(typed[:2]) != set(word[:2]):
            cost += FIRST_LETTER_COST
        is_other_letter = len(typed) == len(word) and sorted(typed) != sorted(word)
        if len(typed) < LEAST_SURE or (is_other_letter and len(typed) < TWO_SLIPS_FROM):
            cost += DOUBT_COST
        return cost + STEM_COST if word in self._maybe_bare else cost

    def _parts(self, typed: str) -> Iterator[str]:
        for place in range(LEAST_PART, len(typed) - LEAST_PART + 1):
            if typed[:place] in self._written and typed[place:] in self._written:
                yield f"{typed[:place]} {typed[place:]}"


def known_words(
    vocabulary: Mapping[str, int],
    entries: Iterable[GlossaryEntry],
    terms: Iterable[str] = (),
    texts: Iterable[str] = (),
) -> dict[str, int]:
    """Return every word that a query may use, with the number of documents that have it.

    To the index's vocabulary come the glossary's words, the bundled terms, and the English words of
    `texts` (titles will do) as they are written, for an index knows no more than their stems.
    """
    found = Counter(dict(vocabulary))
    written = [word for entry in entries for word in (*entry.zh, *entry.en)]
    for word in map(normalise, (*written, *terms)):
        for each in _LATIN_WORDS.findall(word) if word.isascii() else (word,):
            found[each] += 0
    for text in texts:
        found.update(set(_LATIN_WORDS.findall(normalise(text))))
    return dict(found)


def make_glossary(
    entries: Iterable[GlossaryEntry], words: Mapping[str, int], speller: Speller
) -> Glossary:
    """Return the entries with names in both scripts beside them, and with slips set right."""
    known = list(entries)
    return Glossary([*known, *names_in_both_scripts(words, known=known)], speller)


def read_near_forms(path: Path = NEAR_FORMS) -> tuple[str, ...]:
    """Return the groups of look-alike characters of a file, one to a line; `#` begins a remark."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _extend(
    ways: list[_Way], from_here: Iterable[_Way], cost: float, count: int, more: tuple[_Change, ...]
) -> None:
    """Add the ways that go on, and keep the likeliest only."""
    ways += [_Way(way.cost + cost, way.count + count, (*way.changes, *more)) for way in from_here]
    ways.sort(key=lambda way: way.order)
    del ways[MAX_SUGGESTIONS:]


def _changed(text: str, ways: Iterable[Collection[_Change]]) -> str:
    """Return the text with every change made, the last first so that places stay right."""
    changes = sorted((change for way in ways for change in way), key=lambda each: -each.start)
    for change in changes:
        text = text[: change.start] + change.words[0] + text[change.end :]
    return normalise(text)


def _chinese_runs(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Return the stretches of Chinese characters that no asking word interrupts."""
    runs: list[tuple[int, int]] = []
    for number, (_, start, end, kind) in enumerate(pieces):
        if kind.is_foreign or _interrupts(pieces, number):
            continue
        if runs and runs[-1][1] == start:
            runs[-1] = runs[-1][0], end
        else:
            runs.append((start, end))
    return [run for run in runs if run[1] - run[0] > 1]


def _interrupts(pieces: Sequence[Piece], number: int) -> bool:
    """Tell whether a piece only asks; a character beside one of no word may belong to a slip."""
    text, start, _, _ = pieces[number]
    if text not in STOP_WORDS:
        return False
    return len(text) > 1 or not any(
        kind is TokenKind.SINGLE and other not in STOP_WORDS and start in (after, before - 1)
        for other, before, after, kind in pieces[max(0, number - 1) : number + 2]
    )


def _latin_runs(folded: str, pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return the rows of Latin words with nothing but blanks between them."""
    runs: list[list[Piece]] = []
    for piece in pieces:
        if piece[3] is not TokenKind.LATIN or piece[0] in STOP_WORDS or not piece[0].isascii():
            continue
        if runs and not folded[runs[-1][-1][2] : piece[1]].strip(" '"):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _alike(groups: Iterable[str]) -> dict[str, str]:
    alike: dict[str, str] = {}
    for group in groups:
        for character in group:
            alike[character] = alike.get(character, "") + group.replace(character, "")
    return alike


def _shapes(word: str) -> tuple[str, ...]:
    """Return what at least one of survives a slip: the opening, the end, or both outer signs."""
    if len(word) < 3:
        return ()
    return f"^{word[:2]}", f"{word[-2:]}$", f"{word[0]}.{word[-1]}"


def _differing(first: str, second: str) -> int:
    return sum(one != other for one, other in zip(first, second, strict=True))


def _is_one_slip(word: str, typed: str) -> bool:
    """Tell whether one character is wrong, missing, too many, or two are swapped."""
    return word != typed and _slips(typed, word, 1) is not None


def _letters(word: str) -> int:
    """Return the letters of a word as a set of bits; each slip changes two of them at most."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 32)
    return bits


def _slips(typed: str, word: str, most: int) -> int | None:
    """Return how many letters are wrong, missing, too many or swapped; None if more than `most`.

    Damerau's distance, in its form without overlapping swaps.
    """
    if abs(len(typed) - len(word)) > most:
        return None
    before: list[int] = []
    row = list(range(len(word) + 1))
    for number, letter in enumerate(typed, 1):
        earlier, before, row = before, row, [number]
        for place, other in enumerate(word, 1):
            cost = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != other))
            is_swap = (
                number > 1
                and place > 1
                and letter == word[place - 2]
                and typed[number - 2] == other
            )
            row.append(min(cost, earlier[place - 2] + 1) if is_swap else cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None

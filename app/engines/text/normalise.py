"""Bring typed text into a form to store and a form to match, without losing where it came from.

What a citizen typed is stored as `clean` leaves it; `fold` and `normalise` make the shadow form
that is searched and compared, and never shown.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

MAX_LENGTH = 20_000
MAX_MARKS = 3

_FIRST_MARK, _LAST_MARK = 0x0300, 0x1FFFF
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
)
_JOINER = "\u200d"
_SURROGATES = "\ud800-\udfff"
_EMOJI_BEFORE = "\U0001f000-\U0001faff\u2600-\u27bf\ufe0f"
_EMOJI_AFTER = "\U0001f000-\U0001faff\u2600-\u27bf"

_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANKS = re.compile("[\t\x0b\x0c]")
_UNWANTED = re.compile(f"[{_CONTROLS}{_INVISIBLE}{_SURROGATES}]")
# A joiner inside a family emoji is part of the picture; anywhere else it only hides a word.
_STRAY_JOINER = re.compile(f"(?<![{_EMOJI_BEFORE}]){_JOINER}|{_JOINER}(?![{_EMOJI_AFTER}])")
_DROPPED_IN_FOLD = re.compile(f"[{_INVISIBLE}{_JOINER}]")
# Marks that NFKC found no letter for; they would cut the word they decorate in two.
_LOOSE_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f]")
_SPACE = re.compile(r"\s+")
# Hangul fillers and the empty braille cell count as letters or symbols and yet show nothing.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")

# One character to one character, so that ordinary Chinese punctuation stays on the quick path.
_ONE_TO_ONE: dict[int, int] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA1), 0x2028, 0x2029, 0x3000), 0x20),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made comparable, with the way back; `starts` and `ends` are None if nothing moved."""

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the folded characters from `start` to `end` stand in the original."""
        if self.starts is None or self.ends is None:
            return start, end
        if start >= end:
            return (self.starts[start],) * 2 if start < len(self.starts) else (0, 0)
        return self.starts[start], self.ends[end - 1]


def clean(text: str) -> str:
    """Return the text as typed, less what cannot be seen, printed or stored."""
    text = _LINE_ENDS.sub("\n", text)
    text = _BLANKS.sub(" ", text)
    text = _UNWANTED.sub("", text)
    text = _STRAY_JOINER.sub("", text)
    return _mark_runs().sub(r"\1", text).strip()


def has_words(text: str) -> bool:
    """Tell whether there is a letter, a character or a digit to be read."""
    return any(
        unicodedata.category(char)[0] in "LN" and char not in _BLANK_LETTERS for char in clean(text)
    )


def normalise(text: str, *, max_length: int = MAX_LENGTH) -> str:
    """Return the form in which two texts are compared: folded, white space as single blanks."""
    return _SPACE.sub(" ", fold(text, max_length=max_length).text).strip()


def fold(text: str, *, max_length: int = MAX_LENGTH) -> Folded:
    """Return the comparable form with offsets: NFKC, simplified characters, lower case.

    Only the first `max_length` characters are read, and long runs of combining marks are cut
    before they reach NFKC, whose time grows with the square of such a run.
    """
    text = text[:max_length].translate(_ONE_TO_ONE)
    if _is_plain(text):
        return Folded(_simplify(text.lower()))
    return _fold_by_cluster(text, max_length)


def _is_plain(text: str) -> bool:
    """Tell whether folding keeps every character in its place."""
    if text.isascii():
        return True
    if _DROPPED_IN_FOLD.search(text) or _LOOSE_MARKS.search(text) or _mark_runs().search(text):
        return False
    return unicodedata.is_normalized("NFKC", text) and len(text.lower()) == len(text)


def _fold_by_cluster(text: str, max_length: int) -> Folded:
    """Fold a base character with its marks at a time, noting where each result came from."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _clusters().finditer(text):
        visible = _DROPPED_IN_FOLD.sub("", match.group())[: MAX_MARKS + 1]
        piece = _LOOSE_MARKS.sub("", unicodedata.normalize("NFKC", visible).lower())
        pieces.append(piece)
        starts.extend([match.start()] * len(piece))
        ends.extend([match.end()] * len(piece))
    folded = "".join(pieces)[:max_length].translate(_ONE_TO_ONE)
    return Folded(_simplify(folded), tuple(starts[:max_length]), tuple(ends[:max_length]))


def _simplify(text: str) -> str:
    """Turn traditional characters into simplified ones, one for one."""
    if text.isascii():
        return text
    simple: str = _converter().convert(text)
    if len(simple) == len(text):
        return simple
    # No rule of the table changes a length today; should one ever, places matter more.
    return "".join(_simplify_char(char) for char in text)


def _simplify_char(char: str) -> str:
    simple: str = _converter().convert(char)
    return simple if len(simple) == 1 else char


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _mark_class() -> str:
    """Return a character class of all combining marks, built from the Unicode tables once."""
    codes = [*range(_FIRST_MARK, _LAST_MARK), *range(0xE0100, 0xE01F0)]
    marks = [code for code in codes if unicodedata.category(chr(code))[0] == "M"]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


@cache
def _mark_runs() -> re.Pattern[str]:
    return re.compile(f"([{_mark_class()}]{{{MAX_MARKS}}})[{_mark_class()}]+")


@cache
def _clusters() -> re.Pattern[str]:
    marks = _mark_class()
    dropped = f"{_INVISIBLE}{_JOINER}"
    return re.compile(f"(?s:.)[{marks}{dropped}]*")

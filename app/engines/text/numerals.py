"""Numbers as people write them, told apart from decoration: one plain view of a text.

Full-width figures, hidden characters, odd dashes and Chinese digits are evened out so that a
pattern sees one way of writing, and every place in the view still knows where it was typed.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_HIDDEN = "\u200b"
_LOOK_ALIKES = {
    **dict.fromkeys("\u034f\u115f\u1160\u3164\u20e3", _HIDDEN),
    **dict.fromkeys("‐‑‒–—―−~～﹘﹣", "-"),
    **dict.fromkeys("•・‧∙●", "·"),
    "\t": " ",
}
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_CHINESE_DIGITS = str.maketrans(
    "〇○零一幺壹二贰貳三叁參四肆五伍六陆陸七柒八捌九玖⓪①②③④⑤⑥⑦⑧⑨",
    "00011122233344556667788990123456789",
)

SEPARATOR = r"[ .\-_/()·,一]{0,3}"
"""What people put between the digits they read aloud; 一 is a dash typed in haste."""

CHINESE_DIGIT = (
    r"(?:[〇○零幺壹二贰貳三叁參四肆五伍六陆陸七柒八捌九玖]|一(?:[〇零一二三四五六七八九]|\b(?!\w)))"
)
"""One Chinese digit; 一 begins everyday words (一直) and is one only before another or last."""

_GROUP = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class PlainText:
    """A text without hidden characters and full-width forms.

    `places` says where each character of the view was typed, with the text's end as its last
    entry; it is empty where the view has as many characters as the text.
    """

    view: str
    places: tuple[int, ...] = ()

    def typed(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the view was typed, with the hidden characters behind it."""
        return (self.places[start], self.places[end]) if self.places else (start, end)


def plain(text: str) -> PlainText:
    """The text as a pattern should see it."""
    folded = text if text.isascii() else "".join(map(_fold_character, text))
    if _HIDDEN not in folded:
        return PlainText(folded.replace("\t", " "))
    places = [place for place, character in enumerate(folded) if character != _HIDDEN]
    return PlainText(folded.replace(_HIDDEN, ""), (*places, len(text)))


def with_figures(view: str) -> str:
    """The same text with Chinese digits (small, formal, spoken 幺) and circled ones as figures."""
    return view.translate(_CHINESE_DIGITS)


def digits_of(text: str) -> str:
    """The figures of a text without what stands between them."""
    return "".join(_GROUP.findall(text))


def group_sizes(number: str) -> tuple[int, ...]:
    """How many figures stand together, group by group."""
    return tuple(len(group) for group in _GROUP.findall(number))


def is_read_aloud(sizes: tuple[int, ...], least: int) -> bool:
    """Whether the digits stand one by one, or in groups of a fair size with the rest at the end."""
    return set(sizes) == {1} or all(size >= least for size in sizes[:-1])


def is_day(digits: str) -> bool:
    """Whether eight digits are a day people write about (YYYYMMDD, 1900 to 2099)."""
    if len(digits) != len("20230223") or not "1900" <= digits[:4] <= "2099":
        return False
    try:
        date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        return False
    return True


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" or ord(character) in _VARIATION_SELECTORS:
        return _HIDDEN
    # Circled and raised digits number the points of a list or square a metre: they stay.
    if category == "No":
        return character
    folded = unicodedata.normalize("NFKC", character)
    return _LOOK_ALIKES.get(folded, folded) if len(folded) == 1 else character

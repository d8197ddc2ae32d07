"""What is asked of the index, and a person's words taken apart into what to look for.

No query language is read: whatever is typed is plain words, so no sign has a power of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from app.engines.search.analysis import pair_term, word_term
from app.engines.text.normalise import fold
from app.engines.text.segment import TokenKind, default_segmenter
from app.errors import InvalidInputError
from app.vocabulary import DocumentType, Language, Question

MAX_QUERY_LENGTH = 100
MAX_UNITS = 12
MAX_PER_PAGE = 100
MAX_OTHER_WORDINGS = 3

# Words that ask rather than name; they are looked for only when nothing else was typed.
STOP_WORDS = frozenset(
    word
    for line in (
        "的 了 吗 呢 吧 啊 是 在 和 与 及 就 都 也 我 你 他 们 请 有 被 把 对 为 不 很 太 要 个",
        "怎么 怎么办 怎样 如何 什么 为什么 为何 请问 有没有 是不是 能不能 可以 是否 哪里 哪些 我们",
        "a an and are at be can do for from how in is it of on or the to what when where why with",
    )
    for word in line.split()
)


class SearchSort(StrEnum):
    """The orders in which hits can be shown."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One search as a reader asks for it; `also` are other wordings, such as a translation."""

    text: str
    also: tuple[str, ...] = ()
    types: tuple[DocumentType, ...] = ()
    language: Language | None = None
    district: str | None = None
    question: Question | None = None
    date_from: date | None = None
    date_to: date | None = None
    sort: SearchSort = SearchSort.RELEVANCE
    page: int = 1
    per_page: int = 20

    def __post_init__(self) -> None:
        """Refuse, with InvalidInputError, what no page can be made for."""
        if any(len(text) > MAX_QUERY_LENGTH for text in (self.text, *self.also)):
            raise InvalidInputError(field="text", reason="too_long")
        if len(self.also) > MAX_OTHER_WORDINGS:
            raise InvalidInputError(field="also", reason="too_many")
        if self.page < 1:
            raise InvalidInputError(field="page", reason="out_of_range")
        if not 1 <= self.per_page <= MAX_PER_PAGE:
            raise InvalidInputError(field="per_page", reason="out_of_range")
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise InvalidInputError(field="date_to", reason="before_start")


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing to look for: a word, and the pairs that give it away where it was cut otherwise."""

    text: str
    word: str
    grams: tuple[str, ...] = ()

    @property
    def is_character(self) -> bool:
        """Whether a single Chinese character is meant, wherever it stands."""
        return not self.word


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """All that a query looks for; `bridges` reward words that stand together as they were typed."""

    units: tuple[Unit, ...]
    bridges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    start: int
    end: int
    kind: TokenKind

    @property
    def is_han(self) -> bool:
        return self.kind in (TokenKind.WORD, TokenKind.SINGLE)

    @property
    def is_stop(self) -> bool:
        return self.text in STOP_WORDS


def make_plan(text: str) -> QueryPlan:
    """Return what to look for; empty when nothing in the text can be looked for."""
    found = default_segmenter().consecutive(fold(text, max_length=MAX_QUERY_LENGTH).text)
    parts = [_Part(*piece) for piece in found]
    telling = [part for part in parts if not part.is_stop] or parts
    merged = _merge_singles(telling)
    kept = [part for part in merged if not _is_bound(part, merged)]
    units = tuple(dict.fromkeys(_unit(part) for part in kept))[:MAX_UNITS]
    bridges = tuple(dict.fromkeys(_bridges(merged)))[: MAX_UNITS - 1]
    return QueryPlan(units, bridges)


def loosen(plan: QueryPlan) -> QueryPlan:
    """Return the plan with long Chinese words taken apart: 停车 for 停车难, 加装 and 电梯."""
    units = tuple(dict.fromkeys(part for unit in plan.units for part in _shorter_units(unit)))
    return QueryPlan(units[:MAX_UNITS], plan.bridges)


def joined(plans: Iterable[QueryPlan]) -> QueryPlan:
    """Return one plan with the units of all, to mark them in a text."""
    return QueryPlan(tuple(dict.fromkeys(unit for plan in plans for unit in plan.units)))


def _shorter_units(unit: Unit) -> Iterable[Unit]:
    shorter = [
        Unit(piece, piece, _pairs(piece))
        for piece, _, _, kind in default_segmenter().pieces(unit.text)
        if kind is TokenKind.WORD and piece != unit.text and unit.grams
    ]
    return shorter or [unit]


def _pairs(word: str) -> tuple[str, ...]:
    return tuple(word[index : index + 2] for index in range(len(word) - 1))


def _merge_singles(parts: Sequence[_Part]) -> list[_Part]:
    """Join characters the dictionary left apart: together they are likely a name it lacks."""
    merged: list[_Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if (
            last is not None
            and part.kind is TokenKind.SINGLE
            and last.kind is TokenKind.SINGLE
            and last.end == part.start
        ):
            merged[-1] = _Part(last.text + part.text, last.start, part.end, TokenKind.SINGLE)
        else:
            merged.append(part)
    return merged


def _is_bound(part: _Part, parts: Iterable[_Part]) -> bool:
    """Tell whether a part is a lone character beside a word, which the bridges stand for."""
    return len(part.text) == 1 and any(
        other.kind is TokenKind.WORD and part.start in (other.end, other.start - 1)
        for other in parts
        if part.kind is TokenKind.SINGLE
    )


def _unit(part: _Part) -> Unit:
    if not part.is_han:
        return Unit(part.text, word_term(part.text, part.kind))
    if len(part.text) == 1:
        return Unit(part.text, "")
    return Unit(part.text, part.text, _pairs(part.text))


def _bridges(parts: Sequence[_Part]) -> Iterable[str]:
    for first, second in pairwise(parts):
        if first.is_han and second.is_han and first.end == second.start:
            yield first.text[-1] + second.text[0]
        elif not first.is_han and not second.is_han and first.end + 1 == second.start:
            first_term = word_term(first.text, first.kind)
            yield pair_term(first_term, word_term(second.text, second.kind))
